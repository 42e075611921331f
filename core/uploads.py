"""Large uploads on their way: into a file of their own, which is let go as soon as it cannot grow."""

from __future__ import annotations

from contextlib import suppress

from django.core.files.uploadhandler import TemporaryFileUploadHandler


class TemporaryFiles(TemporaryFileUploadHandler):
    """Django's own, but for a full disk: what was written there goes at once, not some day."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        try:
            self.file.write(raw_data)
        except OSError:
            with suppress(OSError):  # closing writes what is left, which finds no room either
                self.file.close()
            raise
