"""Follow-ups: what the people of a class do for a living afterwards, written down many at once."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from core import audit
from core.access import Permission, scope_of
from core.models import User
from exchange import rollups
from exchange.jobs import JobRefused
from exchange.submissions.closing import told
from training.chapters import EMPLOYMENT
from training.holding import hold
from training.models import Enrollment, FollowUp, TrainingClass
from training.noting import Change, note_before
from training.outcomes import copy_outcomes

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("employment followed up"),)

TOLD = ("visited_on", "way", "employment", "employer", "evidence")
CHANGED_MEANWHILE = gettext_noop(
    "Somebody changed the follow-up of %(name)s meanwhile. Load the page again and compare."
)
NOT_OF_CLASS = gettext_noop("Some of these people are no longer in the class. Load the page again.")
TOO_EARLY = gettext_noop(
    "%(name)s was asked on %(day)s, before the class ended on %(end)s. Check the day."
)
NOT_YET = gettext_noop("%(name)s: the day %(day)s has not come yet. Check the day.")
ASKED_TWICE = gettext_noop(
    "%(name)s already has a follow-up of %(day)s. Change that one instead of entering another."
)


@dataclass(frozen=True)
class Answer:
    """What was learned of one row of the ledger; `key` and `version` of the follow-up it changes."""

    row: int
    visited_on: datetime.date
    way: str
    employment: str
    employer: str = ""
    evidence: str = ""
    key: int | None = None
    version: int = 0

    @property
    def values(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in TOLD}


def keep_follow_ups(
    *, training_class: TrainingClass, answers: Sequence[Answer], by: User
) -> tuple[int, int]:
    """Write down what was learned, all of it or nothing; returns how many are new and changed.

    The newest of each person is copied onto the row of the ledger. Raises PermissionError
    outside the user's scope, JobRefused with a sentence: the month of a day is closed, a
    day cannot be, somebody was faster.
    """
    county = training_class.county_code
    if not scope_of(by, Permission.ENTER_LEDGER).covers(county):
        raise PermissionError
    with told(), transaction.atomic():
        hold(county)
        rows = _rows_of(training_class, answers)
        _refuse_impossible_days(rows, answers)
        standing = _standing(rows, answers)
        changed = _change([each for each in answers if each.key], standing, county, by)
        new = _enter([each for each in answers if not each.key], county, by)
        if new or changed:
            copy_outcomes(rows)
            facts = {"new": new, "changed": changed}
            audit.record(
                "training.employment.followed_up",
                by=by,
                target=training_class,
                region_code=county,
                changes=facts,
            )
    return new, changed


def _rows_of(training_class: TrainingClass, answers: Sequence[Answer]) -> dict[int, Enrollment]:
    asked = {each.row for each in answers}
    rows = Enrollment.objects.active().filter(training_class=training_class, pk__in=asked)
    found = {row.pk: row for row in rows.select_related("person")}
    if len(found) < len(asked):
        raise JobRefused(NOT_OF_CLASS)
    return found


def _refuse_impossible_days(rows: Mapping[int, Enrollment], answers: Sequence[Answer]) -> None:
    today, days = timezone.localdate(), set[tuple[int, datetime.date]]()
    for each in answers:
        row, day = rows[each.row], each.visited_on
        facts = {"name": row.person.name, "day": day.isoformat()}
        if day < row.end_date:
            raise JobRefused(TOO_EARLY, end=row.end_date.isoformat(), **facts)
        if day > today:
            raise JobRefused(NOT_YET, **facts)
        if (each.row, day) in days:
            raise JobRefused(ASKED_TWICE, **facts)
        days.add((each.row, day))


def _standing(rows: Mapping[int, Enrollment], answers: Sequence[Answer]) -> dict[int, FollowUp]:
    """The follow-ups of these people, each still as the user saw it."""
    standing = {each.pk: each for each in FollowUp.objects.filter(enrollment__in=rows)}
    days = {(each.enrollment_id, each.visited_on): each.pk for each in standing.values()}
    for each in answers:
        name = rows[each.row].person.name
        found = standing.get(each.key or 0)
        is_as_seen = found and (found.enrollment_id, found.version) == (each.row, each.version)
        if each.key and not is_as_seen:
            raise JobRefused(CHANGED_MEANWHILE, name=name)
        if days.get((each.row, each.visited_on), each.key) != each.key:
            raise JobRefused(ASKED_TWICE, name=name, day=each.visited_on.isoformat())
    return standing


def _change(
    answers: Iterable[Answer], standing: Mapping[int, FollowUp], county: str, by: User
) -> int:
    """Write over what differs; returns how many follow-ups did."""
    changed = []
    for each in answers:
        found = standing[each.key or 0]
        if any(getattr(found, name) != value for name, value in each.values.items()):
            changed.append((found, each))
    note_before(EMPLOYMENT, county, [Change(found.pk) for found, _each in changed], by=by)
    for found, each in changed:
        for name, value in each.values.items():
            setattr(found, name, value)
        found.version += 1
    with rollups.counting(FollowUp, [found.pk for found, _each in changed]):
        FollowUp.objects.bulk_update([found for found, _each in changed], [*TOLD, "version"])
    return len(changed)


def _enter(answers: Iterable[Answer], county: str, by: User) -> int:
    new = [
        FollowUp(enrollment_id=each.row, county_code=county, entered_by=by, **each.values)
        for each in answers
    ]
    rollups.entered(FollowUp, [each.pk for each in FollowUp.objects.bulk_create(new)])
    return len(new)
