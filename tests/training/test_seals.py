"""The ledger itself, sealed and verified: what is sealed of a row is found when it changes."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from core.models import User
from exchange.models import SealFinding
from exchange.submissions.sealing import seal
from exchange.submissions.verifying import verify
from talent.models import Person
from tests.factories import a_person, an_account
from tests.factories.books import a_submission
from tests.factories.facts import FACTS
from tests.factories.plans import a_program
from tests.factories.rosters import HUAN, a_county, a_row, entered
from training.models import Enrollment
from training.outcomes import copy_outcomes

pytestmark = pytest.mark.django_db
JUNE = datetime.date(2019, 6, 1)


@pytest.fixture
def sealed(settings: Any, tmp_path: Path) -> list[int]:
    """The keys of three rows that came by a roster and were submitted."""
    settings.ANCHORS_FILE = tmp_path / "heads.txt"
    a_county(HUAN)
    a_program()
    reviewer: User = an_account("reviewer", "county-reviewer", HUAN)
    entered(*(a_row(order) for order in (1, 2, 3)))
    month = a_submission(HUAN, JUNE, book="ledger", by=reviewer)
    receipt = seal(submission=month, by=reviewer)
    assert (receipt.rows, receipt.people) == (3, 3)
    return list(Enrollment.objects.order_by("pk").values_list("pk", flat=True))


def by_sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE training_enrollment DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        cursor.execute("ALTER TABLE training_enrollment ENABLE TRIGGER USER")


def found() -> list[tuple[str, int | None]]:
    faults = SealFinding.objects.filter(verification=verify(), row_key__isnull=False)
    return [(fault.kind, fault.row_key) for fault in faults]


def test_untouched_rows_give_nothing(sealed: list[int]) -> None:
    assert found() == []


@pytest.mark.parametrize(
    "change",
    [
        "category = 'general'",
        "end_date = end_date + 1",
        "hours = 88",
        "state = 'withdrawn'",
        "remark = 'x'",
        "group_name = 'x'",
    ],
)
def test_any_sealed_cell_changed_is_found(sealed: list[int], change: str) -> None:
    by_sql(f"UPDATE training_enrollment SET {change} WHERE id = %s", sealed[1])
    assert found() == [("row-changed", sealed[1])]


def test_a_row_handed_to_another_person_is_found(sealed: list[int]) -> None:
    other = a_person(9)
    by_sql("UPDATE training_enrollment SET person_id = %s WHERE id = %s", other.pk, sealed[0])
    assert found() == [("row-changed", sealed[0])]


def test_what_comes_later_or_is_the_registers_may_change(sealed: list[int]) -> None:
    """Facts have chapters of their own, and the register may be corrected lawfully."""
    row, clerk = Enrollment.objects.get(pk=sealed[0]), an_account("clerk", "county-clerk", HUAN)
    for make in FACTS.values():
        make(row, clerk)
    copy_outcomes([row.pk])
    Person.objects.update(name="改名")
    assert found() == []
