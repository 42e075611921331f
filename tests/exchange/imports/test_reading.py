"""From a file to rows: every line is a person or counted as none, and keeps the number it has."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from core.rules import say
from exchange.imports import reading
from exchange.imports.kinds import kind_of
from exchange.imports.reading import Roster, read_roster
from exchange.jobs import JobRefused
from tests.factories.rosters import TITLES, a_row, as_table, csv_of, xlsx_of

Sheets = Mapping[str, Sequence[Sequence[Any]]]
REQUIRED = "姓名、身份证号码、人员类别、培训工种、培训机构、班级编号、开班时间、结业时间"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def read(folder: Path, data: bytes, name: str = "r.xlsx") -> Roster:
    path = folder / "file"
    path.write_bytes(data)
    told: list[tuple[int, int | None]] = []
    roster = read_roster(
        path,
        name=name,
        kind=kind_of("training"),
        region_code="621022",
        report=lambda done, total: told.append((done, total)),
    )
    lines = roster.batch.size + roster.not_data
    assert all(0 < done <= lines and total is None for done, total in told)
    return roster


def people(roster: Roster) -> list[tuple[int, int, str]]:
    return list(zip(roster.sheet, roster.line, roster.batch["name"], strict=True))


def refusal(folder: Path, sheets: Sheets) -> str:
    with pytest.raises(JobRefused) as refused:
        read(folder, xlsx_of(sheets))
    with translation.override("zh-hans"):
        return say(refused.value.sentence, refused.value.params)


def test_lines_are_the_spreadsheets(folder: Path) -> None:
    """A title, blank lines above, between and below, and cells that hold only spaces."""
    head, *rows = as_table([a_row(1, name="张三"), a_row(3, name="李四"), a_row(5, name="王五")])
    blank: list[str] = [""] * len(head)
    lines = [
        [],
        ["环县2019年培训台账"],
        [],
        head,
        rows[0],
        blank,
        [" "],
        rows[1],
        [],
        rows[2],
        blank,
    ]
    roster = read(folder, xlsx_of({"台账": lines}))
    assert people(roster) == [(1, 5, "张三"), (1, 8, "李四"), (1, 10, "王五")]
    assert roster.not_data == 7
    (sheet,) = (sheet.report() for sheet in roster.sheets)
    (table,) = sheet["tables"]
    assert (sheet["number"], sheet["name"], table["line"], table["people"]) == (1, "台账", 4, 3)
    assert sheet["passed"] == {
        "title": [1, [2]],
        "heading": [1, [4]],
        "blank": [5, [1, 3, 6, 7, 9]],
    }
    assert sorted(table["places"]) == sorted(a_row(1))


def test_each_sheet_has_a_heading_and_lines_of_its_own(folder: Path) -> None:
    one, two = as_table([a_row(1, name="张三")]), as_table([a_row(3, name="李四")])
    two = [[*reversed(line), "班主任" if line is two[0] else "某"] for line in two]
    sheets = {"填表说明": [["请勿改动表头"], ["一行一人"]], "一班": one, "二班": [["二班"], *two]}
    roster = read(folder, xlsx_of(sheets))
    assert people(roster) == [(2, 2, "张三"), (3, 3, "李四")]
    assert roster.not_data == 2 + 1 + 2
    tables = [
        (sheet.number, sheet.name, table) for sheet in roster.sheets for table in sheet.tables
    ]
    assert [(number, name, len(t.heading.places)) for number, name, t in tables] == [
        (2, "一班", 10),
        (3, "二班", 10),
    ]
    assert [list(t.heading.unknown().values()) for *_, t in tables] == [[], ["班主任"]]


def test_a_file_of_many_blocks_keeps_its_lines(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks of five lines: findings and wordings stay with their rows."""
    rows = [a_row(order, name=f"张{chr(0x4E00 + order)}") for order in range(1, 24)]
    rows[16] |= {"start_date": "2019-02-30"}
    rows[17] |= {"category": "建档立卡"}
    blocks = list(reading.read_blocks(_kept(folder, csv_of(rows)), name="r.csv"))
    monkeypatch.setattr(reading, "read_blocks", lambda *_, **__: _parted(blocks[0], 5))
    roster = read(folder, csv_of(rows), "r.csv")
    assert [name for *_, name in people(roster)] == [row["name"] for row in rows]
    assert roster.line == list(range(2, 25))
    assert [(f.row, f.column) for f in roster.reading.findings] == [(16, "start_date")]
    assert roster.reading.as_written == {17: {"category": "建档立卡"}}
    (cells,) = roster.cells_of([16])
    assert cells["start_date"] == "2019-02-30"
    assert roster.not_data == 1


def _kept(folder: Path, data: bytes) -> Path:
    path = folder / "kept"
    path.write_bytes(data)
    return path


def _parted(block: Any, size: int) -> list[Any]:
    height = len(block.columns[0])
    return [
        type(block)(
            sheet=block.sheet,
            sheet_number=block.sheet_number,
            first_line=block.first_line + at,
            columns=[column[at : at + size] for column in block.columns],
            height=block.height,
            width=block.width,
        )
        for at in range(0, height, size)
    ]


def test_repairs_are_counted_by_kind_over_all_columns(folder: Path) -> None:
    rows = [
        a_row(1, name="张 三", occupation="电 焊工", class_code="２０１９００１"),
        a_row(3, name="古丽•买买提", id_number=f"'{a_row(3)['id_number']}"),
        a_row(5, village="李原\u200b村"),
    ]
    roster = read(folder, csv_of(rows), "r.csv")
    assert roster.reading.repairs == {
        "spaces": 2,
        "full-width": 1,
        "name-dot": 1,
        "apostrophe": 1,
        "zero-width": 1,
    }
    assert roster.reading.findings == []
    assert roster.batch["name"] == ["张三", "古丽·买买提", a_row(5)["name"]]


def test_a_file_without_a_table_is_refused(folder: Path) -> None:
    assert refusal(folder, {"表": [["张三", "男"], ["李四", "女"]]}) == (
        f"文件中未找到表格：没有一行写有“{REQUIRED}”这些列名。请自行对应各列，或下载模板，把数据复制到模板中再导入。"
    )


def test_a_table_that_lacks_required_columns_is_refused(folder: Path) -> None:
    row = a_row(1)
    del row["end_date"], row["category"]
    assert refusal(folder, {"一班": as_table([row])}) == (
        "工作表“一班”第1行的表头缺少列：人员类别、结业时间。请对应这些列，或在文件中补充。"
    )


def test_a_heading_alone_is_a_roster_of_nobody(folder: Path) -> None:
    roster = read(folder, xlsx_of({"台账": [list(TITLES.values())]}))
    assert (roster.batch.size, roster.not_data) == (0, 1)
