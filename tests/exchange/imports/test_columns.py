"""How cells are read: repaired and counted, read, or found in trouble; never guessed."""

import datetime
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from exchange.files.cells import BOOL, DATE, ERROR, FORMULA, NUMBER, TOO_LONG
from exchange.imports.columns import Column, Reading, choice, date, number, text
from exchange.imports.kinds import kind_of
from exchange.imports.reading import Roster
from talent import wordings as people
from training import wordings

DAY = datetime.date(2019, 6, 4)


def read_by(reader: Callable[..., list[Any]], *cells: str) -> tuple[list[Any], Reading]:
    reading = Reading(column="start_date", title="开班时间")
    return reader(cells, reading), reading


def sentences(reading: Reading) -> list[tuple[int, str, str, str]]:
    with translation.override("zh-hans"):
        return [(f.row, f.column, f.rule, str(f)) for f in reading.findings]


@pytest.mark.parametrize(
    "written",
    [
        "2019-06-04",
        "2019-6-4",
        "2019/6/4",
        "2019.06.04",
        "2019年6月4日",
        "20190604",
        "2019-06-04 00:00:00",
        " 2019年 6月 4日",
        "２０１９-６-４",
        f"{DATE}2019-06-04",
        f"{DATE}2019-06-04T08:30:00",
        f"{NUMBER}43620",
        f"{NUMBER}20190604",
        "43620",
    ],
)
def test_a_day_in_any_usual_writing(written: str) -> None:
    values, reading = read_by(date, written)
    assert (values, reading.findings) == ([DAY], [])


@pytest.mark.parametrize(
    "written",
    [
        "2019-02-30",
        "2019-13-01",
        "2019-06",
        "201906",
        "2019",
        f"{NUMBER}2019",
        "20190631",
        "1819-06-04",
        "六月四日",
        "2019-06-04至2019-07-04",
        f"{NUMBER}59",
        f"{NUMBER}60",
        f"{NUMBER}43620.5",
        f"{NUMBER}73051",
        f"{NUMBER}-1",
        "43_620",
        "nan",
        "inf",
        f"{DATE}08:30:00",
        f"{BOOL}1",
    ],
)
def test_what_is_no_day_is_told_and_left_out(written: str) -> None:
    values, reading = read_by(date, "", written)
    shown = written.lstrip(NUMBER + DATE + BOOL)
    assert values == [None, None]
    assert sentences(reading) == [
        (
            1,
            "start_date",
            "exchange.date_exists",
            f"“开班时间”中的“{shown}”不是有效日期，请按 2019-06-04 的形式填写。",
        )
    ]


def test_serial_numbers_count_from_the_first_sound_one() -> None:
    assert read_by(date, f"{NUMBER}61", f"{NUMBER}73050")[0] == [
        datetime.date(1900, 3, 1),
        datetime.date(2099, 12, 31),
    ]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("90", "90"),
        (f"{NUMBER}90", "90"),
        ("90.5", "90.5"),
        (" ９０ ", "90"),
        ("0", "0"),
        ("9999", "9999"),
        ("90.50", "90.5"),
    ],
)
def test_numbers(written: str, value: str) -> None:
    assert read_by(number(most=9999), written)[0] == [Decimal(value)]


@pytest.mark.parametrize(
    "written",
    ["90课时", "-1", "10000", "90.55", "1,200", "1_0", "nan", "inf", "九十", f"{BOOL}1", "90-100"],
)
def test_what_is_no_number_that_can_be(written: str) -> None:
    values, reading = read_by(number(most=9999), "90", written)
    shown = written.lstrip(BOOL)
    assert values == [Decimal(90), None]
    assert sentences(reading) == [
        (
            1,
            "start_date",
            "exchange.number_is_plausible",
            f"“开班时间”中的“{shown}”不是有效数值，请只填数字。",
        )
    ]


