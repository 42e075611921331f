"""The reading process: parses one file under hard limits and writes its blocks to a pipe.

Started by `reading` as `python -I child.py`; on standard input come the order (one JSON line) and
later the word to go on (another). Whatever goes wrong here ends this process and nothing else.
"""

import ctypes
import gc
import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # -I leaves the project out

if __name__ == "__main__":  # without the package's door and Django, a third of a start
    sys.modules["exchange.files"] = ModuleType("exchange.files")
    sys.modules["exchange.files"].__path__ = [str(Path(__file__).parent)]
    sys.modules.update((name, ModuleType(name)) for name in ("django", "django.utils"))
    sys.modules["django.utils.translation"] = ModuleType("django.utils.translation")
    vars(sys.modules["django.utils.translation"])["gettext"] = str

from exchange.files import (
    delimited,
    markup_spreadsheets,
    open_documents,
    records,
    web_pages,
    workbooks,
)
from exchange.files.frames import END, pack, pack_failure, pack_refusal
from exchange.files.limits import Limits
from exchange.files.refusals import FileRefused
from exchange.files.sheets import Packing

_PR_SET_PDEATHSIG = 1

READERS: dict[str, Callable[..., Iterator[Packing]]] = {
    "xlsx": workbooks.read,
    "xlsm": workbooks.read,
    "xlsb": partial(workbooks.read, look=records.look_at_binary),
    "xls": partial(workbooks.read, look=records.look_at_legacy),
    "ods": partial(workbooks.read, look=open_documents.look),
    "csv": delimited.read,
    "html": web_pages.read,
    "xml": markup_spreadsheets.read,
}

WORKBOOKS = frozenset(("xlsx", "xlsm", "xlsb", "xls", "ods"))


def confine(limits: Limits, parent: int, *, writes: int = 0) -> None:
    """Give this process its limits, and its parent's fate; it may write files of `writes` bytes."""
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, writes),
        (resource.RLIMIT_CORE, 0),
    ):
        _, ceiling = resource.getrlimit(kind)
        most = most if ceiling == resource.RLIM_INFINITY else min(most, ceiling)
        resource.setrlimit(kind, (most, most))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the line above
        sys.exit(1)


def go() -> list[str]:
    """Wait for the parent's word; the parts of the package that need a closer look."""
    marked: list[str] = json.loads(sys.stdin.readline())
    return marked


def main() -> None:
    order: dict[str, Any] = json.loads(sys.stdin.readline())
    limits = Limits(**order["limits"])
    confine(limits, order["parent"])
    gc.disable()  # millions of cells, no circles, and the process ends with its file
    with open(order["path"], "rb") as file:
        blocks = _reader(order)(
            file, name=order["name"], limits=limits, block_rows=order["block_rows"], go=go
        )
        try:
            _write_all(_of(blocks, order["only"]))
        except FileRefused as refused:
            sys.stdout.buffer.write(pack_refusal(refused))
        except Exception as error:
            sys.stdout.buffer.write(pack_failure(error))


def _reader(order: dict[str, Any]) -> Callable[..., Iterator[Packing]]:
    """The reader of the file's kind; one of workbooks parses no sheet but the one wanted."""
    read = READERS[order["kind"]]
    return partial(read, only=order["only"]) if order["kind"] in WORKBOOKS else read


def _of(blocks: Iterator[Packing], only: int) -> Iterator[Packing]:
    return (each for each in blocks if not only or each[0].sheet_number == only)


def _write_all(blocks: Iterator[Packing]) -> None:
    out = sys.stdout.buffer
    empty = True
    for block, lines in blocks:
        empty = False
        out.write(pack(block, lines))
        out.flush()
    if empty:
        raise FileRefused("empty")
    out.write(END)


if __name__ == "__main__":
    main()
