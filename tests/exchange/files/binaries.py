"""Binary workbooks (.xlsb) written record by record."""

import struct
from collections.abc import Sequence

from tests.exchange.files import books

DATE_STYLE = 1


def record(kind: int, body: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = len(body)
    return head + (bytes([size]) if size < 128 else bytes([size & 0x7F | 0x80, size >> 7])) + body


def wide(text: str) -> bytes:
    data = text.encode("utf-16-le")
    return struct.pack("<I", len(data) // 2) + data


def cell(kind: int, column: int, value: bytes, style: int = 0) -> bytes:
    return record(kind, struct.pack("<II", column, style) + value)


def text(column: int, value: str) -> bytes:
    return cell(6, column, wide(value))


def real(column: int, value: float, style: int = 0) -> bytes:
    return cell(5, column, struct.pack("<d", value), style)


def flag(column: int, *, value: bool) -> bytes:
    return cell(4, column, bytes([value]))


def error(column: int, code: int) -> bytes:
    return cell(3, column, bytes([code]))


def formula(column: int, result: float | str | None) -> bytes:
    """A formula whose last result was a number, a text or, if None, #REF!."""
    code = struct.pack("<H", 0) + struct.pack("<II", 0, 0)
    if isinstance(result, str):
        return cell(8, column, wide(result) + code)
    if result is None:
        return cell(11, column, b"\x17" + code)
    return cell(9, column, struct.pack("<d", result) + code)


def row(line: int, *cells: bytes, hidden: bool = False) -> bytes:
    flags = bytes([0, 0x10 if hidden else 0, 0])
    head = struct.pack("<IIH", line - 1, 0, 300) + flags + struct.pack("<I", 0)
    return record(0, head) + b"".join(cells)


def sheet(*rows: bytes, merges: Sequence[tuple[int, int, int, int]] = ()) -> bytes:
    """A worksheet; `merges`: first row, last row, first column, last column, from 0."""
    merged = b"".join(record(176, struct.pack("<4I", *merge)) for merge in merges)
    return (
        record(129) + record(148, struct.pack("<4I", 0, 9, 0, 9)) + record(145) + b"".join(rows)
        + record(146) + record(177, struct.pack("<I", len(merges))) + merged + record(178)
        + record(130)
    )  # fmt: skip


def workbook(**sheets: bytes) -> bytes:
    listed = related = ""
    bundle = b""
    for number, name in enumerate(sheets, 1):
        bundle += record(156, struct.pack("<II", 0, number) + wide(f"s{number}") + wide(name))
        listed += (
            f'<Override PartName="/xl/worksheets/sheet{number}.bin"'
            ' ContentType="application/vnd.ms-excel.worksheet"/>'
        )
        related += (
            f'<Relationship Id="s{number}" Type="{books.RELATIONS}/worksheet"'
            f' Target="worksheets/sheet{number}.bin"/>'
        )
    related += f'<Relationship Id="st" Type="{books.RELATIONS}/styles" Target="styles.bin"/>'
    formats = [record(47, struct.pack("<HH", 0, form) + bytes(12)) for form in (0, 14)]
    return books.zipped({
        "[Content_Types].xml": f'<Types xmlns="{books.PACKAGE}/content-types">'
        '<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>'
        '<Default Extension="rels"'
        f' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{listed}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{books.PACKAGE}/relationships"><Relationship Id="r1"'
        f' Type="{books.RELATIONS}/officeDocument" Target="xl/workbook.bin"/></Relationships>',
        "xl/workbook.bin": record(131) + record(153, bytes(12)) + record(143) + bundle
        + record(144) + record(132),
        "xl/_rels/workbook.bin.rels": f'<Relationships xmlns="{books.PACKAGE}/relationships">'
        f"{related}</Relationships>",
        "xl/styles.bin": record(278) + record(615, struct.pack("<I", 0)) + record(616)
        + record(617, struct.pack("<I", 2)) + b"".join(formats) + record(618) + record(279),
        **{f"xl/worksheets/sheet{n}.bin": part for n, part in enumerate(sheets.values(), 1)},
    })  # fmt: skip
