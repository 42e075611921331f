"""What .xls and .xlsb tell beyond their values: formulas, errors, merged cells, hidden rows."""

from pathlib import Path

import pytest

from exchange.files import Limits
from exchange.files.containers import read_stream
from tests.exchange.files import binaries

LEGACY = (Path(__file__).parent / "fixtures" / "formulas.xls").read_bytes()


def test_legacy_workbooks(read):
    one, two = read(LEGACY, "名册.xls")
    assert one.columns == [
        ["姓名", "马𠮷", "李", "隐", "", "合并", ""],
        ["学时", "\x0290", "\x021.5", "\x022", "", "", ""],
        ["日期", "\x032019-06-04", "\x032019-06-04", "\x02621022197003041000", "", "", ""],
        ["结果", "\x06=…", "\x06=…", "\x06=…", "", "", "\x06=…"],
        ["错", "\x06=…", "\x06=…", "\x032019-06-04T12:00:00", "", "", ""],
    ]
    assert one.results == {
        (1, 3): "马𠮷90", (2, 3): "\x0291.5", (3, 3): "\x02180", (6, 3): "\x041",
        (1, 4): "\x05#DIV/0!", (2, 4): "\x05#N/A",
    }  # fmt: skip
    assert (one.merges, one.hidden_lines, one.hidden) == ([(6, 1, 7, 3)], [3], False)
    assert (two.columns, two.hidden) == ([["\x06=…"], ["x"]], True)


def test_binary_workbooks(read):
    first = binaries.sheet(
        binaries.row(1, binaries.text(0, "姓名𬀩䶮"), binaries.text(1, "学时")),
        binaries.row(
            2, binaries.text(0, "马吉"), binaries.real(1, 90.0), binaries.flag(2, value=True),
            binaries.real(3, 43620.0, binaries.DATE_STYLE), hidden=True,
        ),
        binaries.row(
            4, binaries.formula(0, 3.0), binaries.formula(1, "男"), binaries.formula(2, None),
            binaries.error(3, 0x2A), binaries.real(4, 6.2102219700304e17, binaries.DATE_STYLE),
        ),
        merges=[(1, 2, 0, 0), (0, 0, 0, 0), (3, 99999, 1, 9999)],
    )  # fmt: skip
    one, two = read(
        binaries.workbook(台账=first, 二=binaries.sheet(binaries.row(1, binaries.text(0, "x")))),
        "名册.xlsb",
    )
    assert one.columns == [
        ["姓名𬀩䶮", "马吉", "", "\x06=…"],
        ["学时", "\x0290", "", "\x06=…"],
        ["", "\x041", "", "\x06=…"],
        ["", "\x032019-06-04", "", "\x05#N/A"],
        ["", "", "", "\x02621022197003040000"],
    ]
    assert one.results == {(3, 0): "\x023", (3, 1): "男", (3, 2): "\x05#REF!"}
    assert (one.sheet, one.hidden_lines) == ("台账", [2])
    assert one.merges == [(2, 1, 3, 1), (4, 2, 4, 5)]
    assert (two.sheet, two.columns) == ("二", [["x"]])


def test_merges_that_cover_a_sheet_again_and_again_are_refused(refusal):
    rows = [binaries.row(line, binaries.text(9, "x")) for line in range(1, 11)]
    data = binaries.workbook(s=binaries.sheet(*rows, merges=[(0, 9, 0, 9)] * 6))
    assert refusal(data, "名册.xlsb", limits=Limits(max_cells=599)) == "merges"


@pytest.mark.parametrize("place", [(0, 250), (200_000, 0)])
def test_formulas_beyond_the_limits_are_refused(refusal, place):
    line, column = place
    data = binaries.workbook(
        s=binaries.sheet(binaries.row(line + 1, binaries.formula(column, 1.0)))
    )
    assert refusal(data, "名册.xlsb").startswith("too-many")


@pytest.mark.parametrize("at", [30, 44, 48, 60, 68, 76])
def test_damaged_containers_end_in_an_error(at):
    damaged = LEGACY[:at] + b"\x01\x00\x00\x00" + LEGACY[at + 4 :]
    try:
        stream = read_stream(damaged, "Workbook", "Book")
    except (ValueError, LookupError, StopIteration):
        stream = b""
    assert len(stream) < len(LEGACY)
