"""What is no spreadsheet, is too large or is made to harm is refused, each with its sentence."""

import random
import struct

import pytest
from django.utils import translation

from exchange.files import FileRefused, Limits, preflight
from exchange.files.refusals import _SENTENCES
from tests.exchange.files import books

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ROSTER = books.parts({"台账": books.sheet(*books.ROSTER)})
BOMB = b"0" * (6 << 20)


def with_part(name, part):
    return books.zipped({**ROSTER, name: part})


def far(place, line=1):
    return books.workbook(*books.ROSTER, f'<row r="{line}"><c r="{place}"><v>1</v></c></row>')


def merged(reference):
    after = f'<mergeCells count="1"><mergeCell ref="{reference}"/></mergeCells>'
    return books.workbook(*books.ROSTER, after=after)


def encrypted_entry():
    """The bit that says an entry is encrypted, set in both headers of the first entry."""
    data = bytearray(books.zipped(ROSTER))
    data[6] |= 1
    data[data.find(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def lying_header():
    """An entry that unpacks to more than the table of contents declares."""
    data = bytearray(with_part("xl/media/x.xml", b"<a>" + b"1" * 5_000))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 100)
    return bytes(data)


def lying_end():
    """An end that says the table of contents begins later than it does."""
    data = bytearray(books.zipped(ROSTER))
    (start,) = struct.unpack("<I", data[-6:-2])
    data[-6:-2] = struct.pack("<I", start + 10)
    return bytes(data)


XXE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
STRINGS = "<sst>&e;</sst>"

CASES = {
    "nothing": (b"", "empty"),
    "no cells": (books.workbook(), "empty"),
    "no worksheets": (books.zipped(books.parts({})), "empty"),
    "text": (b"hello", "not-a-spreadsheet"),
    "random": (random.Random(1).randbytes(4096), "not-a-spreadsheet"),
    "web page": (b"\xef\xbb\xbf \r\n<HTML><p>", "web-page"),
    "plain zip": (books.zipped({"a.txt": "x"}), "not-a-spreadsheet"),
    "document": (books.zipped({"[Content_Types].xml": "", "word/document.xml": ""}), "not-a-spreadsheet"),
    "presentation": (books.zipped({"mimetype": "application/x", "content.xml": ""}), "not-a-spreadsheet"),
    "half a zip": (books.workbook(*books.ROSTER)[:900], "unreadable"),
    "zip head only": (b"PK\x03\x04", "unreadable"),
    "legacy document": (OLE + "WordDocument\0".encode("utf-16-le"), "not-a-spreadsheet"),
    "legacy rubbish": (OLE + "Workbook\0".encode("utf-16-le") * 99, "unreadable"),
    "password": (OLE + "EncryptedPackage\0".encode("utf-16-le"), "encrypted"),
    "encrypted entry": (encrypted_entry(), "encrypted"),
    "macros in hiding": (with_part("xl/vbaProject.bin", b"x"), "macro"),
    "path escape": (with_part("../../evil.txt", b"x"), "unsafe"),
    "path escape the other way": (with_part("xl\\..\\..\\evil.txt", b"x"), "unsafe"),
    "absolute path": (with_part("/etc/passwd", b"x"), "unsafe"),
    "drive": (with_part("C:/x", b"x"), "unsafe"),
    "crowd": (books.zipped({**ROSTER, **{f"x{n}": b"" for n in range(300)}}), "unsafe"),
    "same name twice": (with_part("XL/STYLES.XML", b"x"), "unsafe"),
    "outside entity": (with_part("xl/sharedStrings.xml", XXE + STRINGS), "unsafe"),
    "billion laughs": (with_part("xl/sharedStrings.xml", LAUGHS + STRINGS), "unsafe"),
    "entity in UTF-16": (with_part("xl/x.xml", (XXE + STRINGS).encode("utf-16")), "unsafe"),
    "UTF-16": (with_part("xl/x.xml", STRINGS.encode("utf-16")), "unreadable"),
    "bomb": (with_part("xl/media/image1.bin", BOMB), "bomb"),
    "corner cell": (far("XFD1048576", 1048576), "too-many-rows"),
    "last row": (far("A1048576", 1048576), "too-many-rows"),
    "last column": (far("XFD1"), "too-many-columns"),
    "column 201": (far("GS1"), "too-many-columns"),
    "row 200001": (far("A200001", 200001), "too-many-rows"),
    "formula in the corner": (
        books.workbook('<row r="1048576"><c r="XFD1048576"><f>A1</f></c></row>'), "too-many-rows",
    ),
    "everything merged": (merged("A1:XFD1048576"), "merges"),
    "lying header": (lying_header(), "unreadable"),
    "lying end": (lying_end(), "unreadable"),
    "no relations": (with_part("xl/_rels/workbook.xml.rels", "<"), "unreadable"),
    "encrypted open document": (
        books.zipped({
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": "x",
            "META-INF/manifest.xml": "<manifest:encryption-data/>",
        }), "encrypted",
    ),
    "entity in an open document": (books.open_document(head=XXE), "unsafe"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "code"), CASES.values(), ids=CASES)
def test_refused(refusal, data, code):
    assert refusal(data) == code


def test_within_the_limits_by_one(read):
    (block,) = read(far("GR2", 2))
    assert block.width == 200
    *_, last = read(far("A199999", 199999))
    assert last.height == 199999


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(max_bytes=500), "too-large"),
        (Limits(max_unpacked=500), "bomb"),
        (Limits(max_entries=3), "unsafe"),
        (Limits(max_rows=1), "too-many-rows"),
        (Limits(max_columns=1), "too-many-columns"),
        (Limits(max_cells=3), "too-many-cells"),
    ],
)
def test_limits_are_the_callers(refusal, limits, code):
    assert refusal(books.workbook(*books.ROSTER), limits=limits) == code


