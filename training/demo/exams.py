"""The demo's exams: a class with results and a second roll for who failed, and one with certificates.

All of it happens on the day of the first start, long after the classes: that the rolls were
frozen late is one of the things that the demo shows.
"""

from __future__ import annotations

import datetime
import random
from decimal import Decimal

from core.models import User
from training import exams
from training.certificates import following
from training.certifying import Issue, certify, to_certify
from training.exams import Sitting
from training.models import ExamEntry, ExamRoll, TrainingClass
from training.results import ExamResult, enter_results

COUNTY, YEAR = "621022", 2020
ASSESSOR = "环县职业技能鉴定站（演示）"
TO_EXAM, TO_RESULT, TO_CERTIFICATE, TO_SECOND_EXAM = (
    datetime.timedelta(n) for n in (7, 10, 20, 40)
)
PASS_MARK, LOWEST, HIGHEST = 60, 52, 97


def load_exams(clerk: User) -> int:
    """Hold the exams of two classes unless they were held; returns how many were held now."""
    classes = TrainingClass.objects.filter(county_code=COUNTY, start_date__year=YEAR)
    held = 0
    for found, is_certified in zip(
        classes.order_by("start_date", "pk"), (False, True), strict=False
    ):
        if not ExamRoll.objects.filter(training_class=found).exists():
            _hold(found, clerk, everybody_passes=is_certified)
            (_certify if is_certified else _draw_up_second)(found, clerk)
            held += 1
    return held


def _hold(found: TrainingClass, clerk: User, *, everybody_passes: bool) -> None:
    exam_on = found.end_date + TO_EXAM
    people = frozenset(exams.may_sit(found).values_list("pk", flat=True))
    sitting = Sitting(exam_on, ASSESSOR, people)
    roll = exams.draw_up(training_class=found, sitting=sitting, by=clerk)
    exams.freeze(roll=roll, by=clerk)
    chance = random.Random(found.code)  # noqa: S311 -- seeded on purpose
    lowest = PASS_MARK if everybody_passes else LOWEST
    day = found.end_date + TO_RESULT
    results = {
        entry.pk: (entry.version, _result(chance.randint(lowest, HIGHEST), day))
        for entry in roll.entries.order_by("pk")
    }
    if not everybody_passes:
        absent = min(results)
        results[absent] = (1, ExamResult(ExamEntry.Result.ABSENT, None, day))
    enter_results(roll=roll, results=results, by=clerk)


def _result(score: int, day: datetime.date) -> ExamResult:
    passed = score >= PASS_MARK
    result = ExamEntry.Result.PASSED if passed else ExamEntry.Result.FAILED
    return ExamResult(result, Decimal(score), day)


def _draw_up_second(found: TrainingClass, clerk: User) -> None:
    people = frozenset(exams.may_sit(found).values_list("pk", flat=True))
    sitting = Sitting(found.end_date + TO_SECOND_EXAM, ASSESSOR, people)
    exams.draw_up(training_class=found, sitting=sitting, by=clerk)


def _certify(found: TrainingClass, clerk: User) -> None:
    day, numbers = found.end_date + TO_CERTIFICATE, {}
    number = f"S0001{COUNTY[:2]}000123{day:%y}{found.level}000100"
    for row in to_certify(found).order_by("pk"):
        number = following(number)
        numbers[row.pk] = number
    issue = Issue("level", day, ASSESSOR)
    certify(training_class=found, issue=issue, numbers=numbers, by=clerk)
