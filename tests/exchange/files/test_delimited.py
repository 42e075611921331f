"""Delimited text in every encoding offices use, with the lines an editor shows."""

import codecs

import pytest
from django.utils.translation import override

from exchange.files import Limits
from exchange.files.delimited import delimiter_of

NAMES = ["马·吉", "𠮷䶮", "㛃𬭎", "𬀩𰻝", "一"]
TABLE = "姓名,学时\r\n" + "".join(f"{name},90\r\n" for name in NAMES)


@pytest.mark.parametrize(
    "data",
    [
        TABLE.encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.encode("gb18030"),
        codecs.BOM_UTF16_LE + TABLE.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TABLE.encode("utf-16-be"),
        TABLE.encode("utf-16-le"),
        TABLE.encode("utf-16-be"),
    ],
    ids=[
        "utf-8", "utf-8 with mark", "gb18030", "utf-16 little", "utf-16 big",
        "utf-16 little without mark", "utf-16 big without mark",
    ],
)  # fmt: skip
def test_encodings(read, data):
    (block,) = read(data, "春季 名册.csv")
    assert block.columns == [["姓名", *NAMES], ["学时", *["90"] * 5]]
    assert (block.sheet, block.sheet_number, block.first_line) == ("春季 名册", 1, 1)
    assert (block.height, block.width) == (6, 2)


def test_every_assigned_gb18030_character_comes_through(read):
    characters = [chr(c) for c in range(0x3400, 0xA000)] + [chr(c) for c in range(0x20000, 0x2A6D7)]
    (block,) = read("\n".join(["表", *characters]).encode("gb18030"), "a.csv", block_rows=100_000)
    assert block.columns == [["表", *characters]]


@pytest.mark.parametrize("data", [b"\xff\xff,\xff", "姓名".encode("gb18030") + b"\xff,1\n"])
def test_unknown_encodings_are_refused(refusal, data):
    assert refusal(data, "a.csv") == "encoding"


def test_binary_is_no_text(refusal):
    assert refusal(b"a\x00b\n", "a.csv") == "not-a-spreadsheet"
    assert refusal(b"name,a\x00b\n" * 9, "a.txt") == "not-a-spreadsheet"
    assert refusal(codecs.BOM_UTF16_LE + b"a\x00\x00\x00", "a.txt") == "not-a-spreadsheet"
    assert refusal(codecs.BOM_UTF16_LE + b"a\x00\x00\xd8", "a.txt") == "encoding"


def test_utf16_without_its_mark_may_hold_signs_with_the_other_byte_zero(read):
    text = "姓名\t村\n" + "一一\t一村\n" * 9
    for codec in ("utf-16-le", "utf-16-be"):
        (block,) = read(text.encode(codec), "a.txt")
        assert block.columns[0] == ["姓名", *["一一"] * 9]


@pytest.mark.parametrize("sign", [",", "\t", ";"])
def test_delimiters(sign):
    title = "全县,培训,台账\n"
    lines = [f"甲{sign}a、b{sign}c\n"] * 5
    assert delimiter_of(title + "".join(lines)) == sign


def test_one_column_and_a_tab_file(read):
    (block,) = read("姓名\n马吉\n".encode(), "a.txt")
    assert block.columns == [["姓名", "马吉"]]
    (block,) = read("姓名\t村\n马吉\t张家村,李家村\n".encode(), "a.txt")
    assert block.columns == [["姓名", "马吉"], ["村", "张家村,李家村"]]


def test_cells_are_text_even_when_they_look_otherwise(read):
    (block,) = read(b'=1+1,007,"a""b",\x02 90\n', "a.csv")
    assert [column[0] for column in block.columns] == ["=1+1", "007", 'a"b', " 90"]
    assert block.cleaned == [(0, 3)]


def test_lines_are_those_a_spreadsheet_shows(read):
    text = '序,备注\n1,"一\n二\r\n三"\n\n2,四\n\n\n'
    (block,) = read(text.encode(), "a.csv")
    assert block.columns == [
        ["序", "1", "", "2"],
        ["备注", "一 二 三", "", "四"],
    ]
    assert block.height == 4


def test_uneven_rows_are_filled_up_and_empty_ends_fall_away(read):
    text = "a,b,c,,,\n1\n" + "," * 500 + "\n2,3\n"
    (block,) = read(text.encode(), "a.csv")
    assert block.columns == [["a", "1", "", "2"], ["b", "", "", "3"], ["c", "", "", ""]]


def test_an_open_quotation_mark_swallows_nothing(refusal):
    rows = '序,备注\n1,x\n2,"y\n3,z\n'
    assert refusal(rows.encode(), "a.csv") == "open-quote"
    assert refusal((rows + "4,z\n" * 20_000).encode(), "a.csv") == "open-quote"


def test_the_refusal_names_the_line(read):
    with override("en"), pytest.raises(Exception, match="line 3") as refused:
        read('序,备注\n1,x\n2,"y\n3,z\n'.encode(), "a.csv")
    assert refused.value.facts == {"line": 3}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a\n" * 11, "too-many-rows"),
        ("a," * 6, "too-many-columns"),
        ("a,b,c\n" * 9, "too-many-cells"),
    ],
)
def test_limits(refusal, text, code):
    limits = Limits(max_rows=10, max_columns=5, max_cells=25)
    assert refusal((text + "a").encode(), "a.csv", limits=limits) == code


def test_blank_text_is_empty(refusal):
    assert refusal(b"\n\n,,\n", "a.csv") == "empty"
    assert refusal(b"\xef\xbb\xbf", "a.csv") == "empty"
