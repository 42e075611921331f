"""Workbooks of one XML file."""

import pytest

SPACE = "urn:schemas-microsoft-com:office:spreadsheet"


def book(*sheets, head='<?xml version="1.0"?>', codec="utf-8"):
    xml = (
        f'{head}<?mso-application progid="Excel.Sheet"?><Workbook xmlns="{SPACE}"'
        f' xmlns:ss="{SPACE}" xmlns:h="http://www.w3.org/TR/REC-html40">{"".join(sheets)}</Workbook>'
    )
    return xml.encode(codec)


def sheet(*rows, name="台账"):
    return f'<Worksheet ss:Name="{name}"><Table>{"".join(rows)}</Table></Worksheet>'


def cell(value, kind="String", attributes=""):
    return f'<Cell{attributes}><Data ss:Type="{kind}">{value}</Data></Cell>'


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_sheets_in_every_encoding(read, codec):
    head = f'<?xml version="1.0" encoding="{codec.replace("gb18030", "gb2312")}"?>'
    row = f"<Row>{cell('𬀩䶮㛃𰻝')}</Row>"
    blocks = read(book(sheet(row), sheet(row, name="二"), head=head, codec=codec), "名册.xls")
    assert [(block.sheet, block.columns) for block in blocks] == [
        ("台账", [["𬀩䶮㛃𰻝"]]),
        ("二", [["𬀩䶮㛃𰻝"]]),
    ]


def test_every_type_of_cell(read):
    cells = [
        cell("621022197003041234"),
        cell("90.0", "Number"),
        cell("x", "Number"),
        cell("2019-06-04T00:00:00.000", "DateTime"),
        cell("1", "Boolean"),
        cell("#REF!", "Error"),
        '<Cell ss:Formula="=RC[-1]"><Data ss:Type="Number">3</Data></Cell>',
        '<Cell><Data ss:Type="String"><h:B>马</h:B>吉&amp;</Data>'
        '<Comment><Data ss:Type="String">注</Data></Comment></Cell>',
    ]
    (block,) = read(book(sheet(f"<Row>{''.join(cells)}</Row>")), "名册.xls")
    assert [column[0] for column in block.columns] == [
        "621022197003041234", "\x0290", "x", "\x032019-06-04", "\x041", "\x05#REF!",
        "\x06=RC[-1]", "马吉&",
    ]  # fmt: skip
    assert block.results == {(0, 6): "\x023"}


def test_places_merges_and_hidden_rows(read):
    rows = (
        '<Row ss:Index="2">' + cell("a", attributes=' ss:MergeAcross="1" ss:MergeDown="1"')
        + cell("b", attributes=' ss:Index="5"') + "</Row>"
        '<Row ss:Hidden="1">' + cell("c") + "</Row>"
    )  # fmt: skip
    (block,) = read(book(sheet(rows)), "名册.xml")
    assert block.columns == [["", "a", ""], [""] * 3, ["", "", "c"], [""] * 3, ["", "b", ""]]
    assert (block.merges, block.hidden_lines) == ([(2, 1, 3, 2)], [3])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (book(head='<!DOCTYPE x [<!ENTITY e "x">]>'), "unsafe"),
        (book(sheet("<Row>")), "unreadable"),
        (book(sheet()), "empty"),
        (book(sheet(f'<Row ss:Index="999999">{cell("a")}</Row>')), "too-many-rows"),
        (book(sheet("<Row>" + cell("a", attributes=' ss:Index="300"') + "</Row>")), "too-many-columns"),
        (b'<?xml version="1.0"?><a/>', "not-a-spreadsheet"),
    ],
)  # fmt: skip
def test_refused(refusal, data, code):
    assert refusal(data, "名册.xls") == code
