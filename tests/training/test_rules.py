"""Rules over ledger rows: what breaks each of them, what does not, and the sentence."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from core.models import RuleValue
from core.rules import Batch, Finding, Rule, RuleBook, judge, say
from talent.identity import birth_date_of
from tests.factories import a_class, a_person, citizen_number, divisions, enrolled
from training import rules
from training.imports import OWN_COLUMNS, TRAINING_ROSTER
from training.models import Enrollment
from training.rules.differing import HEADINGS
from training.rules.duplicates import IN_LEDGER, IN_LEDGER_OTHERWISE
from training.rules.history import CLASS_IDENTITY

DAY = datetime.date
SAME = {
    "class_code": "1",
    "institution": "校",
    "occupation": "焊",
    "start_date": DAY(2019, 6, 24),
    "end_date": DAY(2019, 7, 8),
}


def told(findings: list[Finding]) -> list[tuple[int, str, str, str]]:
    with translation.override("zh-hans"):
        return [(f.row, f.column, f.severity, str(f)) for f in findings]


def in_chinese(sentence: str, params: dict[str, Any]) -> str:
    with translation.override("zh-hans"):
        return say(sentence, params)


def judged(
    rule: Rule, *rows: dict[str, Any], values: list[RuleValue] | None = None
) -> list[tuple[int, str, str, str]]:
    """What the rule says of the rows; what a row does not name is as in SAME."""
    names = {name for row in rows for name in row} | SAME.keys()
    columns = {name: [(SAME | row).get(name) for row in rows] for name in names}
    columns["line"] = [2 + row for row in range(len(rows))]
    return told(judge(Batch(len(rows), "621022", columns), [rule], RuleBook(values or [])))


def a_value(rule: str, parameter: str, value: int, **more: Any) -> RuleValue:
    return RuleValue(
        **{"rule": rule, "parameter": parameter, "value": value, "valid_from": DAY(2015, 1, 1)}
        | more
    )


def test_a_class_does_not_end_before_it_starts() -> None:
    assert judged(
        rules.ENDS_AFTER_IT_STARTS,
        {"end_date": DAY(2019, 6, 24)},
        {"end_date": DAY(2019, 6, 23)},
        {"end_date": None},
    ) == [(1, "end_date", "block", "结业时间早于开班时间，请核对两个日期。")]


def test_a_person_stands_once_in_a_class_of_the_file() -> None:
    one, other = {"id_index": b"1", "name": "张三"}, {"id_index": b"2", "name": "李四"}
    assert judged(
        rules.ONCE_IN_FILE,
        one,
        other,
        one,
        one | {"class_code": "2"},
        one | {"institution": "另一校"},
        one | {"occupation": "另一工种"},
        one | {"start_date": DAY(2019, 6, 25)},
        one | {"end_date": DAY(2019, 7, 9)},
        {"id_index": None, "name": "王五"},
        {"id_index": None, "name": "王五"},
        one | {"class_code": None},
        one | {"class_code": None},
    ) == [
        (row, "id_number", "block", "第 2 行已有同一人（张三）在同一班，请删除其中一行。")
        for row in (2, 7)
    ]


@pytest.fixture
def ledger(db: None) -> list[bytes]:
    """张1 is in class 2019001, 张3 has withdrawn from it; their blind indexes and one more."""
    divisions()
    people = [a_person(order) for order in (1, 3, 5)]
    row = enrolled(people[0], a_class())
    entered = datetime.datetime(2019, 12, 31, 17, tzinfo=datetime.UTC)
    Enrollment.objects.filter(pk=row.pk).update(created_at=entered)
    enrolled(people[1], a_class(), state="withdrawn")
    return [bytes(person.id_number_index) for person in people]


THERE = {"class_code": "2019001", "institution": "621022职业培训学校", "occupation": "电焊工"}


def test_a_person_is_not_in_the_ledger_for_the_class_yet(ledger: list[bytes]) -> None:
    """The day is the one in Beijing, where 17:00 of Greenwich is the next morning."""
    known, withdrawn, new = ledger
    assert judged(
        rules.NOT_IN_LEDGER_YET,
        *({"id_index": index} | THERE for index in (known, withdrawn, new)),
        {"id_index": known} | THERE | {"class_code": "2019002"},
        {"id_index": known} | THERE | {"start_date": DAY(2019, 6, 25)},
        {"id_index": known} | THERE | {"institution": "另一校"},
        {"id_index": known} | THERE | {"occupation": "砌筑工"},
        {"id_index": None} | THERE,
    ) == [(0, "id_number", "block", in_chinese(IN_LEDGER, {"day": "2020-01-01"}))]


DIFFERENT: dict[str, Any] = {
    "ethnicity": "回族",
    "education": "primary",
    "category": "other",
    "household_code": "2",
    "relation": "spouse",
    "region_code": "621022104201",
    "group_name": "二组",
    "phone": "13900000009",
    "level": "4",
    "end_date": DAY(2019, 7, 9),
    "hours": Decimal("80.5"),
    "remark": "补录",
}
SAME_FACTS: dict[str, Any] = {
    "ethnicity": "汉族",
    "education": "junior",
    "category": "filed-poor",
    "household_code": None,
    "relation": None,
    "region_code": "621022",
    "group_name": "",
    "phone": "13900000000",
    "level": None,
    "hours": None,
    "remark": "",
}


@pytest.mark.parametrize(
    ("given", "columns"),
    [
        (SAME_FACTS, []),
        *(({name: value}, [HEADINGS[name]]) for name, value in DIFFERENT.items()),
        (DIFFERENT, list(HEADINGS.values())),
    ],
)
def test_what_a_row_says_otherwise_than_the_ledger_is_named(
    ledger: list[bytes], given: dict[str, Any], columns: list[str]
) -> None:
    row = {"id_index": ledger[0]} | THERE | given
    sentence = IN_LEDGER_OTHERWISE if columns else IN_LEDGER
    said = in_chinese(sentence, {"day": "2020-01-01", "columns": "、".join(columns)})
    assert judged(rules.NOT_IN_LEDGER_YET, row) == [(0, "id_number", "block", said)]


def test_headings_are_those_of_the_roster() -> None:
    """The village stands for the place as a whole."""
    titles = {column.name: column.title for column in OWN_COLUMNS}
    assert {
        name: titles["village" if name == "region_code" else name] for name in HEADINGS
    } == HEADINGS
    told_by_others = {"name", "sex", "id_number", "township", "village", *CLASS_IDENTITY}
    assert titles.keys() - HEADINGS.keys() == told_by_others


def test_the_ledger_is_asked_once_for_all_that_may_differ(ledger: list[bytes]) -> None:
    """And not at all where nobody is in the class already."""
    row = {"id_index": ledger[0]} | THERE
    counts = []
    for rows in ([row | {"class_code": "2"}] * 3, [row], [row] * 3):
        with CaptureQueriesContext(connection) as asked:
            judged(rules.NOT_IN_LEDGER_YET, *rows)
        counts.append(len(asked))
    assert counts == [3, 4, 4]


AGES = [
    a_value(rules.AGE_RULE, "least", 16),
    a_value(rules.AGE_RULE, "most_male", 60),
    a_value(rules.AGE_RULE, "most_female", 55),
]


def of_age(order: int, born: str, start: datetime.date) -> dict[str, Any]:
    number = citizen_number(order, born=born)
    return {"id_number": number, "born": birth_date_of(number), "start_date": start}


def test_a_trainee_is_of_working_age_on_the_first_day() -> None:
    """By the sex of the number: the roster need not have a column for it."""
    start = DAY(2019, 6, 24)
    found = judged(
        rules.WORKING_AGE,
        of_age(1, "20030624", start),
        of_age(1, "20030625", start),
        of_age(1, "19580625", start),
        of_age(1, "19580624", start),
        of_age(2, "19630625", start),
        of_age(2, "19630624", start),
        of_age(1, "19630624", start),
        {"born": None, "id_number": None},
        values=AGES,
    )
    sentence = "开班时 {} 岁，一般为 16 至 {} 岁，请核实或说明。"
    assert found == [
        (1, "id_number", "explain", sentence.format(15, 60)),
        (3, "id_number", "explain", sentence.format(61, 60)),
        (5, "id_number", "explain", sentence.format(56, 55)),
    ]
    assert judged(rules.WORKING_AGE, of_age(1, "20100101", start)) == []


def test_a_value_of_the_nearest_region_on_the_day_is_taken() -> None:
    """The county's from 2019 on, before it the province's, elsewhere the nation's."""

    def most(value: int, **more: Any) -> RuleValue:
        return a_value(rules.HOURS_RULE, "most_a_day", value, **more)

    values = [
        most(8),
        most(6, region_code="62", valid_to=DAY(2019, 12, 31)),
        most(5, region_code="621022", valid_from=DAY(2019, 1, 1), valid_to=DAY(2019, 6, 30)),
        most(4, region_code="621021"),
        most(3, region_code="6229"),
    ]
    book = RuleBook(values)
    asked = [
        ("621022", DAY(2018, 12, 31), 6),
        ("621022", DAY(2019, 1, 1), 5),
        ("621022", DAY(2019, 6, 30), 5),
        ("621022", DAY(2019, 7, 1), 6),
        ("621022", DAY(2020, 1, 1), 8),
        ("622926", DAY(2020, 1, 1), 3),
        ("110101", DAY(2020, 1, 1), 8),
        ("621022", DAY(2014, 12, 31), None),
    ]
    found = [book.value(rules.HOURS_RULE, "most_a_day", code, day) for code, day, _ in asked]
    assert found == [value for *_, value in asked]


