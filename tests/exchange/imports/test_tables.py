"""Odd tables: every planted person comes out once with the facts of its own class, or it is asked."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from exchange.files import SheetBlock
from exchange.imports import columns, reading
from exchange.imports.kinds import kind_of
from exchange.imports.lines import LineKind
from exchange.imports.reading import ColumnsUnmatched, Roster, read_roster
from tests.factories.rosters import a_row

HEAD = ["序号", "姓名", "身份证号码", "人员类别", "备注"]
FACTS = {
    "培训机构": "环县职业中等专业学校",
    "培训工种": "电焊工",
    "开班时间": "2019-06-24",
    "结业时间": "2019-07-08",
}
Lines = list[list[str]]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Roster]:
    def of(*sheets: Sequence[Sequence[str]], block: int = 10_000, **more: object) -> Roster:
        blocks = [b for n, lines in enumerate(sheets, 1) for b in _blocks(n, lines, block, more)]
        monkeypatch.setattr(reading, "read_blocks", lambda *_, **__: blocks)
        kind = kind_of("training")
        found = read_roster(
            Path("r"), name="r", kind=kind, region_code="621022", report=lambda *_: None
        )
        assert found.batch.size + found.not_data == sum(map(len, sheets))
        return found

    return of


def _blocks(
    number: int, lines: Sequence[Sequence[str]], size: int, more: dict[str, Any]
) -> list[SheetBlock]:
    width = max(map(len, lines), default=0)
    rows = [[*line, *[""] * (width - len(line))] for line in lines]
    return [
        SheetBlock(
            sheet=f"表{number}",
            sheet_number=number,
            first_line=at + 1,
            columns=[list(column) for column in zip(*rows[at : at + size], strict=True)],
            height=len(rows),
            width=width,
            **(more if at == 0 else {}),
        )
        for at in range(0, len(rows), size)
    ]


def person(order: int, **changes: str) -> list[str]:
    row = a_row(order) | changes
    return [str(order), row["name"], row["id_number"], row["category"], ""]


def facts(code: str, **changes: str) -> Lines:
    return [[f"{label}：{text}"] for label, text in (FACTS | {"班级编号": code} | changes).items()]


def people(roster: Roster) -> list[tuple[int, str, str]]:
    batch = roster.batch
    return list(zip(roster.line, batch["name"], batch["class_code"], strict=True))


def planted(lines: Lines, code: str, *at: int) -> list[tuple[int, str, str]]:
    return [(line, lines[line - 1][1], code) for line in at]


NOBODY = [
    ["合计", "", "", "", ""],
    ["", "合计：25人", "", "", ""],
    ["合计", "25", "25", "20", ""],
    ["", "李原村小计", "5", "5", ""],
    ["李原村", "小计", "", "5", ""],
    ["以上共25人"],
    ["", "", "", "本页合计：25人", ""],
    ["单位负责人（签字）：", "张三", "审核人：", "李四", ""],
    ["", "环县职业中等专业学校（盖章）"],
    ["", "", "", "2019年6月24日", ""],
    ["填报时间：2019年6月24日"],
    ["注：本表一式两份"],
    ["26", "", "", "", ""],
    ["", "", "", "", ""],
]


@pytest.mark.parametrize("line", NOBODY, ids=lambda line: "|".join(line))
def test_a_line_that_is_nobodys_invents_nobody(
    read: Callable[..., Roster], line: list[str]
) -> None:
    lines = [*facts("01"), HEAD, person(1), line, person(3)]
    assert people(read(lines)) == planted(lines, "01", 7, 9)


SOMEBODY = [
    ["1", "张三", "", "", ""],
    ["", "张三", "", "", "共计56学时"],
    ["", "张三", "", "", "联系人：李四"],
    ["1", "", "", "建档立卡贫困劳动力", "待补"],
    ["1", "李合", a_row(5)["id_number"], "", "合计"],
]


@pytest.mark.parametrize("after", [["小计", "1"], ["二班"], [""]])
@pytest.mark.parametrize("line", SOMEBODY[:3] + SOMEBODY[4:], ids=lambda line: "|".join(line))
def test_somebody_without_a_number_stays_before_a_total_or_a_title(
    read: Callable[..., Roster], line: list[str], after: list[str]
) -> None:
    lines = [*facts("01"), HEAD, person(1), line, after, *facts("02"), HEAD, person(3)]
    found = people(read(lines))
    assert [at for at, *_ in found] == [7, 8, 16]
    assert [code for *_, code in found] == ["01", "01", "02"]


def test_a_second_class_without_facts_of_its_own_is_asked_about(
    read: Callable[..., Roster],
) -> None:
    lines = [["一班"], *facts("01"), HEAD, person(1), ["二班"], HEAD, person(3)]
    with pytest.raises(ColumnsUnmatched) as asked:
        read(lines)
    assert asked.value.params["line"] == 10


def test_a_heading_repeated_with_its_title_goes_on_with_the_class(
    read: Callable[..., Roster],
) -> None:
    title = ["环县2019年培训花名册"]
    lines = [title, *facts("01"), HEAD, person(1), [], title, HEAD, person(3)]
    assert people(read(lines)) == planted(lines, "01", 8, 12)


def test_tables_side_by_side_are_asked_about(read: Callable[..., Roster]) -> None:
    two = ["序号", "学员姓名", "身份证号", "人员类型"]
    lines = [*facts("01"), [*HEAD, *two], [*person(1), *person(3)[:4]]]
    with pytest.raises(ColumnsUnmatched) as asked:
        read(lines)
    assert asked.value.sentence == reading.TWICE


def test_a_sheet_of_people_without_facts_is_not_left_out(read: Callable[..., Roster]) -> None:
    with pytest.raises(ColumnsUnmatched):
        read([*facts("01"), HEAD, person(1)], [HEAD, person(3)])


def test_people_without_a_heading_are_asked_about(read: Callable[..., Roster]) -> None:
    with pytest.raises(ColumnsUnmatched) as asked:
        read([*facts("01"), HEAD, person(1)], [person(3), person(5)])
    assert (asked.value.sentence, asked.value.params["line"]) == (reading.NO_HEADING, 1)


def test_labels_that_contradict_each_other_are_not_chosen_between(
    read: Callable[..., Roster],
) -> None:
    lines = [*facts("01"), ["承训单位：甲校"], HEAD, person(1)]
    assert set(read(lines).batch["institution"]) == {FACTS["培训机构"]}
    wrong = [["班号：1"], ["期次：2"], *facts("")[:4], HEAD, person(1)]
    with pytest.raises(ColumnsUnmatched):
        read(wrong)


def test_advice_in_a_heading_and_units_in_a_fact_change_nothing(
    read: Callable[..., Roster],
) -> None:
    head = ["序号", "姓名\n（必填）", "*身份证号码(18位)", "人员类别【必填】", "备注"]
    lines = [*facts("01"), ["培训课时：56学时"], head, person(1)]
    found = read(lines)
    assert people(found) == planted(lines, "01", 8)
    assert [str(hours) for hours in found.batch["hours"]] == ["56"]


def test_a_ditto_mark_is_held(read: Callable[..., Roster]) -> None:
    row = person(3)
    row[3] = "同上"
    found = read([*facts("01"), HEAD, person(1), row])
    assert [(f.row, f.rule) for f in found.reading.findings] == [(1, columns.NO_DITTO.key)]


def test_a_list_beside_names_its_lines(read: Callable[..., Roster]) -> None:
    found = read([*facts("01"), HEAD, person(1)], [["人员类别", "乡镇", "人数"], ["甲", "乙", "3"]])
    assert found.batch.size == 1
    assert found.sheets[1].passed[LineKind.OTHER].lines == [1, 2]


def test_a_blank_line_under_a_merged_class_stays_blank_over_a_blocks_end(
    read: Callable[..., Roster],
) -> None:
    head = ["姓名", "身份证号码", "人员类别", "班级编号"]
    rows = [[*person(n)[1:4], "01" if n == 1 else ""] for n in range(1, 20, 2)]
    lines = [*facts("")[:4], head, *rows, [""], [""], *rows[:1]]
    lines[-1] = [*person(41)[1:4], "01"]
    found = read(lines, block=16, merges=[(6, 4, 17, 4)])
    assert found.line == [*range(6, 16), 18]
    assert set(found.batch["class_code"]) == {"01"}


@pytest.mark.parametrize("seed", range(200))
def test_any_mixture_gives_everybody_once(read: Callable[..., Roster], seed: int) -> None:
    """Random classes one under another, with what stands between in any order, over block ends."""
    chance = random.Random(seed)
    lines: Lines = [["环县2019年培训花名册"]]
    wanted, order = [], 1
    for number in range(chance.randint(1, 4)):
        code = f"2019{number:03}"
        lines += [*[[""]] * chance.randint(0, 3), *facts(code)]
        lines += [["甲班"]] * chance.randint(0, 1)
        for _page in range(chance.randint(1, 3)):
            lines.append(HEAD)
            for _row in range(chance.randint(1, 8)):
                lines.append(person(order))
                wanted.append((len(lines), lines[-1][1], code))
                order += 2
                if chance.random() < 0.15:
                    lines.append(chance.choice(SOMEBODY))
                    wanted.append((len(lines), lines[-1][1] or None, code))
                if chance.random() < 0.3:
                    lines.append(chance.choice(NOBODY))
    assert people(read(lines, block=chance.choice((7, 13, 40, 10_000)))) == wanted
