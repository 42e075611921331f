"""Files that a reader takes out of the portal: kept by nobody on the way, saved under their name."""

from __future__ import annotations

import io
from pathlib import PurePath
from typing import BinaryIO

from django.http import FileResponse
from django.utils.http import content_disposition_header

# Not what this machine takes a suffix for: the same answer stands on every server.
TYPES = {
    ".csv": "text/csv",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
OTHER = "application/octet-stream"
HEADERS = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


def download(content: BinaryIO | bytes, name: str) -> FileResponse:
    """The answer by which a browser saves a file, and never opens it in place.

    The name is told in UTF-8 and, for programs that cannot read that, in plain letters
    (RFC 6266, appendix D).
    """
    suffix = PurePath(name).suffix.lower()
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    kind = TYPES.get(suffix, OTHER)
    response = FileResponse(file, content_type=kind, headers=HEADERS)
    response.headers["Content-Disposition"] = _saved_as(name, suffix if suffix in TYPES else "")
    return response


def _saved_as(name: str, suffix: str) -> str:
    told = content_disposition_header(True, name) or "attachment"
    plain = f'attachment; filename="file{suffix}"; filename*='
    return told.replace("attachment; filename*=", plain, 1)
