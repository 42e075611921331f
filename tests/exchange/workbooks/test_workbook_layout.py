"""The official frame: what stands where, what is merged, frozen and printed again."""

from decimal import Decimal

import pytest

from exchange.workbooks import Column, Foot, Head, Kind, SheetSpec, with_codes
from tests.exchange.workbooks.books import Written

COLUMNS = with_codes(
    [
        Column("县（市、区）"),
        Column("计划数", Kind.INTEGER, group="培训人数"),
        Column("完成数", Kind.INTEGER, group="培训人数"),
        Column("完成率", Kind.PERCENT, group="培训人数"),
        Column("补贴金额", Kind.WAN),
    ]
)
HEAD = Head(
    title="2019年培训指标执行情况表",
    table_number="甘人社统3号",
    issued_by="甘肃省人力资源和社会保障厅",
    valid_until="2020年12月",
    reporting_office="庆阳市人社局",
    period="2019年12月",
    unit="人、万元",
)
FOOT = Foot(
    lines=[[("单位负责人", "张三"), ("填表人", "李四"), ("报出日期", "2020年1月5日")]],
    notes=["数据截至2020年1月5日10时。"],
)
ROWS = [["华池县", 120, 98, Decimal("0.8125"), Decimal("123456")], ["环县", 60, None, None, None]]
TOTAL = ["合计", 180, 98, 0.5, Decimal("123456")]


def quota(**changes):
    fields = {"head": HEAD, "foot": FOOT, "totals": [TOTAL], "freeze": 1}
    return SheetSpec("指标执行", COLUMNS, iter(ROWS), **{**fields, **changes})


def test_every_cell_stands_in_its_place():
    assert Written(quota()).grid() == [
        ["2019年培训指标执行情况表", "", "", "", ""],
        ["", "表号：甘人社统3号", "", "", ""],
        ["", "制定机关：甘肃省人力资源和社会保障厅", "", "", ""],
        ["", "有效期至：2020年12月", "", "", ""],
        ["填报单位：庆阳市人社局", "", "2019年12月", "计量单位：人、万元", ""],
        ["县（市、区）", "培训人数", "", "", "补贴金额"],
        ["", "计划数", "完成数", "完成率", ""],
        ["甲", "(1)", "(2)", "(3)", "(4)"],
        ["合计", 180.0, 98.0, 0.5, 12.3456],
        ["华池县", 120.0, 98.0, 0.8125, 12.3456],
        ["环县", 60.0, "", "", ""],
        ["", "", "", "", ""],
        ["单位负责人：张三", "填表人：李四", "", "报出日期：2020年1月5日", ""],
        ["数据截至2020年1月5日10时。", "", "", "", ""],
    ]


def test_merged_areas():
    sheet = Written(quota()).book().active
    assert sorted(map(str, sheet.merged_cells.ranges)) == [
        "A14:E14",
        "A1:E1",
        "A5:B5",
        "A6:A7",
        "B13:C13",
        "B2:E2",
        "B3:E3",
        "B4:E4",
        "B6:D6",
        "D13:E13",
        "D5:E5",
        "E6:E7",
    ]


def test_print_set_up():
    sheet = Written(quota(paper="A3")).book().active
    assert sheet.freeze_panes == "B9"
    assert sheet.sheet_view.pane.state == "frozen"
    assert sheet.print_title_rows == "$6:$8"
    assert sheet.print_area == "'指标执行'!$A$1:$E$14"
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (8, "landscape")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage is True
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.oddFooter.center.text == "第&P页 共&N页"


def test_portrait_on_a4():
    sheet = Written(quota(landscape=False)).book().active
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "portrait")


@pytest.mark.parametrize(
    ("cell", "font", "bold", "horizontal", "bordered", "number_format"),
    [
        ("A1", "黑体", False, "center", False, "@"),
        ("B2", "宋体", False, "left", False, "@"),
        ("A5", "宋体", False, "left", False, "@"),
        ("C5", "宋体", False, "center", False, "@"),
        ("D5", "宋体", False, "right", False, "@"),
        ("B6", "宋体", True, "center", True, "@"),
        ("C7", "宋体", True, "center", True, "@"),
        ("A8", "宋体", False, "center", True, "@"),
        ("A9", "宋体", True, "left", True, "@"),
        ("D9", "宋体", True, "right", True, "0.00%"),
        ("A10", "宋体", False, "left", True, "@"),
        ("B10", "宋体", False, "right", True, "0"),
        ("D10", "宋体", False, "right", True, "0.00%"),
        ("E10", "宋体", False, "right", True, "0.00"),
        ("E11", "宋体", False, "right", True, "0.00"),
    ],
)
def test_styles(cell, font, bold, horizontal, bordered, number_format):
    found = Written(quota()).book().active[cell]
    assert (found.font.name, found.font.bold) == (font, bold)
    assert found.alignment.horizontal == horizontal
    assert found.border.top.style == found.border.left.style == ("thin" if bordered else None)
    assert found.number_format == number_format


