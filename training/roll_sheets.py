"""The roll of a class on paper (培训班学员考勤表): people by days, to be signed and kept."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, BinaryIO

from django.utils import timezone
from django.utils.translation import gettext_noop

from core.models import User
from exchange.papers import print_paper
from exchange.periods import Period
from exchange.reports.forms import LABELS
from exchange.workbooks import Column, Foot, Head, Kind, SheetSpec
from training.marks import SIGNS, Mark, days_of
from training.models import TrainingClass
from training.roll_calls import active_rows, lay_out

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("roll call printed"),)

# The form is Chinese whoever prints it.
TITLE = "培训班学员考勤表"
LEGEND = "√ 出勤　× 缺勤　假 请假；空白为未点名。出勤率＝出勤天数÷已点名天数。"
ROLL_LABELS = replace(LABELS, reporting_office="培训机构", unit="班级编号")
# Days that stand side by side on A4 across; of a longer class each month has a sheet.
DAYS_ON_PAPER = 31
BEFORE = (Column("序号", Kind.INTEGER, width=5), Column("姓名", width=11))
AFTER = (
    Column("出勤", Kind.INTEGER, width=5),
    Column("点名", Kind.INTEGER, width=5),
    Column("出勤率", Kind.PERCENT, width=9),
)
Marked = Sequence[Mapping[str, Any]]


def sheets_of(days: Sequence[datetime.date]) -> list[Period | None]:
    """Which sheets there are: None for the one with all days, else the months."""
    if len(days) <= DAYS_ON_PAPER:
        return [None]
    return [Period.month_of(month) for month in sorted({day.replace(day=1) for day in days})]


def print_roll(attended: TrainingClass, *, month: Period | None, by: User) -> BinaryIO:
    """The roll as PDF, of all days or those of a month; that it was printed is audited.

    What is summed is what stands on the sheet.
    """
    days = [
        day for day in days_of(attended) if not month or month.first_day <= day <= month.last_day
    ]
    return print_paper(
        roll_sheet(attended, days, by),
        verb="training.roll_call.printed",
        target=attended,
        region_code=attended.county_code,
        by=by,
        labels=ROLL_LABELS,
    )


def roll_sheet(attended: TrainingClass, days: Sequence[datetime.date], by: User) -> SheetSpec:
    columns = [Column(str(day.day), width=3, group=f"{day:%Y}年{day.month}月") for day in days]
    people = lay_out(attended, active_rows(attended))
    signed = (("班主任", ""), ("培训机构（盖章）", ""), ("填表人", str(by)), ("打印日期", today()))
    return SheetSpec(
        name=TITLE,
        columns=(*BEFORE, *columns, *AFTER),
        rows=list(lines(people, days)),
        totals=[present_by_day(people, days)],
        totals_at="last",
        head=Head(
            title=TITLE,
            reporting_office=attended.institution.name,
            period=attended.occupation.name,
            unit=attended.code,
        ),
        foot=Foot(lines=(signed,), notes=(LEGEND,)),
    )


def lines(people: Marked, days: Sequence[datetime.date]) -> Iterator[list[Any]]:
    """A line a person: the signs, days present, days called and their ratio, None of no days."""
    for number, person in enumerate(people, start=1):
        signs = [person["cells"][day.isoformat()] for day in days]
        called, present = len(list(filter(None, signs))), signs.count(SIGNS[Mark.PRESENT])
        share = Decimal(present) / called if called else None
        yield [number, person["cells"]["name"], *signs, present, called, share]


def present_by_day(people: Marked, days: Sequence[datetime.date]) -> list[Any]:
    present = [
        sum(person["cells"][day.isoformat()] == SIGNS[Mark.PRESENT] for person in people)
        for day in days
    ]
    return [None, "出勤人数", *map(str, present), sum(present), None, None]


def today() -> str:
    day = timezone.localdate()
    return f"{day.year}年{day.month}月{day.day}日"
