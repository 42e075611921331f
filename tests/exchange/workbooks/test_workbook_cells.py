"""Values come back from other programs as they went in, and none of them can act."""

import math
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.workbooks import CellUnwritable, Column, Kind, SheetSpec
from tests.exchange.workbooks.books import Written

PAYLOADS = (
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "=HYPERLINK(\"http://a.b\")", "http://a.b", "file:///etc",
    "=cmd|'/c calc'!A0", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠a", "'=1", "=DDE(1)",
    "mailto:a@b.c", "</t></is></c><c><f>1+1</f></c>", "<f>1</f>", "&lt;f&gt;", "]]>", "_x003D_1",
)  # fmt: skip
ILLEGAL = {*map(chr, range(32)), "\ufffe", "\uffff"} - {"\t", "\n", "\r"}


def kept(text):
    """What XML can carry of a text."""
    return "".join(c for c in text if c not in ILLEGAL and not 0xD800 <= ord(c) <= 0xDFFF)


def column(kind, values):
    """A workbook of one column of values."""
    return Written(SheetSpec("表", [Column("列", kind)], [[value] for value in values]))


def read(kind, values):
    return [row[0] for row in column(kind, values).grid()[1:]]


any_text = st.text(st.characters(exclude_categories=()), max_size=40)
acting_text = st.builds(str.__add__, st.sampled_from(PAYLOADS), any_text)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(any_text, acting_text), min_size=1, max_size=8))
def test_any_text_comes_back_and_is_no_formula(texts):
    book = column(Kind.TEXT, [*texts, "末行"])
    assert [row[0] for row in book.grid()[1:]] == [*map(kept, texts), "末行"]
    sheet = book.part("xl/worksheets/sheet1.xml")
    assert [sheet.count(mark) for mark in ("<f", "<hyperlink")] == [0, 0]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payloads_are_text_to_openpyxl_too(payload):
    spec = SheetSpec("表", [Column(payload)], [[payload]], totals=[[payload]])
    cells = [cell for (cell,) in Written(spec).book().active]
    expected = payload.replace("_x003D_", "_x005F_x003D_")  # openpyxl leaves this code as it is
    assert [cell.value for cell in cells] == [expected] * 3
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.hyperlink for cell in cells] == [None] * 3


@pytest.mark.parametrize(
    "text",
    [
        "  两端空格  ",
        " ",
        "\u3000全角",
        "a\r\nb\rc\nd\te",
        "_x0041_",
        "_x005F_",
        "_x0041_x0042_",
        "𠮷䶮",
    ],
)
def test_text_is_kept_to_the_letter(text):
    assert read(Kind.TEXT, [text]) == [text]


@pytest.mark.parametrize("text", [" 前", "后 "])
def test_spaces_at_the_edge_are_marked_for_keeping(text):
    sheet = column(Kind.TEXT, ["甲", text, "乙"]).part("xl/worksheets/sheet1.xml")
    assert f'<t xml:space="preserve">{text}</t>' in sheet


def test_long_texts_are_shown_and_too_long_ones_cut():
    book = column(Kind.TEXT, ["=" + "长" * 300, "𠮷" * 16_384, "短"])
    assert [row[0] for row in book.grid()[1:]] == ["=" + "长" * 300, "𠮷" * 16_383, "短"]
    assert book.info.cut == 1
    cells = [cell for (cell,) in book.book().active][1:]
    assert [cell.number_format for cell in cells] == ["General", "General", "@"]
    assert [cell.quotePrefix for cell in cells] == [True, True, False]


@pytest.mark.parametrize("kind", Kind)
def test_nothing_is_an_empty_cell_and_not_a_nought(kind):
    cells = [cell for (cell,) in column(kind, [None, ""]).book().active][1:]
    assert [cell.value for cell in cells] == [None, None]


