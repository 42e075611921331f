"""The timetable of a class (课程表) on paper, A4 upright."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, BinaryIO

from django.utils import timezone
from django.utils.translation import gettext_noop

from core.models import User
from exchange.papers import day_in_words, print_paper
from exchange.workbooks import Column, Foot, Head, Kind, SheetSpec
from training.ledger import NUMBERED, plain
from training.lessons import KINDS
from training.models import Lesson, TrainingClass
from training.name_lists import NAME_LABELS
from training.timetable import lessons_of

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("timetable printed"),)

# The form is Chinese whoever prints it.
TITLE = "培训班课程表"
WEEKDAYS = "一二三四五六日"
COLUMNS = (
    Column(NUMBERED, Kind.INTEGER, width=5),
    Column("日期", width=15),
    Column("星期", width=6),
    Column("课程内容", width=32),
    Column("课时", width=7),
    Column("类型", width=7),
    Column("授课教师", width=12),
)


def print_timetable(training_class: TrainingClass, *, by: User) -> BinaryIO:
    """The timetable as PDF; that it was taken out is audited."""
    return print_paper(
        sheet(training_class, lessons_of(training_class), by),
        verb="training.timetable.printed",
        target=training_class,
        region_code=training_class.county_code,
        by=by,
        labels=NAME_LABELS,
    )


def sheet(training_class: TrainingClass, lessons: list[Lesson], by: User) -> SheetSpec:
    days = map(day_in_words, (training_class.start_date, training_class.end_date))
    taught = f"{training_class.occupation.name} {'至'.join(days)}"
    today = day_in_words(timezone.localdate())
    return SheetSpec(
        name=TITLE,
        columns=COLUMNS,
        rows=_rows(lessons),
        head=Head(
            title=TITLE,
            reporting_office=training_class.institution.name,
            period=taught,
            unit=training_class.code,
        ),
        foot=Foot(
            lines=((("培训机构（盖章）", ""), ("填表人", str(by)), ("打印日期", today)),),
            notes=(_sums(lessons),),
        ),
        landscape=False,
    )


def _rows(lessons: list[Lesson]) -> Iterator[list[Any]]:
    for number, lesson in enumerate(lessons, start=1):
        kind = KINDS["practice" if lesson.is_practice else "theory"]
        teacher = lesson.teacher.name if lesson.teacher else ""
        day, weekday = day_in_words(lesson.date), WEEKDAYS[lesson.date.weekday()]
        yield [number, day, weekday, lesson.subject, plain(lesson.hours), kind, teacher]


def _sums(lessons: list[Lesson]) -> str:
    of_practice = sum((each.hours for each in lessons if each.is_practice), Decimal(0))
    total = sum((each.hours for each in lessons), Decimal(0))
    theory = total - of_practice
    return f"合计{plain(total)}课时，其中理论{plain(theory)}课时，实操{plain(of_practice)}课时。"
