"""A picture under a table: the squares that were given, on the last line of its last sheet."""

import io
import struct
import zipfile
import zlib
from xml.etree import ElementTree

import openpyxl

from exchange.reports.forms import LABELS
from exchange.workbooks import Column, Foot, Head, SheetSpec, write_workbook
from exchange.workbooks.pictures import HEIGHT, MEDIA, png_of

SQUARES = [[True, False, True], [False, False, True], [True, True, False]]
ANCHOR = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"


def squares_of(png: bytes) -> list[list[bool]]:
    """The squares of a picture, its white edge taken off."""
    width, height, bits, color = struct.unpack(">IIBB", png[16:26])
    assert (width, height, bits, color) == (88, 88, 1, 0)
    length = struct.unpack(">I", png[33:37])[0]
    dots = zlib.decompress(png[41 : 41 + length])
    lines = [dots[start + 1 : start + 12] for start in range(0, len(dots), 12)]
    assert len(lines) == 88
    assert all(set(line) == {255} for line in lines[:32] + lines[-32:])
    return [[byte == 0 for byte in lines[32 + 8 * row][4:-4]] for row in range(3)]


def book(rows: int, picture: bytes, *, most: int = 1000) -> zipfile.ZipFile:
    file = io.BytesIO()
    spec = SheetSpec(
        name="表",
        columns=[Column("甲"), Column("乙")],
        rows=[[str(n), ""] for n in range(rows)],
        head=Head(title="表"),
        foot=Foot(notes=["说明"], picture=picture),
    )
    write_workbook(file, [spec], labels=LABELS, max_rows=most)
    return zipfile.ZipFile(file)


def test_the_picture_has_the_squares() -> None:
    assert squares_of(png_of(SQUARES)) == SQUARES


def test_it_stands_on_the_last_line_of_the_last_sheet() -> None:
    archive = book(30, png_of(SQUARES), most=20)
    names = [name for name in archive.namelist() if "drawing" in name or "media" in name]
    assert sorted(names) == [
        "xl/drawings/_rels/drawing2.xml.rels",
        "xl/drawings/drawing2.xml",
        MEDIA,
    ]
    assert archive.read(MEDIA) == png_of(SQUARES)
    row = ElementTree.fromstring(archive.read("xl/drawings/drawing2.xml")).find(f".//{ANCHOR}row")
    sheet = openpyxl.load_workbook(archive.fp).worksheets[-1]  # type: ignore[arg-type]
    assert row is not None
    assert (row.text, sheet.row_dimensions[sheet.max_row].height) == (
        str(sheet.max_row - 1),
        HEIGHT,
    )
    assert b"<drawing" in archive.read("xl/worksheets/sheet2.xml")
    assert b"<drawing" not in archive.read("xl/worksheets/sheet1.xml")


def test_without_one_the_workbook_is_as_before() -> None:
    archive = book(3, b"")
    assert [name for name in archive.namelist() if "drawing" in name or "media" in name] == []
    assert b"png" not in archive.read("[Content_Types].xml")
