"""Rules over one person's several classes: in the file, in the county, across the province."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from core.models import PolicyArea, PolicyAreaCounty, Region, RuleValue
from core.rules import Batch, Rule, RuleBook, judge
from talent.models import CategorySpell
from tests.factories import a_class, a_person, divisions, enrolled
from training import rules

DAY = datetime.date
ME, OTHER = b"1" * 16, b"2" * 16
SAME = {
    "id_index": ME,
    "class_code": "1",
    "institution": "校",
    "occupation": "电焊工",
    "level": "5",
    "start_date": DAY(2019, 6, 24),
    "end_date": DAY(2019, 7, 8),
}
LATER = {"class_code": "2", "start_date": DAY(2019, 9, 1), "end_date": DAY(2019, 9, 10)}
NEXT_YEAR = {"class_code": "3", "start_date": DAY(2020, 3, 1), "end_date": DAY(2020, 3, 10)}

pytestmark = pytest.mark.django_db


def batch_of(*rows: dict[str, Any], county: str = "621022") -> Batch:
    names = {name for row in rows for name in row} | SAME.keys()
    columns = {name: [(SAME | row).get(name) for row in rows] for name in names}
    columns["line"] = [2 + row for row in range(len(rows))]
    return Batch(len(rows), county, columns)


def judged(
    rule: Rule, *rows: dict[str, Any], values: tuple[RuleValue, ...] = (), county: str = "621022"
) -> list[tuple[int, str, str]]:
    found = judge(batch_of(*rows, county=county), [rule], RuleBook(values))
    assert {f.severity for f in found} <= {"explain"}
    with translation.override("en"):
        return [(f.row, f.column, str(f)) for f in found]


def a_value(rule: str, value: Any, parameter: str = "most", **more: Any) -> RuleValue:
    return RuleValue(
        **{"rule": rule, "parameter": parameter, "value": value, "valid_from": DAY(2015, 1, 1)}
        | more
    )


@pytest.fixture
def known() -> dict[str, Any]:
    """What names a person of another county, who is in a class there and in one here."""
    divisions()
    person = a_person(1, county_code="622926", name="马小花")
    enrolled(person, a_class("622926", "A7", end_date=DAY(2019, 7, 4)))
    enrolled(person, a_class("621022", "B8", start_date=DAY(2018, 5, 1), level="3"))
    enrolled(person, a_class("621022", "C9"), state="withdrawn")
    return {"id_index": bytes(person.id_number_index)}


def overlap(line: int, code: str) -> str:
    return (
        f"The days overlap with the same person's class {code} on line {line}. "
        "Explain or check the dates."
    )


def test_classes_of_one_person_do_not_overlap_in_the_file() -> None:
    """Both are told; the same class again is a duplicate, another person's class is nobody's."""
    assert judged(
        rules.ONE_CLASS_AT_A_TIME,
        {},
        {"class_code": "2", "start_date": DAY(2019, 7, 8), "end_date": DAY(2019, 7, 20)},
        {"class_code": "3", "start_date": DAY(2019, 7, 21), "end_date": DAY(2019, 7, 30)},
        {},
        {"class_code": "4", "id_index": OTHER},
        {"class_code": "5", "id_index": None},
        {"class_code": "6", "end_date": None},
        {"class_code": None},
    ) == [
        (0, "start_date", overlap(3, "2")),
        (1, "start_date", overlap(2, "1")),
        (3, "start_date", overlap(3, "2")),
    ]


def test_a_class_of_another_county_is_named_by_county_and_number_only(known: Any) -> None:
    sentence = (
        "The days overlap with class {} of {}, where this person is in the ledger. "
        "Explain or check the dates."
    )
    mine = [
        known | {"start_date": DAY(2019, 7, 4)},
        known | {"start_date": DAY(2019, 7, 5)},
        known | {"start_date": DAY(2018, 5, 15), "end_date": DAY(2018, 5, 16)},
    ]
    assert [judged(rules.ONE_CLASS_AT_A_TIME, row) for row in mine] == [
        [(0, "start_date", sentence.format("A7", "东乡族自治县"))],
        [],
        [(0, "start_date", sentence.format("B8", "环县"))],
    ]


def test_ledgers_of_other_provinces_are_not_asked(known: Any) -> None:
    assert judged(rules.ONE_CLASS_AT_A_TIME, known, county="610322") == []


def test_the_same_skill_is_trained_once(known: Any) -> None:
    once = (a_value(rules.SKILL_RULE, 1),)
    on_line = (
        "The same person is trained in this occupation and level on line 2 too (class 1). "
        "Explain or check."
    )
    in_ledger = (
        "This person was trained in this occupation and level before, in class A7 of 东乡族自治县. "
        "Explain or check."
    )
    assert judged(
        rules.SAME_SKILL_ONCE,
        {},
        LATER,
        LATER | {"class_code": "9", "level": "4"},
        NEXT_YEAR | {"occupation": "砌筑工"},
        NEXT_YEAR | known,
        values=once,
    ) == [(1, "occupation", on_line), (4, "occupation", in_ledger)]
    assert judged(rules.SAME_SKILL_ONCE, {}, LATER) == []


def test_a_higher_level_bars_a_lower_one_afterwards(known: Any) -> None:
    """Levels count downwards; a higher level that comes later, or no level, bars nothing."""
    assert judged(
        rules.HIGHER_BARS_LOWER,
        {"level": "4"},
        LATER,
        NEXT_YEAR | {"level": "3"},
        {
            "class_code": "8",
            "level": None,
            "start_date": DAY(2017, 1, 1),
            "end_date": DAY(2017, 2, 1),
        },
        known | {"level": "4"},
        known | {"class_code": "6", "level": "2"},
    ) == [
        (
            1,
            "level",
            "The same person is trained in this occupation at a higher level on line 2 (class 1). "
            "Explain or check.",
        ),
        (
            4,
            "level",
            "This person was trained in this occupation at a higher level before, in class B8 of "
            "环县. Explain or check.",
        ),
    ]


def too_often(times: int, year: int, most: int) -> str:
    return (
        f"Training no. {times} of this person in {year}; at most {most} a year are usual. "
        "Explain or check."
    )


def test_a_year_has_its_cap(known: Any) -> None:
    cap = (a_value(rules.YEARLY_RULE, 1),)
    found = judged(rules.YEARLY_CAP, LATER, {}, NEXT_YEAR, known | LATER, values=cap)
    assert found == [
        (0, "id_number", too_often(2, 2019, 1)),
        (3, "id_number", too_often(2, 2019, 1)),
    ]
    assert judged(rules.YEARLY_CAP, LATER, {}) == []


def test_a_county_in_deep_poverty_has_the_looser_cap_while_it_is_one() -> None:
    divisions()
    values = (a_value(rules.YEARLY_RULE, 1), a_value(rules.YEARLY_RULE, 2, "most_in_deep_poverty"))
    area = PolicyArea.objects.create(key="deep", name="三区三州", kind="deep-poverty")
    PolicyAreaCounty.objects.create(
        area=area, county=Region.objects.get(pk="622926"), valid_to=DAY(2019, 12, 31)
    )
    third = {"class_code": "4", "start_date": DAY(2019, 11, 1), "end_date": DAY(2019, 11, 5)}
    rows = ({}, LATER, third, NEXT_YEAR, NEXT_YEAR | {"class_code": "5"})
    in_deep = judged(rules.YEARLY_CAP, *rows, values=values, county="622926")
    assert in_deep == [
        (2, "id_number", too_often(3, 2019, 2)),
        (4, "id_number", too_often(2, 2020, 1)),
    ]
    elsewhere = judged(rules.YEARLY_CAP, *rows, values=values)
    assert [row for row, *_ in elsewhere] == [1, 2, 4]


def test_a_life_has_its_cap(known: Any) -> None:
    """The same class twice in the file counts once."""
    cap = (a_value(rules.LIFETIME_RULE, 2),)
    assert judged(rules.LIFETIME_CAP, {}, {}, LATER, NEXT_YEAR, known | NEXT_YEAR, values=cap) == [
        (
            row,
            "id_number",
            "Training no. 3 of this person; at most 2 altogether are usual. Explain or check.",
        )
        for row in (3, 4)
    ]


def test_a_category_holds_on_the_first_day() -> None:
    divisions()
    own, stranger, bare = a_person(1), a_person(2, county_code="622926"), a_person(3)
    for person in (own, stranger):
        CategorySpell.objects.create(
            person=person,
            category="disabled",
            valid_from=DAY(2019, 6, 25),
            valid_to=DAY(2019, 7, 1),
        )
    mine = {"id_index": bytes(own.id_number_index), "category": "disabled"}
    assert judged(
        rules.CATEGORY_ON_FIRST_DAY,
        mine,
        mine | {"start_date": DAY(2019, 6, 25)},
        mine | {"start_date": DAY(2019, 7, 1)},
        mine | {"start_date": DAY(2019, 7, 2)},
        mine | {"start_date": DAY(2019, 7, 1), "category": "veteran"},
        {"id_index": bytes(stranger.id_number_index), "category": "disabled"},
        {"id_index": bytes(bare.id_number_index), "category": "disabled"},
        {"id_index": None, "category": "disabled"},
    ) == [
        (
            row,
            "category",
            f"The register does not have this person as “{category}” on {day}, the first day. "
            "Check the proof or explain.",
        )
        for row, category, day in (
            (0, "残疾人", "2019-06-24"),
            (3, "残疾人", "2019-07-02"),
            (4, "退役军人", "2019-07-01"),
        )
    ]


def test_filed_poor_was_closed() -> None:
    closed = (a_value(rules.CATEGORY_RULE, "2020-12-31", "last_day_filed_poor"),)
    rows = [
        {"category": "filed-poor", "start_date": day, "end_date": day}
        for day in (DAY(2020, 12, 31), DAY(2021, 1, 1))
    ]
    assert [row for row, *_ in judged(rules.CATEGORY_ON_FIRST_DAY, *rows, values=closed)] == [1]
    assert judged(rules.CATEGORY_ON_FIRST_DAY, *rows) == []


def test_a_class_has_the_hours_of_its_level() -> None:
    """Once a class and level; without a value of the level the general one."""
    values = (
        a_value(rules.LEVEL_HOURS_RULE, 60, "least_junior"),
        a_value(rules.LEVEL_HOURS_RULE, 40, "least"),
    )
    rows = [
        {"hours": Decimal(hours), "level": level, "class_code": code}
        for hours, level, code in (
            (60, "5", "1"),
            (59, "5", "2"),
            (59, "5", "2"),
            (59, "4", "3"),
            (39, "4", "4"),
            (39, None, "5"),
        )
    ]
    assert judged(rules.HOURS_FOR_LEVEL, *rows, values=values) == [
        (1, "hours", "59 hours for level 初级; at least 60 are usual. Explain or check the hours."),
        (4, "hours", "39 hours for level 中级; at least 40 are usual. Explain or check the hours."),
        (5, "hours", "39 hours; at least 40 are usual. Explain or check the hours."),
    ]
    assert judged(rules.HOURS_FOR_LEVEL, *rows) == []


@pytest.mark.parametrize("size", [1, 40])
def test_all_rules_together_ask_the_ledger_once_whatever_the_size(known: Any, size: int) -> None:
    several = [SAME | known | LATER, *({"id_index": bytes([n]) * 16} for n in range(size))]
    batch = batch_of(*several)
    batch.columns |= {"category": ["disabled"] * batch.size, "name_key": ["x"] * batch.size}
    with CaptureQueriesContext(connection) as asked:
        judge(batch, rules.ENROLLMENT_RULES, RuleBook([a_value(rules.YEARLY_RULE, 1)]))
    tables = ["training_enrollment", "core_policyareacounty", "talent_categoryspell", "core_region"]
    assert [sum(table in q["sql"] for q in asked) for table in tables] == [1, 1, 1, 1]
    assert len(asked) == 6