def test_hours_fit_the_days_of_each_class() -> None:
    """One sentence a class, on its first row."""
    ten_days = {"end_date": DAY(2019, 7, 3), "hours": Decimal(81)}
    found = judged(
        rules.HOURS_A_DAY,
        ten_days | {"hours": Decimal(80)},
        ten_days,
        ten_days,
        ten_days | {"class_code": "2"},
        ten_days | {"hours": None},
        ten_days | {"end_date": DAY(2019, 6, 23)},
        ten_days | {"end_date": None},
        values=[a_value(rules.HOURS_RULE, "most_a_day", 8)],
    )
    sentence = "10 天共 81 学时，每天超过 8 学时，请核实学时和日期或说明。"
    assert found == [(1, "hours", "explain", sentence), (3, "hours", "explain", sentence)]
    assert judged(rules.HOURS_A_DAY, ten_days) == []


def test_a_class_is_not_too_large() -> None:
    rows = [{"class_code": "1"}] * 2 + [{"class_code": "2"}] * 3 + [{"start_date": None}] * 3
    values = [a_value(rules.SIZE_RULE, "most", 2)]
    assert judged(rules.CLASS_SIZE, *rows, values=values) == [
        (2, "class_code", "explain", "该班 3 人，一般不超过 2 人，请核实或说明。")
    ]
    assert judged(rules.CLASS_SIZE, *rows) == []


