"""Gates: what a class must be before it is held, judged over its filing.

The columns are those of `training.gates.batch_of`. What the filing contradicts itself, or
what the licence does not cover, refuses; what provinces set differently is to be explained.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.rules import Batch, Rule, RuleBook, Severity, Verdict
from core.workdays import CalendarYearMissing, WorkdayCalendar
from training.rules.classes import BY_PROVINCE, CLASS_SIZE, HOURS_A_DAY, HOURS_FOR_LEVEL
from training.rules.exams import ASSESSOR_APART

LEAD_RULE = "training.class_is_filed_in_time"
SHARE_RULE = "training.practice_has_its_share"
LENGTH_RULE = "training.class_lasts_long_enough"
BEYOND_LICENCE = "审计通报：超许可范围培训发证（http://sjj.xianning.gov.cn/zhwy/sjwy/202509/t20250930_4076980.shtml）"
FILED_WITH = "开班备案须附课程表和师资（https://jxjy.qzct.net/2192/list.htm）"


def _is_filed_in_time(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    calendar = WorkdayCalendar(batch.region_code)
    for row, filed, start in batch.pairs("filed_on", "start_date"):
        lead = book.value(LEAD_RULE, "lead", batch.region_code, start)
        if not lead:
            continue
        try:
            latest = _latest_day(start, lead, calendar)
        except CalendarYearMissing as trouble:
            yield row, "start_date", trouble.sentence, {"year": trouble.year}
            continue
        if filed > latest:
            told = {"start": start.isoformat(), "latest": latest.isoformat()}
            yield row, "start_date", *_how_late(lead, told)


def _latest_day(
    start: datetime.date, lead: dict[str, int], calendar: WorkdayCalendar
) -> datetime.date:
    if "workdays" in lead:
        return calendar.add(start, -lead["workdays"])
    return start - datetime.timedelta(days=lead["days"])


def _how_late(lead: dict[str, int], told: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if "workdays" in lead:
        return FILED_LATE_WORKDAYS, told | {"workdays": lead["workdays"]}
    return FILED_LATE, told | {"days": lead["days"]}


def _shares_are_kept(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """The values are shares of all hours, written 0.4 or 2/3."""
    for row, theory, practice in batch.pairs("hours_theory", "hours_practice"):
        start, total = batch["start_date"][row], theory + practice
        if start is None or not total:
            continue
        for parameter, hours, column, sentence in (
            ("least", practice, "hours_practice", LITTLE_PRACTICE),
            ("least_theory", theory, "hours_theory", LITTLE_THEORY),
        ):
            least = book.value(SHARE_RULE, parameter, batch.region_code, start)
            share = Fraction(hours) / Fraction(total)
            if least is not None and share < Fraction(least):
                yield row, column, sentence, _in_percent(share=share, least=Fraction(least))


def _in_percent(**shares: Fraction) -> dict[str, str]:
    return {name: f"{float(share * 100):.1f}" for name, share in shares.items()}


def _lasts_long_enough(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, start, end in batch.pairs("start_date", "end_date"):
        least = book.value(LENGTH_RULE, "least_days", batch.region_code, start)
        days = (end - start).days + 1
        if least is not None and days < least:
            yield row, "end_date", TOO_SHORT, {"days": days, "least": least}


def _is_within_licence(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, start, end in batch.pairs("start_date", "end_date"):
        until, scopes = batch["licence_until"][row], batch["scopes"][row] or ()
        if until is not None and until < end:
            yield row, "institution", LICENCE_ENDS, {"until": until.isoformat()}
        asked = (batch["occupation"][row], batch["level"][row] or "", start, end)
        if scopes and not any(_covers(scope, *asked) for scope in scopes):
            yield row, "occupation", BEYOND_SCOPE, {"occupation": asked[0]}


def _covers(
    scope: tuple[Any, ...], occupation: str, level: str, start: datetime.date, end: datetime.date
) -> bool:
    taught, of_level, valid_from, valid_to = scope
    fits = taught == occupation and of_level in ("", level)
    return bool(fits and valid_from <= start and (valid_to is None or end <= valid_to))


def _licence_is_on_file(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    for row, institution in enumerate(batch["institution"]):
        if institution is not None and not batch["scopes"][row]:
            yield row, "institution", NO_SCOPE, {"institution": institution}


def _timetable_agrees(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """Lessons are (date, hours, whether practice)."""
    for row, start, end in batch.pairs("start_date", "end_date"):
        lessons = batch["lessons"][row] or ()
        if not lessons:
            yield row, "lessons", NO_TIMETABLE
            continue
        outside = sorted({day for day, _hours, _is in lessons if not start <= day <= end})
        if outside:
            days = "、".join(day.isoformat() for day in outside[:5])
            yield row, "lessons", OUTSIDE_THE_CLASS, {"number": len(outside), "days": days}
        for column, wants in (("hours_theory", False), ("hours_practice", True)):
            planned = batch[column][row]
            given = sum((hours for _day, hours, is_practice in lessons if is_practice is wants), 0)
            if planned is not None and given != planned:
                told = {"given": _plain(given), "planned": _plain(planned)}
                yield row, column, (OTHER_PRACTICE if wants else OTHER_THEORY), told


def _plain(hours: Any) -> str:
    return f"{Decimal(hours).normalize():f}"


def _gate(
    key: str,
    name: Any,
    severity: Severity,
    citation: str,
    judge: Callable[[Batch, RuleBook], Iterator[Verdict]],
) -> Rule:
    return Rule(f"training.{key}", name, severity, citation, judge)


FILED_IN_TIME = _gate(
    "class_is_filed_in_time",
    _("A class is filed so many days before it starts"),
    Severity.EXPLAIN,
    BY_PROVINCE,
    _is_filed_in_time,
)
PRACTICE_SHARE = _gate(
    "practice_has_its_share",
    _("Practice and theory have their shares of the hours"),
    Severity.EXPLAIN,
    BY_PROVINCE,
    _shares_are_kept,
)
LASTS_LONG_ENOUGH = _gate(
    "class_lasts_long_enough",
    _("A class lasts as many days as it must"),
    Severity.EXPLAIN,
    BY_PROVINCE,
    _lasts_long_enough,
)
WITHIN_LICENCE = _gate(
    "class_is_within_licence",
    _("An institution teaches what its licence covers"),
    Severity.BLOCK,
    BEYOND_LICENCE,
    _is_within_licence,
)
LICENCE_ON_FILE = _gate(
    "licence_is_on_file",
    _("What an institution's licence covers is on file"),
    Severity.EXPLAIN,
    BEYOND_LICENCE,
    _licence_is_on_file,
)
TIMETABLE_AGREES = _gate(
    "timetable_agrees_with_the_filing",
    _("The timetable agrees with the days and hours that are filed"),
    Severity.EXPLAIN,
    FILED_WITH,
    _timetable_agrees,
)
# In the order in which their findings are shown.
GATES = (
    WITHIN_LICENCE,
    ASSESSOR_APART,
    FILED_IN_TIME,
    LICENCE_ON_FILE,
    CLASS_SIZE,
    HOURS_A_DAY,
    HOURS_FOR_LEVEL,
    PRACTICE_SHARE,
    LASTS_LONG_ENOUGH,
    TIMETABLE_AGREES,
)

FILED_LATE = gettext_noop(
    "The class starts on %(start)s and was to be filed %(days)s days before, by %(latest)s. "
    "Put the start off, or explain."
)
FILED_LATE_WORKDAYS = gettext_noop(
    "The class starts on %(start)s and was to be filed %(workdays)s working days before, by "
    "%(latest)s. Put the start off, or explain."
)
LITTLE_PRACTICE = gettext_noop(
    "Practice has %(share)s %% of the hours; at least %(least)s %% are usual. Plan more, or explain."
)
LITTLE_THEORY = gettext_noop(
    "Theory has %(share)s %% of the hours; at least %(least)s %% are usual. Plan more, or explain."
)
TOO_SHORT = gettext_noop(
    "The class lasts %(days)s days; at least %(least)s are usual. Check the dates, or explain."
)
LICENCE_ENDS = gettext_noop(
    "The licence of the institution ends on %(until)s, before the class does. Choose another "
    "institution or other dates, or bring the renewed licence on file."
)
BEYOND_SCOPE = gettext_noop(
    "The licence of the institution does not cover %(occupation)s at this level on all days of the "
    "class. Choose another institution, or bring the scope on file."
)
NO_SCOPE = gettext_noop(
    "What the licence of %(institution)s covers is not on file. Enter it on the institution's page, "
    "or explain."
)
NO_TIMETABLE = gettext_noop("The class has no timetable yet. Enter it, or explain.")
OUTSIDE_THE_CLASS = gettext_noop(
    "The timetable has lessons on %(number)s days before or after the class: %(days)s. Move them, "
    "or explain."
)
OTHER_THEORY = gettext_noop(
    "The timetable has %(given)s hours of theory; %(planned)s are planned. Make them agree, or "
    "explain."
)
OTHER_PRACTICE = gettext_noop(
    "The timetable has %(given)s hours of practice; %(planned)s are planned. Make them agree, or "
    "explain."
)