@pytest.mark.parametrize(
    ("kind", "value", "stored", "number_format"),
    [
        (Kind.INTEGER, 12, 12, "0"),
        (Kind.INTEGER, -3, -3, "0"),
        (Kind.DECIMAL, Decimal("1234.5"), 1234.5, "0.00"),
        (Kind.DECIMAL, 0, 0, "0.00"),
        (Kind.DECIMAL, 1e-7, 1e-7, "0.00"),
        (Kind.WAN, Decimal("123456.78"), 12.345678, "0.00"),
        (Kind.WAN, 20_000, 2, "0.00"),
        (Kind.WAN, 5000.0, 0.5, "0.00"),
        (Kind.PERCENT, Decimal("0.8125"), 0.8125, "0.00%"),
        (Kind.PERCENT, 0.5, 0.5, "0.00%"),
        (Kind.TEXT, "001", "001", "@"),
        (Kind.TEXT, 622921199001011234, "622921199001011234", "@"),
        (Kind.DATE, date(2019, 12, 1), datetime(2019, 12, 1), 'yyyy"年"m"月"d"日"'),
        (Kind.DATE, date(1900, 3, 1), datetime(1900, 3, 1), 'yyyy"年"m"月"d"日"'),
        (Kind.MONTH, date(2019, 12, 1), datetime(2019, 12, 1), 'yyyy"年"m"月"'),
    ],
)
def test_values_are_typed(kind, value, stored, number_format):
    alone, beside_words = (column(kind, values).book().active for values in ([value], [value, "—"]))
    for sheet in (alone, beside_words):
        assert (sheet["A2"].value, sheet["A2"].number_format) == (stored, number_format)
    assert beside_words["A3"].value == "—"


def test_dates_that_spreadsheets_count_differently_are_text():
    assert read(Kind.DATE, [date(1900, 2, 28), date(2019, 1, 2)]) == [
        "1900-02-28",
        date(2019, 1, 2),
    ]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.DECIMAL, math.nan),
        (Kind.DECIMAL, Decimal("-Infinity")),
        (Kind.WAN, Decimal("NaN")),
        (Kind.PERCENT, math.inf),
        (Kind.INTEGER, True),
        (Kind.INTEGER, date(2019, 1, 2)),
        (Kind.DATE, 43_000),
        (Kind.DATE, datetime(2019, 1, 2, tzinfo=UTC)),
    ],
)
def test_what_a_column_cannot_show_is_refused_with_its_line(kind, value):
    with pytest.raises(CellUnwritable) as refused:
        column(kind, [None, value])
    assert str(refused.value) == f"Column '列', line 3: cannot write a {type(value).__name__}."


@pytest.mark.parametrize("row", [[1], [1, 2, 3]])
def test_rows_of_the_wrong_length_are_refused(row):
    spec = SheetSpec("表", [Column("一"), Column("二")], [[1, 2], row])
    with pytest.raises(ValueError, match="Every row must have 2 values"):
        Written(spec)


def test_columns_beyond_z():
    spec = SheetSpec("表", [Column(str(n)) for n in range(703)], [[str(n) for n in range(703)]])
    sheet = Written(spec).book().active
    assert [sheet[cell].value for cell in ("Z2", "AA2", "ZZ2", "AAA2")] == [
        "25",
        "26",
        "701",
        "702",
    ]


def ledger(count):
    """Rows as of a training ledger: names, IDs, dates, money, blanks, and odd ones among them."""
    chance = Random(7)
    for number in range(count):
        start = date(2018, 1, 1).fromordinal(736_695 + chance.randrange(700))
        yield [
            "张王李赵马"[number % 5] + chr(0x4E00 + chance.randrange(20_000)),
            f"6229{chance.randrange(10**14):014}",
            start,
            chance.randrange(40, 200),
            Decimal(chance.randrange(10**7)) / 100 if number % 3 else None,
            "合格" if number % 7 else None,
            " <b>&备注 " if number % 1000 == 999 else f"第{number}期",
        ]


KINDS = (Kind.TEXT, Kind.TEXT, Kind.DATE, Kind.INTEGER, Kind.DECIMAL, Kind.TEXT, Kind.TEXT)


def test_a_hundred_thousand_rows_come_back_cell_by_cell():
    columns = [Column(kind.value, kind) for kind in KINDS]
    grid = Written(SheetSpec("台账", columns, ledger(100_000))).grid()[1:]
    expected = [
        [
            float(value) if isinstance(value, (int, Decimal)) else "" if value is None else value
            for value in row
        ]
        for row in ledger(100_000)
    ]
    assert len(grid) == 100_000
    assert [line for line, (a, b) in enumerate(zip(grid, expected, strict=True)) if a != b] == []
