"""Facts of a class's life: each in the month it happened, sealed with it, closed with it."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from core.models import User
from exchange.models import Restatement, Rollup, SealedRow, SealFinding
from exchange.submissions.closing import PeriodClosed, told
from exchange.submissions.diffs import RowDifference, differences
from exchange.submissions.sealing import seal
from exchange.submissions.verifying import verify
from tests.factories import a_class, a_person, an_account, divisions, enrolled, settled
from tests.factories.facts import (
    AUGUST,
    FACT_DAY,
    FACTS,
    a_certificate,
    a_follow_up,
    a_result,
    a_roll,
    an_approved_line,
)
from tests.factories.submissions import JUNE, a_month
from training import book, noting
from training.chapters import CHAPTERS, RESULTS
from training.models import Enrollment, ExamEntry
from training.noting import Change
from training.outcomes import copy_outcomes

pytestmark = pytest.mark.django_db
COUNTY = "621022"


@pytest.fixture
def clerk() -> User:
    divisions()
    clerk: User = an_account("clerk", "county-clerk", COUNTY)
    return clerk


@pytest.fixture
def row(clerk: User) -> Enrollment:
    return enrolled(a_person(1), a_class())


def facts(chapter: str) -> list[dict[str, Any]]:
    return list(CHAPTERS[chapter].rows().order_by("pk").values())


@pytest.mark.parametrize("chapter", FACTS)
class TestClosedMonths:
    def refused(self, write: Any, chapter: str) -> None:
        before = facts(chapter)
        with pytest.raises(PeriodClosed) as refusal, told(), transaction.atomic():
            write()
        assert (refusal.value.county, refusal.value.month) == (COUNTY, AUGUST)
        assert facts(chapter) == before

    def test_no_fact_comes(self, row: Enrollment, clerk: User, chapter: str) -> None:
        if chapter == "result":
            a_roll(row, clerk)
        a_month("submitted", month=AUGUST)
        self.refused(lambda: FACTS[chapter](row, clerk), chapter)

    def test_no_fact_goes_or_changes(self, row: Enrollment, clerk: User, chapter: str) -> None:
        fact = FACTS[chapter](row, clerk)
        a_month("locked", month=AUGUST)
        rows = CHAPTERS[chapter].rows()
        self.refused(lambda: fact.delete(), chapter)
        self.refused(lambda: rows.update(version=2), chapter)
        moved = {CHAPTERS[chapter].day: datetime.date(2019, 9, 2)}
        self.refused(lambda: rows.update(**moved), chapter)

    def test_the_month_of_the_class_may_be_locked(
        self, row: Enrollment, clerk: User, chapter: str
    ) -> None:
        """The twin: what comes later needs no correction of the month the class began in."""
        a_month("locked", month=JUNE)
        with told(), transaction.atomic():
            fact = FACTS[chapter](row, clerk)
            CHAPTERS[chapter].rows().update(version=2)
            fact.delete()


def test_what_has_no_day_yet_lies_in_no_month(row: Enrollment, clerk: User) -> None:
    a_month("locked", month=JUNE)
    a_month("locked", month=AUGUST)
    entry = a_result(row, clerk, None)
    assert ExamEntry.objects.filter(pk=entry.pk).update(version=2) == 1


class TestFrozenRolls:
    @pytest.fixture
    def entry(self, row: Enrollment, clerk: User) -> ExamEntry:
        entry = a_result(row, clerk, None)
        roll = entry.roll
        roll.state, roll.frozen_by, roll.frozen_at = "frozen", clerk, row.created_at
        roll.digest = "0" * 64
        roll.save()
        return entry

    def refused(self, write: Any) -> None:
        with pytest.raises(IntegrityError, match="the exam roll is frozen"), transaction.atomic():
            write()

    def test_nobody_comes_or_goes(self, entry: ExamEntry, clerk: User) -> None:
        other = enrolled(a_person(3), entry.enrollment.training_class)
        rows = ExamEntry.objects.filter(pk=entry.pk)
        self.refused(lambda: a_result(other, clerk, None))
        self.refused(lambda: rows.update(enrollment=other))
        self.refused(rows.delete)
        self.refused(lambda: rows.update(roll=a_roll(other, clerk, exam_on=AUGUST)))

    def test_the_roll_itself_stays(self, entry: ExamEntry) -> None:
        rolls = type(entry.roll).objects.filter(pk=entry.roll_id)
        self.refused(lambda: rolls.update(state="draft", digest="", frozen_at=None))
        self.refused(lambda: rolls.update(exam_on=AUGUST))
        self.refused(rolls.delete)

    def test_results_may_be_written(self, entry: ExamEntry, clerk: User) -> None:
        rows = ExamEntry.objects.filter(pk=entry.pk)
        assert rows.update(result="passed", resulted_on=FACT_DAY, entered_by=clerk) == 1


class TestSeals:
    @pytest.fixture
    def sealed(self, row: Enrollment, clerk: User, settings: Any, tmp_path: Path) -> Any:
        """August with a fact of each kind, sealed; it has no row of the ledger proper."""
        settings.ANCHORS_FILE = tmp_path / "heads.txt"
        made = {chapter: make(row, clerk) for chapter, make in FACTS.items()}
        month = a_month("submitted", month=AUGUST, submitted_by=clerk, round=1)
        receipt = seal(submission=month, by=clerk)
        assert (receipt.rows, receipt.people) == (0, 0)
        rows = SealedRow.objects.filter(receipt=receipt).values_list("chapter", "row_key")
        assert sorted(rows) == [(chapter, made[chapter].pk) for chapter in sorted(made)]
        return made

    def by_sql(self, table: str, statement: str, *values: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(statement.format(table=table), values)
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    def found(self) -> list[tuple[str, int | None]]:
        faults = SealFinding.objects.filter(verification=verify(), row_key__isnull=False)
        return [(fault.kind, fault.row_key) for fault in faults]

    def test_untouched_facts_give_nothing(self, sealed: Any) -> None:
        assert self.found() == []

    @pytest.mark.parametrize(
        ("chapter", "change"),
        [
            ("result", "score = 84"),
            ("result", "result = 'failed'"),
            ("certificate", "number = 'S1'"),
            ("certificate", "level = '3'"),
            ("employment", "employment = 'unemployed'"),
            ("claim", "amount = 1200.01"),
        ],
    )
    def test_a_changed_fact_is_named(self, sealed: Any, chapter: str, change: str) -> None:
        fact = sealed[chapter]
        self.by_sql(fact._meta.db_table, f"UPDATE {{table}} SET {change} WHERE id = %s", fact.pk)
        assert self.found() == [("row-changed", fact.pk)]

    @pytest.mark.parametrize("chapter", FACTS)
    def test_a_fact_that_is_gone_is_named(self, sealed: Any, chapter: str) -> None:
        fact = sealed[chapter]
        self.by_sql(fact._meta.db_table, "DELETE FROM {table} WHERE id = %s", fact.pk)
        assert self.found() == [("row-gone", fact.pk)]


def test_the_second_look_shows_the_changed_fact_alone(
    row: Enrollment, clerk: User, settings: Any, tmp_path: Path
) -> None:
    settings.ANCHORS_FILE = tmp_path / "heads.txt"
    entry, certificate = a_result(row, clerk), a_certificate(row, clerk)
    month = a_month("returned", month=AUGUST, round=1)
    seal(submission=month, by=clerk)
    noting.note_before(RESULTS, COUNTY, [Change(entry.pk)], by=clerk)
    ExamEntry.objects.filter(pk=entry.pk).update(score=58, result="failed", version=2)
    month.round = 2
    month.save()
    seal(submission=month, by=clerk)
    changed = (("result", "passed", "failed"), ("score", "85", "58"))
    assert differences(month) == [RowDifference("result", entry.pk, "changed", changed)]
    shown = book.shown([("result", entry.pk), ("certificate", certificate.pk)])
    assert {each.url for each in shown.values()} == {reverse("training:row", args=[row.pk])}
    assert book.hands(COUNTY, AUGUST) == {clerk.pk}


def test_what_came_of_it_is_copied_and_moves_the_figures(row: Enrollment, clerk: User) -> None:
    """The newest of each kind of fact; the row's own version stays."""
    other = enrolled(a_person(3), row.training_class)
    settled()
    a_result(row, clerk)
    left = ExamEntry.objects.filter(resulted_on=FACT_DAY)
    assert left.update(result="dropped", score=None) == 1
    a_follow_up(other, clerk)
    line = an_approved_line(other, clerk)
    number = a_certificate(other, clerk).number
    copy_outcomes([row.pk, other.pk])
    figures = Rollup.objects.filter(measure="training.completions")
    assert sum(figures.values_list("amount", flat=True)) == 1
    names = ("result", "score", "certificate_number", "subsidy", "employment", "version")
    assert list(Enrollment.objects.order_by("pk").values_list(*names)) == [
        ("dropped", None, "", None, "unknown", 1),
        ("unassessed", None, number, 1200, "employed", 1),
    ]
    line.delete()
    a_follow_up(other, clerk, AUGUST)
    copy_outcomes([row.pk, other.pk])
    other.refresh_from_db()
    assert (other.subsidy, other.employment) == (None, "employed")


