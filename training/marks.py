"""The marks of a roll call: how people write them, on which days, and what is wrong with some."""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.rules import Finding, Rule, Severity
from training.models import Enrollment, Lesson, RollCall, TrainingClass

Mark = RollCall.Mark
# How a mark is shown, and what else is read as it; small letters and narrow signs stand for all.
SIGNS = {Mark.PRESENT: "√", Mark.ABSENT: "×", Mark.LEAVE: "假"}
WORDS = {
    Mark.PRESENT: "√ ✓ ✔ v 1 y yes p present 到 已到 实到 出勤 出席 到课",
    Mark.ABSENT: "× ✗ ✘ x 0 n no a absent 缺 缺勤 缺席 缺课 旷 旷课 旷工 未到",
    Mark.LEAVE: "假 l leave 请假 事假 病假 公假",
}
MARK_OF = {word: mark for mark, words in WORDS.items() for word in words.split()}

MARK_IS_READ = Rule(
    key="training.mark_is_read",
    name=_("A roll call says present, absent or on leave"),
    severity=Severity.BLOCK,
    citation="平台约定：考勤只分出勤、缺勤、请假（无网址，核实）",
)
DAY_IS_OF_CLASS = Rule(
    key="training.roll_is_called_while_the_class_is_held",
    name=_("A roll is called on days of the class"),
    severity=Severity.BLOCK,
    citation="平台约定：考勤日期须在开班至结业之间（无网址，核实）",
)
ROLL_CALL_RULES = (MARK_IS_READ, DAY_IS_OF_CLASS)
NO_MARK = gettext_noop("“%(text)s” is no mark. Write √ (present), × (absent) or 假 (on leave).")
NO_DAY_OF_CLASS = gettext_noop(
    "The class is held from %(start)s to %(end)s, so nobody can be marked on %(day)s. Correct the "
    "day, or the dates of the class."
)


def fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower()


@dataclass(frozen=True)
class Marks:
    """What a desk's cells say of one row: marks by day, "" where one is taken away."""

    read: dict[str, str]
    findings: list[Finding]


def read_marks(attended: TrainingClass, row: int, cells: Mapping[str, str]) -> Marks:
    """Cells by day as ISO text; what is no mark, or on no day of the class, is a finding."""
    found = Marks({}, [])
    for day, text in sorted(cells.items()):
        word = fold(text)
        if word and not attended.start_date.isoformat() <= day <= attended.end_date.isoformat():
            span = {"start": str(attended.start_date), "end": str(attended.end_date), "day": day}
            found.findings.append(DAY_IS_OF_CLASS.finding(row, day, NO_DAY_OF_CLASS, span))
        elif word and word not in MARK_OF:
            found.findings.append(MARK_IS_READ.finding(row, day, NO_MARK, {"text": text.strip()}))
        else:
            found.read[day] = str(MARK_OF[word].value) if word else ""
    return found


def days_of(attended: TrainingClass) -> list[datetime.date]:
    """The days on which a roll is called: those with lessons, of a class without any all of its
    days; and whatever day has a mark."""
    days = set(Lesson.objects.filter(training_class=attended).values_list("date", flat=True))
    if not days:
        length = (attended.end_date - attended.start_date).days + 1
        days = {attended.start_date + datetime.timedelta(days=day) for day in range(length)}
    # A row that came from another class brought its marks along; those who left show none.
    rolls = RollCall.objects.filter(
        enrollment__training_class=attended, enrollment__state=Enrollment.State.ACTIVE
    )
    marked = {day for marks in rolls.values_list("marks", flat=True) for day in marks}
    return sorted(days | {datetime.date.fromisoformat(day) for day in marked})
