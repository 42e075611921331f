"""Formulas: live in the workbook, with what they come to; never made from a text."""

from decimal import Decimal

import pytest

from exchange.workbooks import CellAt, Check, Column, Constant, Formula, Join, Kind, SheetSpec, Sum
from exchange.workbooks.parts import MAIN
from tests.exchange.workbooks.books import Written

D = Decimal
COLUMNS = (
    Column("地区", code="甲"),
    Column("计划", Kind.INTEGER, code="(1)"),
    Column("完成", Kind.INTEGER, code="(2)"),
    Column("完成率", Kind.PERCENT, code="(3)"),
    Column("金额", Kind.WAN, code="(4)"),
)
WHOLE = Sum([CellAt(1, 1), CellAt(2, 1)])
RATE = Join("/", CellAt(1, 2), Join("+", CellAt(1, 1), Constant(D(5))))


def table(typed: str = "=1+1") -> SheetSpec:
    return SheetSpec(
        "表",
        COLUMNS,
        rows=[
            [typed, 10, 6, Formula(RATE, D("0.4"), 4), D(12345)],
            ["乙地", 20, 7, None, Formula(CellAt(1, 4), D(12345))],
        ],
        totals=[["合计", Formula(WHOLE, 30), 13, None, None]],
        aside=[Column("平衡校验"), Column("平衡校验")],
    )


def spec(**changes: object) -> SheetSpec:
    base = table()
    ok = Check(CellAt(0, 1), "=", WHOLE, True)
    broken = Check(CellAt(1, 1), ">=", CellAt(1, 2), False)
    rows = [[*row, None, None] for row in base.rows]
    rows[0][-2:] = [ok, broken]
    totals = [[*row, None, None] for row in base.totals]  # type: ignore[union-attr]
    return SheetSpec(base.name, COLUMNS, rows, totals=totals, aside=base.aside)


def test_formulas_are_live_and_keep_what_they_come_to() -> None:
    book = Written(spec())
    assert book.grid()[2:] == [
        ["合计", 30.0, 13.0, "", "", "", ""],
        ["=1+1", 10.0, 6.0, 0.4, 1.2345, "", "不平衡"],
        ["乙地", 20.0, 7.0, "", 1.2345, "", ""],
    ]
    sheet = book.book().active
    assert [sheet["B3"].value, sheet["D4"].value, sheet["E5"].value] == [
        "=SUM(B4:B5)",
        '=IFERROR(ROUND(C4/(B4+5),4),"")',
        "=E4",
    ]
    assert [sheet["F4"].value, sheet["G4"].value] == [
        '=IF(ROUND(B3-SUM(B4:B5),4)=0,"","不平衡")',
        '=IF(ROUND(B4-C4,4)>=0,"","不平衡")',
    ]


def test_a_typed_text_stays_a_text() -> None:
    sheet = Written(spec()).book().active
    assert (sheet["A4"].value, sheet["A4"].data_type, sheet["B3"].data_type) == ("=1+1", "s", "f")


def test_checks_stand_outside_of_what_is_printed() -> None:
    book = Written(spec())
    assert "$A$1:$E$5" in book.part("xl/workbook.xml")
    sheet = book.part("xl/worksheets/sheet1.xml")
    assert MAIN in sheet
    assert book.grid()[0][5:] == ["平衡校验", "平衡校验"]


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (Join("-", CellAt(0, 0), Join("-", CellAt(0, 1), CellAt(0, 2))), "A2-(B2-C2)"),
        (Join("-", Join("-", CellAt(0, 0), CellAt(0, 1)), CellAt(0, 2)), "A2-B2-C2"),
        (Join("*", Join("+", CellAt(0, 0), CellAt(0, 1)), Constant(D("1.5"))), "(A2+B2)*1.5"),
        (Join("/", CellAt(0, 0), Join("*", CellAt(0, 1), CellAt(0, 2))), "A2/(B2*C2)"),
        (Join("+", CellAt(0, 0), Join("+", CellAt(0, 1), CellAt(0, 2))), "A2+B2+C2"),
        (Sum([CellAt(0, 27), CellAt(1, 27), CellAt(3, 27)]), "SUM(AB2:AB3,AB5)"),
        (CellAt(0, 0, is_word=True), "N(A2)"),
        (Constant(D("1E+3")), "1000"),
    ],
)
def test_parts_are_written(part: object, text: str) -> None:
    assert Formula(part, 0).text(2) == text  # type: ignore[arg-type]


def test_a_comparison_is_one_of_the_signs() -> None:
    with pytest.raises(ValueError, match="1"):
        Check(CellAt(0, 0), "=1+1", CellAt(0, 1), True).text(1)  # type: ignore[arg-type]
