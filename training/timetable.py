"""The timetable of a class: kept as a whole, by whoever saw it as it stands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext_noop

from core import audit
from core.access import Permission, scope_of
from core.models import User
from exchange.jobs import JobRefused
from exchange.submissions.digests import sm3
from training.holding import hold
from training.lessons import LessonLine, cells_of
from training.models import ClassFiling, Lesson, Teacher, TrainingClass

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("timetable changed"),)

WAITS = gettext_noop(
    "The class is filed and waits for a decision: its timetable stays as it was filed."
)
CHANGED_MEANWHILE = gettext_noop(
    "Somebody changed the timetable meanwhile. Load the page again and enter your changes once more."
)


def lessons_of(training_class: TrainingClass) -> list[Lesson]:
    """The lines in the order of their days."""
    return list(Lesson.objects.filter(training_class=training_class).select_related("teacher"))


def digest_of(lessons: Iterable[Lesson]) -> str:
    """Stands for a timetable as somebody saw it."""
    return sm3(json.dumps(cells_of(lessons), ensure_ascii=False).encode()).hex()


def waits(training_class: TrainingClass) -> bool:
    """Whether the filing of the class waits for a decision."""
    filings = ClassFiling.objects.filter(training_class=training_class)
    return filings.filter(state=ClassFiling.State.FILED).exists()


@transaction.atomic
def keep_timetable(
    *, training_class: TrainingClass, lines: Sequence[LessonLine], seen: str, by: User
) -> None:
    """Put these lines, of which no two have one key, in the place of the timetable as it was seen.

    Teachers that are new to the institution are registered by their names. Raises
    PermissionError outside the user's scope, JobRefused when the timetable was changed
    since, or the filing waits for a decision.
    """
    county = training_class.county_code
    if not scope_of(by, Permission.ENTER_LEDGER).covers(county):
        raise PermissionError
    hold(county)
    if waits(training_class):
        raise JobRefused(WAITS)
    standing = lessons_of(training_class)
    if digest_of(standing) != seen:
        raise JobRefused(CHANGED_MEANWHILE)
    was = {line.key: line for line in map(_line_of, standing)}
    now = {line.key: line for line in lines}
    if was == now:
        return
    Lesson.objects.filter(training_class=training_class).delete()
    Lesson.objects.bulk_create(_lessons(training_class, lines))
    audit.record(
        "training.timetable.changed",
        by=by,
        target=training_class,
        region_code=county,
        changes={
            "added": len(now.keys() - was.keys()),
            "changed": sum(was[key] != now[key] for key in was.keys() & now.keys()),
            "removed": len(was.keys() - now.keys()),
        },
    )


def _line_of(lesson: Lesson) -> LessonLine:
    name = lesson.teacher.name if lesson.teacher else ""
    return LessonLine(lesson.date, lesson.subject, lesson.hours, lesson.is_practice, name)


def _lessons(training_class: TrainingClass, lines: Sequence[LessonLine]) -> list[Lesson]:
    teachers = _teachers(training_class, {line.teacher for line in lines if line.teacher})
    return [
        Lesson(
            training_class=training_class,
            county_code=training_class.county_code,
            date=line.date,
            subject=line.subject,
            hours=line.hours,
            is_practice=line.is_practice,
            teacher=teachers.get(line.teacher),
        )
        for line in lines
    ]


def _teachers(training_class: TrainingClass, names: set[str]) -> dict[str, Teacher]:
    """The institution's teachers by name; those who are new are registered."""
    of = {
        "institution": training_class.institution,
        "county_code": training_class.county_code,
    }
    missing = [Teacher(name=name, **of) for name in sorted(names)]
    Teacher.objects.bulk_create(missing, ignore_conflicts=True)
    return {
        teacher.name: teacher
        for teacher in Teacher.objects.filter(institution=of["institution"], name__in=names)
    }
