"""What the parser does not tell of .xls and .xlsb: where formulas, errors and hidden rows are.

Both are rows of records ([MS-XLS], [MS-XLSB]). A formula's text is not read: it is stored as code.
"""

import struct
import zipfile
from collections.abc import Iterator
from typing import BinaryIO
from xml.etree import ElementTree

from exchange.files.cells import ERROR, FORMULA
from exchange.files.containers import read_stream
from exchange.files.details import Details
from exchange.files.limits import Limits

UNTOLD = FORMULA + "=…"
_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!",
    0x2A: "#N/A",
}  # fmt: skip
_BEGIN, _END = 0x0809, 0x000A
_SHEET = 0x0085
_ROW = 0x0208
_FORMULAS = frozenset((0x0006, 0x0206, 0x0406))
_BOOL_OR_ERROR = 0x0205
_BINARY_ROW, _BINARY_ERROR, _BINARY_MERGE, _BINARY_SHEET = 0, 3, 176, 156
_BINARY_FORMULAS = frozenset((8, 9, 10, 11))
_BINARY_FORMULA_ERROR = 11
_HEAD = struct.Struct("<HH")
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"

Record = tuple[int, bytes]


def look_at_legacy(file: BinaryIO, limits: Limits) -> list[Details]:
    """Details of each sheet of an .xls."""
    file.seek(0)
    stream = read_stream(file.read(), "Workbook", "Book")
    starts = [
        struct.unpack_from("<I", body)[0] for kind, body in _records(stream, 0) if kind == _SHEET
    ]
    return [_legacy_sheet(stream, start, limits) for start in starts]


def look_at_binary(file: BinaryIO, limits: Limits) -> list[Details]:
    """Details of each sheet of an .xlsb."""
    with zipfile.ZipFile(file) as package:
        # Parts that declare entities were refused before; this is the reading process.
        relations = ElementTree.fromstring(package.read("xl/_rels/workbook.bin.rels"))  # noqa: S314
        targets = {
            relation.get("Id", ""): relation.get("Target", "")
            for relation in relations.iter(_RELATION)
        }
        sheets = []
        for kind, body in _binary_records(package.read("xl/workbook.bin")):
            if kind == _BINARY_SHEET:
                (length,) = struct.unpack_from("<I", body, 8)
                target = targets[body[12 : 12 + 2 * length].decode("utf-16-le")]
                path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
                sheets.append(_binary_sheet(package.read(path), limits))
        return sheets


def _records(stream: bytes, start: int) -> Iterator[Record]:
    """Records of the part that begins at `start`, without those of charts within it."""
    depth = 0
    while start + 4 <= len(stream):
        kind, size = _HEAD.unpack_from(stream, start)
        depth += (kind == _BEGIN) - (kind == _END)
        if depth <= 0:
            return
        if depth == 1:
            yield kind, stream[start + 4 : start + 4 + size]
        start += 4 + size


def _legacy_sheet(stream: bytes, start: int, limits: Limits) -> Details:
    details = Details()
    for kind, body in _records(stream, start):
        if kind == _ROW and body[12] & 0x20:
            details.hidden_lines.add(_HEAD.unpack_from(body)[0] + 1)
        elif kind in _FORMULAS:
            place = _place(*_HEAD.unpack_from(body), limits=limits)
            details.formulas[place] = UNTOLD
            if body[6] == 2 and body[12:14] == b"\xff\xff":
                details.errors[place] = _error(body[8])
        elif kind == _BOOL_OR_ERROR and body[7]:
            details.errors[_place(*_HEAD.unpack_from(body), limits=limits)] = _error(body[6])
    return details


def _binary_records(part: bytes) -> Iterator[Record]:
    at = 0
    while at < len(part):
        kind, at = part[at], at + 1
        if kind & 0x80:
            kind, at = (kind & 0x7F) | (part[at] << 7), at + 1
        size = shift = 0
        more = True
        while more and shift < 28:
            more = bool(part[at] & 0x80)
            size |= (part[at] & 0x7F) << shift
            shift, at = shift + 7, at + 1
        yield kind, part[at : at + size]
        at += size


def _binary_sheet(part: bytes, limits: Limits) -> Details:
    details = Details()
    row = 0
    for kind, body in _binary_records(part):
        if kind == _BINARY_ROW:
            (row,) = struct.unpack_from("<I", body)
            if body[11] & 0x10 and row < limits.max_rows:
                details.hidden_lines.add(row + 1)
        elif kind == _BINARY_MERGE:
            top, bottom, left, right = struct.unpack_from("<4I", body)
            details.merges.append((top, left, bottom, right))
        elif kind == _BINARY_ERROR or kind in _BINARY_FORMULAS:
            place = _place(row, struct.unpack_from("<I", body)[0], limits=limits)
            if kind in _BINARY_FORMULAS:
                details.formulas[place] = UNTOLD
            if kind in (_BINARY_ERROR, _BINARY_FORMULA_ERROR):
                details.errors[place] = _error(body[8])
    return details


def _place(row: int, column: int, *, limits: Limits) -> tuple[int, int]:
    limits.check(rows=row + 1, columns=column + 1, cells=0)
    return row, column


def _error(code: int) -> str:
    return ERROR + _ERRORS.get(code, "#UNKNOWN!")
