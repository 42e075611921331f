"""Which rules may speak when a month is submitted, of rows that nothing spoke against when they came.

A row that entered clean stays clean by itself: what may speak of it later is what others
entered since, what the register learned since, or a value that came into force since.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from core.models import RuleValue, User
from core.rule_values import load_rule_values
from exchange.models import Submission
from talent.models import CategorySpell
from tests.factories import a_program, divisions
from tests.factories.rosters import HUAN, a_row, entered
from tests.factories.submissions import JUNE, the_chain
from tests.training.test_book import put
from training.book import LEDGER_BOOK
from training.imports import TRAINING_ROSTER
from training.models import Enrollment

FIRST = a_row(1, level="中级", hours="72")
BEFORE = {"start_date": "2019-04-01", "end_date": "2019-04-20", "class_code": "2019000"}
# Levels and years apart from FIRST, so that only what is meant speaks.
OTHER_SKILL = {"occupation": "砌筑工", "level": ""}


def overlapping(clerk: User) -> None:
    put(clerk, a_row(1, **OTHER_SKILL, class_code="2", end_date="2019-06-30"))


def the_same_before(clerk: User) -> None:
    put(clerk, a_row(1, **BEFORE, level="中级"))


def higher_before(clerk: User) -> None:
    put(clerk, a_row(1, **BEFORE, level="高级"))


def once_more_in_the_year(clerk: User) -> None:
    for month in ("03", "04"):
        days = {"start_date": f"2019-{month}-01", "end_date": f"2019-{month}-09"}
        put(clerk, a_row(1, **OTHER_SKILL, **days, class_code=f"a{month}"))


def often_in_life(clerk: User) -> None:
    for year in range(2013, 2019):
        days = {"start_date": f"{year}-03-01", "end_date": f"{year}-03-09"}
        put(clerk, a_row(1, **OTHER_SKILL, **days, class_code=f"b{year}"))


def a_full_class(clerk: User) -> None:
    entered(*(a_row(order, level="中级", hours="72") for order in range(3, 105, 2)), by=clerk)


def of_another_category(clerk: User) -> None:
    CategorySpell.objects.create(
        person=Enrollment.objects.get().person,
        category="urban-unemployed",
        valid_from=datetime.date(2014, 1, 1),
    )


def the_number_elsewhere(clerk: User) -> int:
    """Each class came clean by itself; the later one is the one that is told."""
    came = put(clerk, a_row(3, institution="环县农广校", level="中级", hours="72"))
    assert came.findings == []
    return int(came.key)


def a_value_in_force(rule: str, parameter: str, value: Any) -> Callable[[User], None]:
    def later(clerk: User) -> None:
        since = {"region_code": HUAN, "valid_from": datetime.date(2019, 1, 1)}
        RuleValue.objects.create(rule=rule, parameter=parameter, value=value, **since)

    return later


AGE, HOURS = "training.trainee_is_of_working_age", "training.hours_fit_the_days"
LEVEL = "training.hours_suit_the_level"
# What may speak later, and an event upon which it does.
SPEAK: dict[str, Callable[[User], int | None]] = {
    "training.person_is_in_one_class_at_a_time": overlapping,
    "training.same_skill_is_trained_once": the_same_before,
    "training.higher_level_bars_lower": higher_before,
    "training.person_is_not_trained_too_often_a_year": once_more_in_the_year,
    "training.person_is_not_trained_too_often": often_in_life,
    "training.class_is_not_too_large": a_full_class,
    "training.category_holds_on_first_day": of_another_category,
    "training.class_number_means_one_class": the_number_elsewhere,
    AGE: a_value_in_force(AGE, "least", 60),
    HOURS: a_value_in_force(HOURS, "most_a_day", 1),
    LEVEL: a_value_in_force(LEVEL, "least_intermediate", 400),
}


@pytest.fixture
def clerk(db: None, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> User:
    settings.FILES_DIR = tmp_path / "files"
    monkeypatch.setattr("exchange.jobs._try_to_wake", lambda job: None)
    divisions()
    load_rule_values()
    a_program()
    clerk: User = the_chain()["clerk"]
    return clerk


def spoken(row: int) -> set[tuple[str, str]]:
    """Rules that speak of a row when its month is judged, with their severities."""
    found = LEDGER_BOOK.judge(HUAN, JUNE, lambda done, total: None)
    return {(f.finding.rule, f.finding.severity) for f in found if f.row_key == row}


@pytest.mark.parametrize("rule", SPEAK)
def test_what_came_since_lets_a_rule_speak(rule: str, clerk: User) -> None:
    came = put(clerk, FIRST)
    assert (came.findings, spoken(came.key)) == ([], set())
    found = spoken(SPEAK[rule](clerk) or came.key)
    assert rule in dict(found)
    assert {each for each, _severity in found} <= SPEAK.keys()
    # Nothing that came since makes a month impossible to submit: it is to be explained.
    assert {severity for _rule, severity in found} == {"explain"}
    assert not Submission.objects.exists()


def test_all_other_rules_are_of_the_row_alone() -> None:
    """They read one row's cells, or keep a row from coming twice; a new rule takes its side here."""
    silent = {key for key, rule in TRAINING_ROSTER.all_rules().items() if rule.judge is None}
    silent |= {
        "talent.sex_agrees_with_id_number",
        "talent.birth_date_agrees_with_id_number",
        # A stored row's name is the register's.
        "talent.name_agrees_with_register",
        "training.class_ends_after_it_starts",
        # A stored row does not speak against itself.
        "training.person_stands_once_in_file",
        "training.person_is_not_in_class_yet",
        # Not asked at submission.
        "training.month_is_open",
    }
    assert SPEAK.keys() | silent == TRAINING_ROSTER.all_rules().keys()
    assert SPEAK.keys() & silent == set()
