"""Reading a file that someone sent: the parser works in a process of its own, under limits.

So no file can take its reader down: a parser that aborts, eats memory or never ends costs one
refusal.
"""

import json
import logging
import os
import select
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, cast

from exchange.files import frames
from exchange.files.blocks import SheetBlock
from exchange.files.inspection import identify, survey
from exchange.files.limits import STANDARD, Limits
from exchange.files.refusals import FileRefused

logger = logging.getLogger(__name__)

_CHILD = Path(__file__).with_name("child.py")
_READ_AT_ONCE = 1 << 20


def read_blocks(
    path: str | os.PathLike[str],
    *,
    name: str,
    limits: Limits = STANDARD,
    block_rows: int = 10_000,
    only: int = 0,
) -> Generator[SheetBlock, None, None]:
    """Blocks of a file's sheets, in order, while later ones are still being read.

    `name` is what the user called the file, `path` where it lies; `only` is the number of the
    one sheet that is wanted, 0 for all. Raises FileRefused before the
    first block, or in midst of them when the file turns out bad later: what was done with the
    earlier ones must then be undone.
    """
    with open(path, "rb") as file:
        kind = identify(file, name=name, limits=limits)
        order = {"kind": kind, "name": name, "block_rows": block_rows, "only": only}
        with _Reader(path, limits, order) as reader:
            reader.go(survey(file, kind, limits))
            yield from reader.blocks()


class _Reader:
    """The child process and the pipes to it."""

    def __init__(
        self, path: str | os.PathLike[str], limits: Limits, order: dict[str, object]
    ) -> None:
        own = {"path": os.path.abspath(path), "limits": asdict(limits), "parent": os.getpid()}
        self.order = order | own
        self.patience = float(limits.wall_seconds)
        self.buffer = bytearray()

    def __enter__(self) -> "_Reader":
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-B", str(_CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            start_new_session=True,
        )
        self.stdin = cast(BinaryIO, self.process.stdin)
        self.stdout = cast(BinaryIO, self.process.stdout)
        self.poll = select.poll()
        self.poll.register(self.stdout, select.POLLIN)
        self._tell(self.order)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.kill()
        self.process.wait()
        self.stdout.close()
        with suppress(BrokenPipeError):
            self.stdin.close()

    def go(self, marked: list[str]) -> None:
        self._tell(marked)

    def blocks(self) -> Iterator[SheetBlock]:
        try:
            yield from frames.unpack(self._line, self._exactly)
        except (EOFError, ValueError, LookupError, TypeError, AttributeError) as error:
            self.process.kill()
            logger.warning("reading process failed: %r, exit %s", error, self.process.wait())
            raise FileRefused("unreadable") from error

    def _tell(self, message: object) -> None:
        with suppress(BrokenPipeError):  # a dead child is found out when its answer is read
            self.stdin.write(json.dumps(message).encode() + b"\n")
            self.stdin.flush()

    def _line(self, longest: int) -> bytes:
        seen = 0
        while (end := self.buffer.find(b"\n", seen)) < 0:
            seen = len(self.buffer)
            if seen > longest:
                raise ValueError("a line of impossible length")
            self._fill()
        return self._exactly(end + 1)

    def _exactly(self, count: int) -> bytes:
        while len(self.buffer) < count:
            self._fill()
        taken = bytes(memoryview(self.buffer)[:count])
        del self.buffer[:count]
        return taken

    def _fill(self) -> None:
        """More bytes from the child; the clock runs only while waiting for them."""
        since = time.monotonic()
        ready = self.poll.poll(max(self.patience, 0) * 1000)
        self.patience -= time.monotonic() - since
        more = os.read(self.stdout.fileno(), _READ_AT_ONCE) if ready else b""
        if not more:
            raise EOFError("cut off" if ready else "too slow")
        self.buffer += more
