"""Figures: kept by deltas, and after any mix of acts what a count of the rows says."""

import datetime
import random
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from core.models import User
from exchange import rollups
from exchange.imports.services import take_rows
from exchange.models import Rollup
from exchange.rollups import Difference
from tests.factories import a_class, a_person, a_program, an_account, divisions, enrolled
from tests.factories.rosters import a_row, judged
from training.models import Enrollment

pytestmark = pytest.mark.django_db
CATEGORIES = {"建档立卡贫困劳动力": "filed-poor", "两后生": "two-after", "退役军人": "veteran"}


@pytest.fixture(autouse=True)
def places() -> None:
    divisions()
    a_program("skills")
    a_program("brand")


@pytest.fixture
def clerk() -> User:
    return an_account("clerk", "county-clerk", "621022")


def kept() -> dict[tuple[Any, ...], int]:
    cells = "measure", "county_code", "month", "program", "category"
    rows = Rollup.objects.settled().exclude(amount=0).values_list(*cells, "amount")
    return {tuple(cell): int(amount) for *cell, amount in rows}


def recounted() -> dict[tuple[Any, ...], int]:
    """The figures counted row by row, by the words of their definitions."""
    counts: dict[tuple[Any, ...], int] = {}
    for row in Enrollment.objects.filter(state="active"):
        cells = [("training.attendances", row.start_date)]
        if row.result != "dropped":
            cells.append(("training.completions", row.end_date))
        for measure, day in cells:
            month = day.replace(day=1)
            key = (measure, row.county_code, month, row.program_id, row.category)
            counts[key] = counts.get(key, 0) + 1
    return counts


def taken(rows: list[dict[str, str]], by: User, program: str, county: str = "621022") -> int:
    found = judged(*rows, county=county)
    held, accepted = found.held, found.accepted
    if held:
        found = judged(*(rows[row] for row in accepted), county=county)
    return take_rows(found, options={"program": program}, by=by)


def take_off(rows: list[int]) -> None:
    """Withdraw rows as an act would: out of the ledger, then off the figures."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS going")
        cursor.execute(
            "CREATE TEMP TABLE going ON COMMIT DROP AS"
            " SELECT * FROM training_enrollment WHERE id = ANY(%s)",
            [rows],
        )
    Enrollment.objects.filter(pk__in=rows).update(state="withdrawn")
    rollups.move(Enrollment, gone="going")


def a_roster(chance: random.Random) -> list[dict[str, str]]:
    rows = []
    for _ in range(chance.randrange(1, 12)):
        start = datetime.date(2019, 1, 20) + datetime.timedelta(chance.randrange(90))
        rows.append(
            a_row(
                chance.randrange(40),
                category=chance.choice(list(CATEGORIES)),
                class_code=str(chance.randrange(3)),
                start_date=start.isoformat(),
                end_date=(start + datetime.timedelta(chance.randrange(40))).isoformat(),
            )
        )
    return rows


@pytest.mark.parametrize("seed", range(4))
def test_after_any_mix_of_acts_the_figures_are_what_the_rows_say(seed: int, clerk: User) -> None:
    chance = random.Random(seed)
    for _ in range(8):
        if chance.random() < 0.7:
            taken(a_roster(chance), clerk, chance.choice(("skills", "brand")))
        else:
            active = list(Enrollment.objects.active().values_list("pk", flat=True))
            take_off(chance.sample(active, len(active) // 3))
        assert rollups.differences() == []
    assert Enrollment.objects.count() > 10
    assert kept() == recounted()
    Rollup.objects.all().delete()
    rollups.rebuild()
    assert kept() == recounted()


def test_the_cells_of_a_row(clerk: User) -> None:
    taken([a_row(1, start_date="2019-06-24", end_date="2019-07-08")], clerk, "skills")
    june, july = datetime.date(2019, 6, 1), datetime.date(2019, 7, 1)
    assert kept() == {
        ("training.attendances", "621022", june, "skills", "filed-poor"): 1,
        ("training.completions", "621022", july, "skills", "filed-poor"): 1,
    }
    before = Rollup.objects.get(month=june).as_of
    taken([a_row(3)], clerk, "skills")
    cell = Rollup.objects.get(month=june)
    assert cell.amount == 2
    assert cell.as_of > before


def test_what_is_taken_off_leaves_nothing(clerk: User) -> None:
    taken([a_row(1), a_row(3)], clerk, "skills")
    take_off(list(Enrollment.objects.values_list("pk", flat=True)))
    assert (kept(), rollups.differences()) == ({}, [])


def test_a_dropped_or_withdrawn_row_does_not_count() -> None:
    taught = a_class()
    enrolled(a_person(1), taught, result="dropped")
    enrolled(a_person(3), taught, state="withdrawn")
    rollups.rebuild()
    assert [(measure, amount) for (measure, *_), amount in kept().items()] == [
        ("training.attendances", 1)
    ]


def test_a_wrong_amount_is_found_and_put_right(clerk: User) -> None:
    taken([a_row(1), a_row(3)], clerk, "skills")
    good = kept()
    june = datetime.date(2019, 6, 1)
    of_june = Rollup.objects.filter(measure="training.attendances", month=june)
    of_june.update(amount=5)
    Rollup.objects.filter(measure="training.completions").delete()
    Rollup.objects.create(
        measure="training.attendances",
        county_code="622926",
        month=june,
        program="skills",
        category="other",
        amount=1,
        as_of=of_june.get().as_of,
    )
    cell = ("training.attendances", "621022", june, "skills", "filed-poor")
    july = datetime.date(2019, 7, 1)
    wrong = [
        Difference(*cell, Decimal(5), Decimal(2)),
        Difference("training.attendances", "622926", june, "skills", "other", 1, 0),
        Difference("training.completions", "621022", july, "skills", "filed-poor", 0, 2),
    ]
    assert rollups.differences() == wrong
    assert rollups.rebuild() == wrong
    assert (rollups.differences(), kept()) == ([], good)
    assert rollups.rebuild() == []
