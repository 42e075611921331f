"""Facts of a class's life as the rules judge them: those of a month together, as they are stored."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.db.models import Min
from django.utils import timezone

from core.rules import Batch, Finding, judge
from exchange.periods import Period
from exchange.submissions.digests import sm3
from talent.models import Credential
from training.models import Enrollment, ExamEntry, Lesson
from training.rules.certificates import CERTIFICATE_RULES
from training.rules.exams import EXAM_RULES

Found = Iterator[tuple[int, Finding]]


def judge_results(county: str, month: datetime.date) -> Found:
    """The key of a result of the month and what rules say of it or, on its first one, of its roll."""
    period = Period.month_of(month)
    entries = ExamEntry.objects.filter(
        county_code=county, resulted_on__range=(period.first_day, period.last_day)
    )
    classes = "roll__training_class__institution"
    found = list(entries.select_related(classes).order_by("roll", "pk"))
    for finding in judge(_results_batch(county, found), EXAM_RULES):
        yield found[finding.row].pk, finding


def _results_batch(county: str, found: Sequence[ExamEntry]) -> Batch:
    """What is the roll's stands at its first entry only, so that it is told once."""
    first = {entry.roll_id: entry.pk for entry in reversed(found)}
    opening = [entry.roll if first[entry.roll_id] == entry.pk else None for entry in found]
    classes = [roll and roll.training_class for roll in opening]
    teachers = teachers_of({each.pk for each in classes if each})
    digests = digests_of(set(first))
    columns: dict[str, list[Any]] = {
        "roll": [entry.roll_id for entry in found],
        "digest": [roll and (roll.digest or None) for roll in opening],
        "digest_now": [roll and digests.get(roll.pk) for roll in opening],
        "assessor": [roll and roll.assessor for roll in opening],
        "institution": [each and each.institution.name for each in classes],
        "teachers": [each and teachers.get(each.pk, ()) for each in classes],
        "frozen_on": [
            roll and roll.frozen_at and timezone.localdate(roll.frozen_at) for roll in opening
        ],
        "exam_on": [entry.roll.exam_on for entry in found],
        "result": [entry.result for entry in found],
        "score": [entry.score for entry in found],
        "resulted_on": [entry.resulted_on for entry in found],
    }
    return Batch(len(found), county, columns)


def digests_of(rolls: Collection[int]) -> dict[int, str]:
    """SM3 of the people of exam rolls, in hexadecimal digits, by key of the roll: of their blind
    indexes, sorted, one a line."""
    entries = ExamEntry.objects.filter(roll__in=rolls).order_by()
    people: dict[int, list[str]] = {}
    for roll, index in entries.values_list("roll", "enrollment__person__id_number_index"):
        people.setdefault(roll, []).append(bytes(index).hex())
    return {roll: sm3("\n".join(sorted(each)).encode()).hex() for roll, each in people.items()}


def teachers_of(classes: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The names of those who teach classes by their timetables, by key of the class."""
    taught = Lesson.objects.filter(training_class__in=classes, teacher__isnull=False)
    found: dict[int, set[str]] = {}
    for key, name in taught.order_by().values_list("training_class", "teacher__name"):
        found.setdefault(key, set()).add(name)
    return {key: tuple(sorted(names)) for key, names in found.items()}


def judge_certificates(county: str, month: datetime.date) -> Found:
    """The key of a valid certificate issued in the month, and what rules say of it."""
    period = Period.month_of(month)
    valid = Credential.objects.filter(
        county_code=county,
        state=Credential.State.VALID,
        issued_on__range=(period.first_day, period.last_day),
        enrollment_key__isnull=False,
    )
    found = list(valid.select_related("person").order_by("pk"))
    for finding in judge(certificates_batch(county, found), CERTIFICATE_RULES):
        yield found[finding.row].pk, finding


def certificates_batch(county: str, found: Sequence[Credential]) -> Batch:
    """Certificates with their persons, stored ones or such as are about to be."""
    rows = [each.enrollment_key or 0 for each in found]
    exams = exams_passed(rows)
    states = dict(Enrollment.objects.filter(pk__in=rows).values_list("pk", "state"))
    columns: dict[str, list[Any]] = {
        "key": [each.pk for each in found],
        "name": [each.person.name for each in found],
        "kind": [each.kind for each in found],
        "number": [each.number for each in found],
        "issued_on": [each.issued_on for each in found],
        "level": [each.level for each in found],
        "exam_on": [exams.get(row) for row in rows],
        "row_state": [states.get(row) for row in rows],
    }
    return Batch(len(found), county, columns)


def exams_passed(rows: Collection[int]) -> dict[int, datetime.date]:
    """The day of the first exam that each row of the ledger, by key, passed."""
    passed = ExamEntry.objects.filter(enrollment__in=rows, result=ExamEntry.Result.PASSED)
    days = passed.order_by().values_list("enrollment").annotate(Min("roll__exam_on"))
    return dict(days)
