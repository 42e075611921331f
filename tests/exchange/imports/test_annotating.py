"""The office's own workbook with marks: everything as it was, the bad cells colored and explained."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from openpyxl.styles import Font

from core.models import User
from exchange.files import read_blocks
from exchange.imports import annotating, services
from exchange.imports.history import history_of
from exchange.imports.moves import ImportNotPossible
from exchange.models import ImportBatch
from tests.factories import an_account
from tests.factories.rosters import TITLES, a_row, as_table, brought_in, csv_of, worked, xlsx_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]
RED, YELLOW = "00FFC7CE", "00FFEB9C"
ROWS = [a_row(1), a_row(3, start_date="2019-02-30"), a_row(5, village="无此村")]


def an_own_workbook() -> bytes:
    """A title, merged over the table, a heading in bold, and a formula beside the table."""
    lines = [["环县培训台账"], *as_table(ROWS)]
    book = openpyxl.load_workbook(io.BytesIO(xlsx_of({"一班": lines, "说明": [["勿改"]]})))
    sheet = book["一班"]
    sheet.merge_cells("A1:F1")
    sheet["A2"].font = Font(bold=True)
    sheet.column_dimensions["A"].width = 33
    sheet["A6"] = "合计"
    sheet["B6"] = "=COUNTA(B3:B5)"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def taken(batch: ImportBatch, by: User) -> Any:
    with translation.override("zh-hans"):
        name, content = annotating.annotated(batch, by=by)
    assert name == f"{Path(batch.original_name).stem}（待修改）.xlsx"
    return openpyxl.load_workbook(io.BytesIO(content))


def marked(sheet: Any) -> dict[tuple[int, str], tuple[str, str]]:
    """Color and comment of the marked cells, by line and heading."""
    heads = {}
    for row in sheet.iter_rows():
        if "姓名" in [cell.value for cell in row]:
            heads = {cell.column: cell.value for cell in row}
    return {
        (cell.row, heads[cell.column]): (cell.fill.fgColor.rgb, cell.comment.text)
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }


def test_the_bad_cells_are_marked_in_the_own_workbook(clerk: User) -> None:
    batch = brought_in(an_own_workbook(), name="台账.xlsx", by=clerk)
    assert (batch.people, batch.accepted) == (3, 1)
    book = taken(batch, clerk)
    sheet = book["一班"]
    assert book.sheetnames == ["一班", "说明"]
    told = [(act.name, [fact["value"] for fact in act.facts]) for act in history_of(batch)]
    assert told[-1] == ("取回标注文件", [2])
    assert marked(sheet) == {
        (4, "开班时间"): (
            RED,
            "“开班时间”中的“2019-02-30”不是有效日期，请按 2019-06-04 的形式填写。",
        ),
        (5, "行政村"): (RED, "小南沟乡没有行政村“无此村”，请核对乡镇和村名。"),
    }
    assert [str(each) for each in sheet.merged_cells.ranges] == ["A1:F1"]
    assert (sheet["A2"].font.bold, sheet.column_dimensions["A"].width) == (True, 33)
    assert (sheet["B6"].data_type, sheet["B6"].value) == ("s", "=COUNTA(B3:B5)")
    values = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=5)]
    assert values == [[cell or None for cell in line] for line in as_table(ROWS)]


def test_after_writing_only_the_held_rows_are_given_back(clerk: User) -> None:
    batch = brought_in(an_own_workbook(), name="台账.xlsx", by=clerk)
    services.confirm(batch, by=clerk)
    worked(batch)
    sheet = taken(batch, clerk)["一班"]
    assert [row[0].value for row in sheet.iter_rows()] == [
        "环县培训台账",
        "姓名",
        ROWS[1]["name"],
        ROWS[2]["name"],
        "合计",
    ]
    assert {(line, head) for line, head in marked(sheet)} == {(3, "开班时间"), (4, "行政村")}
    content = io.BytesIO()
    for row in sheet.iter_rows(min_row=3, max_row=4):
        for cell in row:
            head = sheet.cell(2, cell.column).value
            cell.value = {"开班时间": "2019-06-24", "行政村": "李原村"}.get(head, cell.value)
    sheet.parent.save(content)
    again = brought_in(content.getvalue(), name="台账.xlsx", by=clerk)
    assert (again.people, again.accepted, again.held) == (2, 2, 0)


def test_other_kinds_of_file_come_back_as_a_workbook(clerk: User) -> None:
    batch = brought_in(csv_of(ROWS), name="台账.csv", by=clerk)
    (sheet,) = taken(batch, clerk).worksheets
    assert set(marked(sheet)) == {(2, "开班时间"), (3, "行政村")}
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}


def test_a_trouble_without_a_column_stands_on_the_row(clerk: User) -> None:
    rows = [{name: text for name, text in row.items() if name != "remark"} for row in ROWS]
    batch = brought_in(csv_of(rows), name="台账.csv", by=clerk)
    batch.findings.filter(column="village").update(column="remark")
    (sheet,) = taken(batch, clerk).worksheets
    assert (3, TITLES["name"]) in marked(sheet)


def test_who_may_not_see_the_file_gets_no_copy(clerk: User) -> None:
    batch = brought_in(csv_of(ROWS), name="台账.csv", by=clerk)
    other = an_account("other", "county-clerk", "621021")
    with pytest.raises(PermissionError):
        annotating.annotated(batch, by=other)
    clean = brought_in(csv_of([a_row(9)]), name="r.csv", by=clerk)
    with pytest.raises(ImportNotPossible):
        annotating.annotated(clean, by=clerk)


def test_what_the_next_block_tells_of_a_line_is_heard(
    clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that looks like a total, at a block's end; the file and the held rows are read once."""
    rows = [a_row(n, **({"remark": "合计"} if n in {27, 29} else {})) for n in range(1, 40, 2)]
    rows[-1]["start_date"] = "2019-02-30"
    batch = brought_in(csv_of(rows), name="台账.csv", by=clerk)
    assert (batch.accepted, batch.held) == (19, 1)
    opened = []

    def in_small_blocks(*args: Any, **kwargs: Any) -> Any:
        opened.append(args)
        return read_blocks(*args, **kwargs, block_rows=16)

    monkeypatch.setattr(annotating, "read_blocks", in_small_blocks)
    with CaptureQueriesContext(connection) as asked:
        (sheet,) = taken(batch, clerk).worksheets
    assert [row[0].value for row in sheet.iter_rows()] == ["姓名", rows[-1]["name"]]
    assert set(marked(sheet)) == {(2, "开班时间")}
    assert len(opened) == 1
    assert sum('FROM "exchange_stagedrow"' in each["sql"] for each in asked) == 1