def test_a_class_number_means_one_class() -> None:
    sentence = "班级编号 1 对应多个班：机构、工种或开班时间不同，已按不同的班登记，请核实或说明。"
    assert judged(
        rules.CLASS_NUMBER,
        {},
        {},
        {"occupation": "砌筑工"},
        {"occupation": "砌筑工"},
        {"start_date": DAY(2019, 6, 25)},
        {"class_code": "2", "institution": "另一校"},
        {"class_code": None, "institution": "另一校"},
        {"start_date": None},
        {"occupation": None},
    ) == [(2, "class_code", "explain", sentence), (4, "class_code", "explain", sentence)]


def test_every_rule_of_the_roster_has_a_source_and_what_policy_sets_holds_nothing() -> None:
    every = TRAINING_ROSTER.all_rules()
    assert len(every) == len({str(rule.name) for rule in every.values()})
    assert all(rule.citation for rule in every.values())
    explained = {key for key, rule in every.items() if rule.severity == "explain"}
    assert explained == {
        rules.AGE_RULE,
        rules.SIZE_RULE,
        rules.HOURS_RULE,
        rules.SKILL_RULE,
        "talent.phone_is_a_phone",
        rules.YEARLY_RULE,
        rules.LIFETIME_RULE,
        rules.CATEGORY_RULE,
        rules.LEVEL_HOURS_RULE,
        "training.person_is_in_one_class_at_a_time",
        "training.higher_level_bars_lower",
        "training.class_number_means_one_class",
    }
    assert {rule.severity for rule in every.values()} == {"block", "explain"}
