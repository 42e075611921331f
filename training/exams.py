"""The exam roll of a class: drawn up, frozen before the exam, and from then on nobody comes or goes."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_noop

from core import audit
from core.access import Permission, scope_of
from core.models import User
from core.rules import Batch, Finding, Severity, judge
from exchange.jobs import JobRefused
from exchange.submissions.closing import told
from training.holding import hold
from training.models import Enrollment, ExamEntry, ExamRoll, TrainingClass
from training.querysets import EnrollmentQuerySet
from training.refusing import told_as
from training.rules.exams import ROLL_RULES
from training.stored_facts import digests_of, teachers_of

# The acts of this module in words, as the audit trail shows them.
ACTS = (
    gettext_noop("exam roll drawn up"),
    gettext_noop("exam roll changed"),
    gettext_noop("exam roll discarded"),
    gettext_noop("exam roll frozen"),
)
ROLL_IS_FROZEN = gettext_noop(
    "The roll of this exam is frozen: nobody comes or goes, and its day and assessor stay. Who is "
    "missing sits the next exam, on a roll of its own."
)
REFUSALS = {
    "exam_roll_is_frozen": ROLL_IS_FROZEN,
    "exam_roll_once": gettext_noop(
        "This class has a roll for an exam on that day already. Choose another day or open that roll."
    ),
}
NOBODY = gettext_noop("Nobody is on the roll. Tick who sits the exam.")
NOT_TO_SIT = gettext_noop(
    "Not in the class any more, passed already, or on another roll: %(number)s of these people. "
    "Load the page again and tick the others."
)
BEFORE_THE_CLASS = gettext_noop(
    "The exam cannot be before the class begins on %(start)s. Correct the day of the exam."
)


@dataclass(frozen=True)
class Sitting:
    """An exam: its day, who assesses, and the ledger rows, by key, of those who sit it."""

    exam_on: datetime.date
    assessor: str
    people: frozenset[int]


def may_sit(training_class: TrainingClass, roll: ExamRoll | None = None) -> EnrollmentQuerySet:
    """Rows of a class that may stand on a roll: who has not passed and waits for no result.

    Those of `roll` may stand on it still.
    """
    entries = ExamEntry.objects.filter(roll__training_class=training_class)
    taken = entries.filter(result__in=["", ExamEntry.Result.PASSED])
    if roll is not None:
        taken = taken.exclude(roll=roll)
    in_class = Enrollment.objects.active().filter(training_class=training_class)
    staying = in_class.exclude(result=Enrollment.Result.DROPPED)
    free: EnrollmentQuerySet = staying.exclude(pk__in=taken.values("enrollment"))
    return free


def draw_up(*, training_class: TrainingClass, sitting: Sitting, by: User) -> ExamRoll:
    """Draw up a roll. Raises PermissionError outside the user's scope, JobRefused with the cause."""
    county = _entitled(by, training_class.county_code)
    with told_as(REFUSALS), told(), transaction.atomic():
        hold(county)
        _sound(training_class, sitting)
        roll = ExamRoll.objects.create(
            training_class=training_class,
            county_code=county,
            exam_on=sitting.exam_on,
            assessor=sitting.assessor,
            made_by=by,
        )
        _add(roll, sitting.people)
        _record("drawn_up", roll, by, {"people": len(sitting.people)})
    return roll


def change(*, roll: ExamRoll, sitting: Sitting, by: User) -> None:
    """Let a roll that is being drawn up say this. A frozen one is refused, by PostgreSQL itself."""
    county = _entitled(by, roll.county_code)
    with told_as(REFUSALS), told(), transaction.atomic():
        hold(county)
        _sound(roll.training_class, sitting, roll)
        of_roll = ExamRoll.objects.filter(pk=roll.pk)
        of_roll.update(exam_on=sitting.exam_on, assessor=sitting.assessor)
        standing = set(roll.entries.values_list("enrollment", flat=True))
        roll.entries.filter(enrollment__in=standing - sitting.people).delete()
        _add(roll, sitting.people - standing)
        _record("changed", roll, by, {"people": len(sitting.people)})


def discard(*, roll: ExamRoll, by: User) -> None:
    """Throw away a roll that was not frozen."""
    county = _entitled(by, roll.county_code)
    with told_as(REFUSALS), transaction.atomic():
        hold(county)
        _record("discarded", roll, by, {"people": roll.entries.count()})
        roll.delete()


def freeze(*, roll: ExamRoll, by: User) -> None:
    """Settle who sits the exam: the roll, its day and its assessor stay as they are from now on."""
    county = _entitled(by, roll.county_code)
    with told_as(REFUSALS), transaction.atomic():
        hold(county)
        roll.refresh_from_db()
        people = frozenset(roll.entries.values_list("enrollment", flat=True))
        _sound(roll.training_class, Sitting(roll.exam_on, roll.assessor, people), roll)
        digest = digests_of({roll.pk})[roll.pk]
        rows = ExamRoll.objects.filter(pk=roll.pk)
        rows.update(state=ExamRoll.State.FROZEN, frozen_at=Now(), frozen_by=by, digest=digest)
        roll.refresh_from_db()
        _record("frozen", roll, by, {"people": len(people), "digest": digest})


def findings_of(roll: ExamRoll) -> list[Finding]:
    """What the rules say of a roll as it stands; one that is being drawn up as if frozen today."""
    columns = _said(roll.training_class, roll.exam_on, roll.assessor, roll.frozen_at)
    if roll.digest:
        columns |= {"digest": [roll.digest], "digest_now": [digests_of({roll.pk}).get(roll.pk)]}
    return judge(Batch(1, roll.county_code, columns), ROLL_RULES)


def _said(
    training_class: TrainingClass,
    exam_on: datetime.date,
    assessor: str,
    frozen_at: datetime.datetime | None = None,
) -> dict[str, list[Any]]:
    return {
        "assessor": [assessor],
        "institution": [training_class.institution.name],
        "teachers": [teachers_of({training_class.pk}).get(training_class.pk, ())],
        "roll": [0],
        "exam_on": [exam_on],
        "frozen_on": [timezone.localdate(frozen_at)],
    }


def _sound(training_class: TrainingClass, sitting: Sitting, roll: ExamRoll | None = None) -> None:
    if not sitting.people:
        raise JobRefused(NOBODY)
    if sitting.exam_on < training_class.start_date:
        raise JobRefused(BEFORE_THE_CLASS, start=training_class.start_date.isoformat())
    free = may_sit(training_class, roll).filter(pk__in=sitting.people).count()
    if free < len(sitting.people):
        raise JobRefused(NOT_TO_SIT, number=len(sitting.people) - free)
    said = _said(training_class, sitting.exam_on, sitting.assessor)
    for finding in judge(Batch(1, training_class.county_code, said), ROLL_RULES):
        if finding.severity == Severity.BLOCK:
            raise JobRefused(finding.sentence, **finding.params)


def _add(roll: ExamRoll, people: Collection[int]) -> None:
    county = roll.county_code
    rows = (ExamEntry(roll=roll, enrollment_id=key, county_code=county) for key in sorted(people))
    ExamEntry.objects.bulk_create(rows)


def _entitled(by: User, county: str) -> str:
    if not scope_of(by, Permission.ENTER_LEDGER).covers(county):
        raise PermissionError
    return county


def _record(act: str, roll: ExamRoll, by: User, facts: dict[str, Any]) -> None:
    audit.record(
        f"training.exam_roll.{act}",
        by=by,
        target=roll,
        region_code=roll.county_code,
        changes={"day": str(roll.exam_on)} | facts,
    )