def test_endless_small_merges_and_empty_rows_are_refused(refusal):
    small = '<mergeCell ref="A1:A2"/>'
    data = books.workbook(*books.ROSTER, after=f"<mergeCells>{small * 9}</mergeCells>")
    assert refusal(data, limits=Limits(max_cells=500)) == "merges"
    rows = books.workbook('<row r="1"/>' * ((1 << 20) + 200_001))
    assert refusal(rows, limits=Limits(max_ratio=10_000)) == "too-many-rows"


def test_rows_are_counted_over_all_sheets(refusal):
    sheets = {name: books.sheet(*books.ROSTER) for name in ("一", "二", "三")}
    assert refusal(books.zipped(books.parts(sheets)), limits=Limits(max_rows=5)) == "too-many-rows"


def test_cells_without_a_reference_are_still_counted(refusal):
    cells = "<c><v>1</v></c>" * 11
    assert refusal(books.workbook(f"<row>{cells}</row>"), limits=Limits(max_columns=10)) == (
        "too-many-columns"
    )


@pytest.mark.parametrize("name", ["text", "bomb", "half a zip"])
def test_preflight_refuses_without_parsing(tmp_path, monkeypatch, name):
    data, code = CASES[name]
    path = tmp_path / "sent"
    path.write_bytes(data)
    monkeypatch.setattr("subprocess.Popen", None)
    with pytest.raises(FileRefused) as refused:
        preflight(path, name="名册.xlsx")
    assert refused.value.code == code


def test_every_sentence_says_what_to_do_and_can_be_filled():
    facts = {"rows": 1, "columns": 1, "cells": 1, "megabytes": 1, "line": 1}
    with translation.override("en"):
        for code in _SENTENCES:
            sentence = str(FileRefused(code, **facts))
            assert "%" not in sentence
            assert sentence.count(": ") == 1
            assert sentence.endswith(".")


def test_an_unknown_code_is_the_general_one():
    assert FileRefused("no such code").code == "unreadable"
