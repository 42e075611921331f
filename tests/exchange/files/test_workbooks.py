"""Workbooks come out as the spreadsheet program shows them, cell for cell and line for line."""

import io
import zipfile
from pathlib import Path

import pytest

from exchange.files import Limits, geometry, preflight
from exchange.files.details import read_details
from tests.exchange.files import books

FIXTURES = Path(__file__).parent / "fixtures"


def test_a_plain_sheet(read):
    (block,) = read(books.workbook(*books.ROSTER))
    assert (block.sheet, block.sheet_number, block.first_line) == ("台账", 1, 1)
    assert block.columns == [["姓名", "马吉"], ["学时", "\x0290"]]
    assert (block.height, block.width, block.merges, block.hidden) == (2, 2, [], False)
    assert (block.hidden_lines, block.results, block.cleaned) == ([], {}, [])


def test_every_type_of_cell(read):
    types = (
        '<row r="1"><c r="A1" s="1"><v>43620</v></c><c r="B1" s="1"><v>43620.354166666664</v></c>'
        '<c r="C1" t="b"><v>1</v></c><c r="D1" t="e"><v>#REF!</v></c>'
        '<c r="E1"><v>6.2102219700304E+17</v></c><c r="F1" t="str"><v>x</v></c>'
        '<c r="G1" t="inlineStr"><is><t>a_x0000_b</t></is></c></row>'
    )
    (block,) = read(books.workbook(types))
    assert [column[0] for column in block.columns] == [
        "\x032019-06-04",
        "\x032019-06-04T08:30:00",
        "\x041",
        "\x05#REF!",
        "\x02621022197003040000",
        "x",
        "ab",
    ]
    assert block.cleaned == [(0, 6)]


def test_lines_and_columns_count_from_the_corner(read):
    (block,) = read(books.workbook('<row r="4"><c r="C4"><v>1</v></c></row>'))
    assert block.columns == [[""] * 4, [""] * 4, ["", "", "", "\x021"]]
    assert (block.first_line, block.height, block.width) == (1, 4, 3)


def test_blocks_follow_each_other(read):
    rows = [books.row(line, f"第{line}人") for line in range(1, 1026)]
    after = '<mergeCells><mergeCell ref="A1:A2"/></mergeCells>'
    blocks = read(books.workbook(*rows, after=after), block_rows=400)
    assert [(block.first_line, len(block.columns[0])) for block in blocks] == [
        (1, 400), (401, 400), (801, 225),
    ]  # fmt: skip
    assert [block.columns[0][-1] for block in blocks] == ["第400人", "第800人", "第1025人"]
    assert [block.merges for block in blocks] == [[(1, 1, 2, 1)], [], []]
    assert {(block.height, block.width) for block in blocks} == {(1025, 1)}


def test_cleaned_cells_and_hidden_rows_are_named_in_their_block(read):
    rows = [f'<row r="{line}"><c r="B{line}"><v>1</v></c></row>' for line in range(1, 1_000)]
    rows[399] = books.row(400, attributes=' hidden="1"')
    rows[999:] = [
        f'<row r="1000" hidden="true"><c r="C1000" t="inlineStr">{books.text("a")}</c></row>'
    ]
    breaking = "a\nb"
    rows[899] = f'<row r="900"><c r="C900" t="inlineStr">{books.text(breaking)}</c></row>'
    blocks = read(books.workbook(*rows), block_rows=600)
    assert [block.cleaned for block in blocks] == [[], [(299, 2)]]
    assert [block.hidden_lines for block in blocks] == [[400], [1000]]
    assert blocks[1].columns[2][299] == "a b"


def test_sheets_in_order_with_the_hidden_named_and_the_empty_left_out(read):
    content = {
        "一班": books.sheet(*books.ROSTER),
        "空": books.sheet(),
        "旧": books.sheet(*books.ROSTER),
    }
    blocks = read(books.zipped(books.parts(content, hidden="旧")))
    assert [(block.sheet, block.sheet_number, block.hidden) for block in blocks] == [
        ("一班", 1, False),
        ("旧", 3, True),
    ]


def test_only_the_sheet_that_is_wanted_is_parsed(read):
    content = {"坏": "<worksheet><sheetData><row", "一班": books.sheet(*books.ROSTER)}
    blocks = read(books.zipped(books.parts(content)), only=2)
    assert [(block.sheet, block.sheet_number) for block in blocks] == [("一班", 2)]


def test_merges_are_cut_to_the_sheet(read):
    after = (
        '<mergeCells><mergeCell ref="A1:XFD1"/><mergeCell ref="A2:A1048576"/>'
        '<mergeCell ref="C3:D9"/></mergeCells>'
    )
    (block,) = read(books.workbook(*books.ROSTER, books.row(3, "x", 1.0), after=after))
    assert block.merges == [(1, 1, 1, 2), (2, 1, 3, 1)]


