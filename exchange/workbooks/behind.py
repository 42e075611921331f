"""Bytes deflated and written on a thread, while the next ones are made."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import IO, Protocol


class Sink(Protocol):
    """Takes bytes."""

    def write(self, data: bytes, /) -> object: ...


class _Behind:
    def __init__(self, out: IO[bytes], thread: ThreadPoolExecutor) -> None:
        self.out, self.thread = out, thread
        self.last: Future[int] | None = None

    def write(self, data: bytes) -> None:
        self.wait()
        self.last = self.thread.submit(self.out.write, data)

    def wait(self) -> None:
        if self.last:
            self.last.result()


@contextmanager
def behind(out: IO[bytes]) -> Iterator[Sink]:
    """A sink before an open part; all that it took is written when the block has ended.

    zlib lets go of the interpreter while it works. One piece is under way at most, so memory
    stays flat; what goes wrong in writing is raised by the next write, or by the block's end.
    """
    with ThreadPoolExecutor(max_workers=1) as thread:
        sink = _Behind(out, thread)
        yield sink
        sink.wait()