@pytest.mark.parametrize(
    "change", ["result = 'failed'", "subsidy = 1", "certificate_number = 'S2'", "score = 84"]
)
def test_a_copy_that_says_otherwise_is_named(
    row: Enrollment, clerk: User, change: str, settings: Any, tmp_path: Path
) -> None:
    settings.ANCHORS_FILE = tmp_path / "heads.txt"
    a_result(row, clerk)
    settled()
    copy_outcomes([row.pk])
    seal(submission=a_month("submitted", submitted_by=clerk, round=1), by=clerk)
    assert not verify().findings.exclude(kind="anchor-gone").exists()
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE training_enrollment SET {change}")
    (fault,) = verify().findings.exclude(kind="anchor-gone")
    assert (fault.kind, fault.row_key) == ("row-changed", row.pk)
    assert "another outcome" in fault.sentence


def test_what_moves_no_figure_restates_none(row: Enrollment, clerk: User) -> None:
    """A follow-up changes the row of a locked month, and no figure of it; dropping out does."""
    settled()
    a_month("locked", month=JUNE)
    a_month("locked", month=datetime.date(2019, 7, 1))
    a_follow_up(row, clerk)
    copy_outcomes([row.pk])
    assert not Restatement.objects.exists()
    entry = a_result(row, clerk)
    ExamEntry.objects.filter(pk=entry.pk).update(result="dropped", score=None)
    copy_outcomes([row.pk])
    july = datetime.date(2019, 7, 1)
    assert restated() == [
        ("training.completed_people", july, -1),
        ("training.completions", july, -1),
    ]


def test_who_completed_another_class_of_the_month_is_no_person_less(
    row: Enrollment, clerk: User
) -> None:
    other = enrolled(row.person, a_class(code="another"))
    settled()
    a_month("locked", month=JUNE)
    a_month("locked", month=datetime.date(2019, 7, 1))
    for each, measures in (
        (row, ["training.completions"]),
        (other, ["training.completed_people", *["training.completions"] * 2]),
    ):
        entry = a_result(each, clerk)
        ExamEntry.objects.filter(pk=entry.pk).update(result="dropped", score=None)
        copy_outcomes([each.pk])
        assert [measure for measure, _month, _amount in restated()] == measures


def restated() -> list[tuple[str, datetime.date, int]]:
    rows = Restatement.objects.order_by("measure", "month", "amount")
    return [(each.measure, each.month, int(each.amount)) for each in rows]