def test_totals_may_stand_last_and_be_summed_on_the_way():
    passed = []

    def rows():
        for row in ROWS:
            passed.append(row[1])
            yield row

    def totals():
        return [["合计", sum(passed), None, None, None]]

    spec = SheetSpec("表", COLUMNS, rows(), head=HEAD, totals=totals, totals_at="last")
    assert [row[:2] for row in Written(spec).grid()[8:]] == [
        ["华池县", 120.0],
        ["环县", 60.0],
        ["合计", 180.0],
    ]


def test_a_plain_list_needs_no_head():
    book = Written(SheetSpec("名单", [Column("姓名")], [["张三"]]))
    assert book.grid() == [["姓名"], ["张三"]]
    sheet = book.book().active
    assert sheet.freeze_panes == "A2"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.merged_cells.ranges == set()


def test_a_table_of_two_columns_sets_its_line_one_below_the_other():
    head = Head(title="名单", reporting_office="环县", period="2019年", unit="人")
    spec = SheetSpec("名单", [Column("姓名"), Column("备注")], [], head=head)
    assert [row[0] for row in Written(spec).grid()] == [
        "名单",
        "填报单位：环县",
        "2019年",
        "计量单位：人",
        "姓名",
    ]


def test_more_signatures_than_columns_lose_nothing():
    foot = Foot([[("甲", "1"), ("乙", "2"), ("丙", "3")]])
    spec = SheetSpec("名单", [Column("姓名"), Column("备注")], [], foot=foot)
    assert Written(spec).grid()[-1] == ["甲：1", "乙：2  丙：3"]


def test_columns_are_as_wide_as_their_titles_and_first_rows():
    columns = [
        Column("姓名"),
        Column("身份证号"),
        Column("金额（元）", Kind.DECIMAL),
        Column("开班日期", Kind.DATE),
        Column("备注", width=7),
        Column("说明"),
    ]
    row = [
        "阿不都热合曼",
        "622921199001011234",
        Decimal("1234567.5"),
        None,
        "很长的备注",
        "长" * 99,
    ]
    sheet = Written(SheetSpec("名单", columns, [row])).book().active
    assert [sheet.column_dimensions[letter].width for letter in "ABCDEF"] == [14, 20, 12, 16, 7, 44]


def test_columns_are_widened_for_the_head():
    head = Head(title="某某县二〇一九年度贫困劳动力职业技能培训台账", table_number="1")
    sheet = (
        Written(SheetSpec("台账", [Column("姓名"), Column("备注")], [], head=head)).book().active
    )
    assert sum(sheet.column_dimensions[letter].width for letter in "AB") >= 44 * 18 / 11


def test_no_column_is_wider_than_a_spreadsheet_allows():
    sheet = Written(SheetSpec("表", [Column("列")], [], head=Head(title="长" * 99))).book().active
    assert sheet.column_dimensions["A"].width == 255


def test_rows_grow_with_their_text():
    columns = [Column("姓名", width=9), Column("备注", width=21)]
    rows = [["张三", "短"], ["李四", "第一行\n第二行"], ["王五", "长" * 25]]
    sheet = Written(SheetSpec("名单", columns, rows)).book().active
    assert [sheet.row_dimensions[line].height for line in (2, 3, 4)] == [None, 33.0, 49.5]


def test_ids_are_not_marked_as_mistakes():
    book = Written(SheetSpec("名单", [Column("数", Kind.INTEGER), Column("证号")], [[1, "6229"]]))
    xml = book.part("xl/worksheets/sheet1.xml")
    assert '<ignoredError sqref="B2:B2" numberStoredAsText="1"/>' in xml


def test_groups_that_do_not_touch_are_not_joined():
    columns = [Column("一", group="甲"), Column("二"), Column("三", group="甲")]
    book = Written(SheetSpec("表", columns, []))
    assert book.grid() == [["甲", "二", "甲"], ["一", "", "三"]]
    assert sorted(map(str, book.book().active.merged_cells.ranges)) == ["B1:B2"]
