"""What an .ods tells beyond its values."""

import pytest

from exchange.files import Limits
from tests.exchange.files import books

ERROR_TYPE = (
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    ' office:value-type="string" office:string-value="" calcext:value-type="error"'
)


def cell(text, attributes=' office:value-type="string"'):
    return f"<table:table-cell{attributes}><text:p>{text}</text:p></table:table-cell>"


def row(*cells, attributes=""):
    return f"<table:table-row{attributes}>{''.join(cells)}</table:table-row>"


def number(value, formula, attributes=""):
    attributes += f' table:formula="{formula}" office:value-type="float" office:value="{value}"'
    return cell(value, attributes)


def test_formulas_are_text_and_errors_are_told(read):
    rows = [
        row(cell("a"), number(2, "of:=SUM([.A1:.A9])&amp;&quot;x=y&quot;")),
        row(cell("", ""), cell("#DIV/0!", f' table:formula="of:=1/0"{ERROR_TYPE}')),
        row(
            cell("#REF!", ERROR_TYPE), number(1, "msoxl:=A1", ' table:number-columns-repeated="2"')
        ),
    ]
    (block,) = read(books.open_document(*rows), "名册.ods")
    assert block.columns == [
        ["a", "", "\x05#REF!"],
        ['\x06=SUM([.A1:.A9])&"x=y"', "\x06=1/0", "\x06=A1"],
        ["", "", "\x06=A1"],
    ]
    assert block.results == {
        (0, 1): "\x022", (1, 1): "\x05#DIV/0!", (2, 1): "\x021", (2, 2): "\x021",
    }  # fmt: skip


def test_merges_and_hidden_rows(read):
    spans = (
        ' office:value-type="string" table:number-columns-spanned="2" table:number-rows-spanned="9"'
    )
    covered = "<table:covered-table-cell/>"
    rows = [
        row(cell("a"), attributes=' table:number-rows-repeated="2" table:visibility="collapse"'),
        row(cell("b", spans), covered, cell("c")),
        row(covered, covered, cell("d"), attributes=' table:visibility="filter"'),
        row(cell("", ""), attributes=' table:number-rows-repeated="1048000" table:visibility="collapse"'),
    ]  # fmt: skip
    (block,) = read(books.open_document(*rows), "名册.ods")
    assert block.columns == [["a", "a", "b", ""], [""] * 4, ["", "", "c", "d"]]
    assert (block.merges, block.hidden_lines) == ([(3, 1, 4, 2)], [1, 2, 4])


@pytest.mark.parametrize(
    ("repeat", "code"),
    [
        (' table:number-columns-repeated="6"', "too-many-columns"),
        (' table:number-columns-repeated="5"', "too-many-cells"),
    ],
)
def test_repeated_formulas_keep_the_limits(refusal, repeat, code):
    rows = [row(number(1, "of:=A1", repeat), attributes=' table:number-rows-repeated="6"')]
    limits = Limits(max_rows=10, max_columns=5, max_cells=29)
    assert refusal(books.open_document(*rows), "名册.ods", limits=limits) == code
