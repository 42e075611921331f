"""How blocks travel through the pipe: a JSON line, then the cells, counted in bytes.

The head says how many bytes follow; they hold one line a column, cells parted by CELL_END. Neither
sign can stand in a cell (see `cells`). The last frame is `{"end": true}`, `{"refused": code}`
or `{"failed": kind}`: a stream without one was cut off.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

from exchange.files.blocks import SheetBlock
from exchange.files.cells import CELL_END
from exchange.files.refusals import FileRefused

_LONGEST = 64 << 20
_PLAIN = [entry.name for entry in fields(SheetBlock) if entry.name not in ("columns", "results")]

END = b'{"end": true}\n'


def pack_failure(error: Exception) -> bytes:
    """Frame for an unforeseen error: only its kind, the message may quote the file."""
    return json.dumps({"failed": type(error).__name__}).encode() + b"\n"


def pack_refusal(refused: FileRefused) -> bytes:
    return json.dumps({"refused": refused.code, "facts": refused.facts}).encode() + b"\n"


def pack(block: SheetBlock, lines: list[str]) -> bytes:
    """Frame for a block whose columns are still joined (see `drafts`)."""
    body = "\n".join(lines).encode()
    head: dict[str, Any] = {name: getattr(block, name) for name in _PLAIN}
    head["results"] = [(*place, cell) for place, cell in block.results.items()]
    head.update(rows=lines[0].count(CELL_END) + 1, columns=len(lines), bytes=len(body))
    return json.dumps(head).encode() + b"\n" + body


def unpack(read_line: Callable[[int], bytes], read: Callable[[int], bytes]) -> Iterator[SheetBlock]:
    """Blocks of a stream up to its last frame.

    Raises FileRefused with the code the stream ends on; ValueError, LookupError, TypeError or
    AttributeError where it is malformed; EOFError (from the two readers) where it is cut off.
    """
    while True:
        head = json.loads(read_line(_LONGEST))
        if "refused" in head:
            raise FileRefused(str(head["refused"]), **head["facts"])
        if "failed" in head:
            raise ValueError(str(head["failed"]))
        if head.get("end"):
            return
        if not 0 <= head["bytes"] <= _LONGEST:
            raise ValueError("a frame of impossible length")
        yield _block(head, read(head["bytes"]))


def _block(head: dict[str, Any], body: bytes) -> SheetBlock:
    columns = [line.split(CELL_END) for line in body.decode().split("\n")]
    if len(columns) != head["columns"] or {len(column) for column in columns} != {head["rows"]}:
        raise ValueError("a block that is no rectangle")
    if b"\0" in body:
        raise ValueError("a NUL in a cell")
    plain = {name: head[name] for name in _PLAIN}
    plain["merges"] = [tuple(merge) for merge in head["merges"]]
    plain["cleaned"] = [tuple(place) for place in head["cleaned"]]
    results = {(row, column): cell for row, column, cell in head["results"]}
    return SheetBlock(columns=columns, results=results, **plain)