def test_formulas_are_text_and_never_computed(read):
    row = (
        '<row r="1"><c r="A1"><f>cmd|"/c calc"!A1</f><v/></c>'
        '<c r="B1" t="str"><f>IF(A2&gt;1,"男","女")</f><v>男</v></c>'
        '<c r="C1" s="1"><f>NOW()</f><v>43620</v></c><c r="D1" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
        '<c r="E1"><f t="shared" ref="E1:E2" si="0">ROW()</f><v>1</v></c></row>'
        '<row r="2"><c r="E2"><f t="shared" si="0"/><v>2</v></c></row>'
    )
    (block,) = read(books.workbook(row))
    assert [column[0] for column in block.columns] == [
        '\x06=cmd|"/c calc"!A1',
        '\x06=IF(A2>1,"男","女")',
        "\x06=NOW()",
        "\x06=1/0",
        "\x06=ROW()",
    ]
    assert block.columns[4][1] == "\x06=ROW()"
    assert block.results == {
        (0, 1): "男",
        (0, 2): "\x032019-06-04",
        (0, 3): "\x05#DIV/0!",
        (0, 4): "\x021",
        (1, 4): "\x022",
    }


def test_formulas_without_a_value_widen_the_sheet(read):
    formulas = '<row r="5"><c r="D5"><f>SUM(A1:A4)</f></c></row>'
    blocks = read(books.workbook(*books.ROSTER, formulas), block_rows=4)
    assert [(block.height, block.width) for block in blocks] == [(5, 4), (5, 4)]
    assert [column[0] for column in blocks[1].columns] == ["", "", "", "\x06=SUM(A1:A4)"]


def test_formulas_count_in_every_sheet_by_its_own_part(read):
    formula = books.sheet('<row r="1"><c r="A1"><f>A2</f><v>1</v></c></row>')
    blocks = read(books.zipped(books.parts({"一": books.sheet(*books.ROSTER), "二": formula})))
    assert [block.columns[0][0] for block in blocks] == ["姓名", "\x06=A2"]


def test_names_in_another_namespace_prefix_are_seen(read):
    rows = '<x:row r="1"><x:c r="A1"><x:f>A2</x:f><x:v>1</x:v></x:c></x:row>'
    xml = f'<x:worksheet xmlns:x="{books.MAIN}"><x:sheetData>{rows}</x:sheetData></x:worksheet>'
    (block,) = read(books.zipped(books.parts({"台账": xml})))
    assert block.columns == [["\x06=A2"]]


def test_formatted_empty_cells_far_out_do_not_count(read):
    far = '<row r="1048576" s="1"><c r="XFD1048576" s="1"/><c r="XFD1048576" s="1"></c></row>'
    (block,) = read(books.workbook(*books.ROSTER, far))
    assert (block.height, block.width) == (2, 2)


def test_macros_are_read_around(read, tmp_path):
    content = books.parts({"台账": books.sheet(*books.ROSTER)}) | {"xl/vbaProject.bin": b"\xcc\x61"}
    (block,) = read(books.zipped(content), "名册.xlsm")
    assert block.columns[0] == ["姓名", "马吉"]
    assert preflight(tmp_path / "sent", name="名册.xlsm") == "xlsm"


def test_the_name_does_not_decide(read, tmp_path):
    (block,) = read(books.workbook(*books.ROSTER), "名册.csv")
    assert block.height == 2
    assert preflight(tmp_path / "sent", name="名册.csv") == "xlsx"


def test_legacy_workbooks(read):
    (block,) = read((FIXTURES / "legacy.xls").read_bytes(), "名册.xls")
    assert block.columns == [
        ["培训台账", "姓名", "马𠮷·䶮"],
        ["", "人数", "\x0290"],
        ["", "日期", "\x032019-06-04"],
    ]
    assert block.merges == [(1, 1, 1, 3)]


def test_open_documents(read):
    rows = (
        '<table:table-row><table:table-cell office:value-type="string"><text:p>姓名</text:p>'
        '</table:table-cell></table:table-row><table:table-row table:number-rows-repeated="2">'
        '<table:table-cell office:value-type="float" office:value="90"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048573"><table:table-cell'
        ' table:style-name="ce1" table:number-columns-repeated="16384"/></table:table-row>'
    )
    (block,) = read(books.open_document(rows), "名册.ods")
    assert (block.sheet, block.columns) == ("台账", [["姓名", "\x0290", "\x0290"]])


@pytest.mark.parametrize("prefix", ["", "x:"])
@pytest.mark.parametrize("size", [90, 97, 113, 131, 1 << 20])
def test_pieces_of_the_scan_end_between_rows(monkeypatch, prefix, size):
    rows = "".join(
        f'<{prefix}row r="{n}"><{prefix}c r="B{n}"><{prefix}f>A{n}</{prefix}f>'
        f"<{prefix}v>{n}</{prefix}v></{prefix}c></{prefix}row>"
        for n in range(1, 200)
    )
    data = books.zipped({"s": f'<{prefix}worksheet xmlns:x="x">{rows}</{prefix}worksheet>'})
    monkeypatch.setattr(geometry, "_CHUNK", size)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert geometry.scan_sheet(package, package.getinfo("s"), Limits()) is True
        formulas = read_details(package, "s", Limits()).formulas
    assert formulas == {(n - 1, 1): f"\x06=A{n}" for n in range(1, 200)}


def test_a_row_longer_than_a_piece(read):
    wide = "".join(f'<c r="A1"><f>A{n}</f><v>{n}</v></c>' for n in range(150_000))
    (block,) = read(books.workbook(f'<row r="1">{wide}</row>'))
    assert block.columns == [["\x06=A149999"]]