def test_a_choice_by_another_wording_keeps_it() -> None:
    reader = choice(people.EDUCATION, also=people.EDUCATION_ALSO)
    values, reading = read_by(reader, "初中", "中专", "", "高 中", "博士")
    assert values == ["junior", "senior", None, "senior", None]
    assert reading.as_written == {1: {"start_date": "中专"}}
    assert reading.repairs == {"spaces": 1}
    assert sentences(reading) == [
        (
            4,
            "start_date",
            "exchange.choice_is_listed",
            "“开班时间”中的“博士”不在规定选项内，请按选项填写。",
        )
    ]


@pytest.mark.parametrize(
    ("official", "also"),
    [
        (people.SEX, people.SEX_ALSO),
        (people.ETHNICITY, people.ETHNICITY_ALSO),
        (people.EDUCATION, people.EDUCATION_ALSO),
        (people.CATEGORY, people.CATEGORY_ALSO),
        (people.RELATION, people.RELATION_ALSO),
        (wordings.LEVEL, wordings.LEVEL_ALSO),
    ],
)
def test_every_wording_of_a_list_is_read(official: dict[str, str], also: dict[str, str]) -> None:
    reader = choice(official, also=also)
    assert read_by(reader, *official.values())[0] == list(official)
    assert read_by(reader, *also)[0] == list(also.values())
    assert not set(also) & set(official.values())


def test_text_is_repaired_and_fits() -> None:
    values, reading = read_by(text(5), "补录", "", "'１２３", "六个字不行了", f"{NUMBER}12")
    assert values == ["补录", None, "123", None, "12"]
    assert reading.repairs == {"full-width": 1, "apostrophe": 1}
    assert sentences(reading) == [
        (3, "start_date", "exchange.text_fits", "“开班时间”有 6 个字，最多 5 个字，请缩短。")
    ]


def the_roster(column: Column, cells: Sequence[str]) -> Roster:
    """A roster whose other columns are empty; only what is said of the column is kept."""
    roster = Roster.empty(kind_of("training"), "621022")
    roster.add(1, list(range(2, 2 + len(cells))), {column.name: list(cells)})
    found = roster.reading.findings
    roster.reading.findings = [f for f in found if f.column == column.name]
    return roster


@pytest.mark.parametrize(
    ("name", "cell", "rule", "sentence"),
    [
        ("remark", f"{FORMULA}=A1", "exchange.cell_is_no_formula", "“备注”中是公式，请改为数值。"),
        ("occupation", "", "exchange.required_cell_is_filled", "“培训工种”未填写，请补充。"),
        (
            "start_date",
            f"{FORMULA}=A1",
            "exchange.cell_is_no_formula",
            "“开班时间”中是公式，请改为数值。",
        ),
        (
            "institution",
            f"{ERROR}#N/A",
            "exchange.cell_is_no_error",
            "“培训机构”中是错误值“#N/A”，请改为正确的内容。",
        ),
        ("remark", TOO_LONG, "exchange.text_fits", "“备注”超过 2000 个字，请缩短。"),
        ("id_number", "", "talent.id_number_is_given", "未填写身份证号码，请补填。"),
        ("name", " ", "talent.name_is_a_name", "未填写姓名，请补填。"),
    ],
)
def test_a_cell_in_trouble_has_one_finding(name: str, cell: str, rule: str, sentence: str) -> None:
    column = next(c for c in kind_of("training").columns if c.name == name)
    roster = the_roster(column, [cell])
    assert sentences(roster.reading) == [(0, name, rule, sentence)]
    assert roster.batch[name] == [None]
    assert [f.severity for f in roster.reading.findings] == ["block"]


def test_what_is_read_later_is_found_on_its_own_rows() -> None:
    """The second block of a file begins at the row where the first one ended."""
    roster = Roster.empty(kind_of("training"), "621022")
    roster.add(1, [2, 3], {"education": ["初中", "初中"]})
    roster.add(1, [5], {"education": ["中专"], "start_date": ["2019-02-30"]})
    found = [f.row for f in roster.reading.findings if f.rule == "exchange.date_exists"]
    assert (found, roster.reading.as_written) == ([2], {2: {"education": "中专"}})
    assert roster.line == [2, 3, 5]
