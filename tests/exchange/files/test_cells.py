"""Cells say what they are, and hold nothing that could do harm."""

from datetime import date, datetime, time, timedelta

import pytest

from exchange.files import cells


def joined(*values):
    text, touched = cells.join_column(values)
    return text.split(cells.CELL_END), touched


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("马吉", "马吉"),
        ("", ""),
        (None, ""),
        ("=1+1", "=1+1"),
        (90.0, "\x0290"),
        (90, "\x0290"),
        (-0.0, "\x020"),
        (1.5, "\x021.5"),
        (-12.25, "\x02-12.25"),
        (0.1 + 0.2, "\x020.30000000000000004"),
        (6.2102219700304e17, "\x02621022197003040000"),
        (621022197003041000.0, "\x02621022197003041000"),
        (1e300, "\x021e+300"),
        (float("nan"), "\x05#NUM!"),
        (float("-inf"), "\x05#NUM!"),
        (True, "\x041"),
        (False, "\x040"),
        (date(2019, 6, 4), "\x032019-06-04"),
        (datetime(2019, 6, 4), "\x032019-06-04"),
        (datetime(2019, 6, 4, 8, 30), "\x032019-06-04T08:30:00"),
        (time(8, 30), "\x0308:30:00"),
        (timedelta(days=1, hours=12), "\x021.5"),
    ],
)
def test_every_kind_of_value_has_one_form(value, cell):
    assert joined(value, "other") == ([cell, "other"], [])


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("身份证\n号码", "身份证 号码"),
        ("\t623025197809298620", " 623025197809298620"),
        ("a\r\n\r\nb", "a b"),
        ("马\x00吉", "马吉"),
        ("\x0290", "90"),
        ("马\x1f吉", "马吉"),
        ("\u202d138\u202c", "138"),
        ("\u2066a\u2069", "a"),
        ("a\x9fb\x7f", "ab"),
        ("a\ud800b", "ab"),
        ("a\uffffb", "ab"),
    ],
)
def test_what_could_do_harm_goes_and_is_told(text, cleaned):
    assert joined("before", text, 1.0) == (["before", cleaned, "\x021"], [1])
    assert joined(text) == ([cleaned], [0])


@pytest.mark.parametrize("text", ["马·吉", "\u200b", "　", "“引”", "𠮷䶮", "Ａ１", "é"])
def test_other_text_stands_as_it_was(text):
    assert joined(text, text) == ([text, text], [])


@pytest.mark.parametrize("length", [2_001, 2_999, 3_000, 32_767])
@pytest.mark.parametrize("before", [0, 1, 700, 999, 1_300])
def test_a_text_too_long_is_marked_wherever_it_stands(length, before):
    short = ["字"] * 5_000
    values = ["字" * before, "长" * length, *short]
    assert joined(*values) == (["字" * before, cells.TOO_LONG, *short], [1])


def test_the_longest_text_stands():
    assert joined("字" * 2_000) == (["字" * 2_000], [])


def test_separators_cannot_be_smuggled_in():
    assert joined("a\x1fb", "c") == (["ab", "c"], [0])
    assert joined("\x1f") == ([""], [0])


def test_the_marker_tells_the_kind():
    kinds = [cells.is_number, cells.is_date, cells.is_bool, cells.is_error, cells.is_formula]
    marked = ["\x021", "\x032019-06-04", "\x041", "\x05#REF!", "\x06=A1"]
    assert [[kind(cell) for kind in kinds] for cell in marked] == [
        [n == m for m in range(5)] for n in range(5)
    ]
    assert [cells.is_text(cell) for cell in ["", "文", *marked]] == [True, True] + [False] * 5
    assert [cells.content(cell) for cell in ["", "文", *marked]] == [
        "", "文", "1", "2019-06-04", "1", "#REF!", "=A1",
    ]  # fmt: skip
