"""The clock over the months: which are expected when, and who is reminded of what is missing.

A month's last day in time is a dated value of the nearest region, counted on the region's
own working days. What is missing climbs a ladder of reminders; each rung of a month is
gone through once, however often the clock calls.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from core import audit
from core.access import Permission
from core.models import Office, Region, User
from core.rules import RuleBook
from core.workdays import CalendarYearMissing, WorkdayCalendar
from exchange.models import Reminder, Submission
from exchange.notices import notify
from exchange.submissions.books import all_books
from exchange.submissions.rules import MONTH_IS_SUBMITTED_IN_TIME
from exchange.submissions.telling import COUNTY_STAFF, tell

log = structlog.get_logger()

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("month opened"), gettext_noop("month reminded"))

COUNTY = 6
PREFECTURE, PROVINCE, REVIEW = "prefecture", "province", "review"
SENTENCES = {
    "before": gettext_noop(
        "The ledger of %(county)s for %(month)s is due on %(due)s: %(days)s working days to go."
    ),
    "due": gettext_noop("The ledger of %(county)s for %(month)s is due today."),
    "after": gettext_noop(
        "The ledger of %(county)s for %(month)s was due on %(due)s and is late by %(days)s "
        "working days. Submit it and say why it is late."
    ),
    "returned": gettext_noop(
        "The ledger of %(county)s for %(month)s was returned on %(due)s, %(days)s working days "
        "ago. Mend what was noted and submit it again."
    ),
    "missing": gettext_noop(
        "%(county)s has not submitted its ledger for %(month)s; since %(due)s, %(days)s working "
        "days went by."
    ),
    REVIEW: gettext_noop(
        "The ledger of %(county)s for %(month)s was submitted on %(due)s and has waited for its "
        "review for %(days)s working days."
    ),
    "asked": gettext_noop(
        "%(who)s asks for the ledger of %(county)s for %(month)s. Please submit it."
    ),
    "calendar": gettext_noop(
        "The due days of %(month)s cannot be told: the working-day calendar has no days for the "
        "year %(year)s. Enter the holidays of that year's State Council notice."
    ),
}


@dataclass(frozen=True)
class Rung:
    """A step of the ladder: from which day on, whom it is for, and its sentence."""

    name: str
    day: datetime.date
    to: Sequence[Permission]
    sentence: str
    since: datetime.date


@dataclass
class Clock:
    """What one round of the clock knows, each asked once."""

    today: datetime.date
    _calendars: dict[str, WorkdayCalendar] = field(default_factory=dict)

    @cached_property
    def rules(self) -> RuleBook:
        return RuleBook.load()

    def calendar(self, region: str) -> WorkdayCalendar:
        if region not in self._calendars:
            self._calendars[region] = WorkdayCalendar(region)
        return self._calendars[region]

    def value(self, parameter: str, region: str, day: datetime.date) -> Any:
        return self.rules.value(MONTH_IS_SUBMITTED_IN_TIME.key, parameter, region, day)

    def due_on(self, region: str, month: datetime.date) -> datetime.date | None:
        """The last day in time for a month given by its first day; None where no value is set.

        {"day": n} is the n-th of the following month, or the next working day after it;
        {"workdays": n} is that month's n-th working day. Raises CalendarYearMissing.
        """
        following = _following(month)
        value = self.value("due", region, following) or {}
        calendar = self.calendar(region)
        if "workdays" in value:
            return calendar.add(following - _DAY, value["workdays"])
        if "day" not in value:
            return None
        day: datetime.date = following + (value["day"] - 1) * _DAY
        return day if calendar.is_workday(day) else calendar.add(day, 1)


_DAY = datetime.timedelta(days=1)


def open_months(today: datetime.date) -> int:
    """Begin the month before `today`'s for every county with an office; set its due day.

    Returns how many months are new. A county whose due day cannot be told is tried again
    the next time; one notice tells the system administrators.
    """
    month = (today.replace(day=1) - _DAY).replace(day=1)
    clock, made = Clock(today), 0
    counties = Office.objects.filter(region__level=Region.Level.COUNTY)
    codes = sorted(set(counties.values_list("region_id", flat=True)))
    for book in all_books():
        made += _open(book.key, month, codes)
    _set_due_days(clock, month)
    return made


@transaction.atomic
def _open(book: str, month: datetime.date, counties: Sequence[str]) -> int:
    known = Submission.objects.filter(book=book, month=month)
    there = set(known.values_list("county_code", flat=True))
    missing = [
        Submission(book=book, month=month, county_code=code, prefecture_code=code[:4])
        for code in counties
        if code not in there
    ]
    if missing:
        # Somebody at a county may begin the same month at this moment.
        Submission.objects.bulk_create(missing, ignore_conflicts=True)
        facts = {"month": f"{month:%Y-%m}", "counties": len(missing)}
        audit.record("exchange.month.opened", by=None, changes=facts)
    return len(missing)


def _set_due_days(clock: Clock, month: datetime.date) -> None:
    untold: int | None = None
    for submission in Submission.objects.filter(month=month, due_on__isnull=True):
        try:
            due = clock.due_on(submission.county_code, month)
        except CalendarYearMissing as trouble:
            log.error(
                "deadlines.calendar_missing", county=submission.county_code, year=trouble.year
            )
            untold = trouble.year
        else:
            Submission.objects.filter(pk=submission.pk, due_on__isnull=True).update(due_on=due)
    if untold is not None:
        _tell_administrators(month, untold)


def _tell_administrators(month: datetime.date, year: int) -> None:
    """Once for every month, whoever of them reads it."""
    params = {"month": f"{month:%Y-%m}", "year": year}
    users = User.objects.active().filter(assignments__role="system-administrator").distinct()
    known = users.filter(notices__kind="calendar", notices__params=params)
    notify(
        kind="calendar",
        users=users.exclude(pk__in=known.values("pk")),
        sentence=SENTENCES["calendar"],
        params=params,
    )


def remind(now: datetime.datetime) -> int:
    """Take every month that is missing, or waits for its review, as far up the ladder as it is.

    Returns how many rungs were taken. Of several rungs for the county that were reached at
    once, as after the clock stood still, only the newest is told. On a day on which the
    county does not work nobody is reminded.
    """
    clock, taken = Clock(timezone.localdate(now)), Counter[str]()
    for submission in Submission.objects.awaited().order_by("pk"):
        try:
            at_work = clock.calendar(submission.county_code).is_workday(clock.today)
            rungs = list(reached(submission, clock)) if at_work else []
        except CalendarYearMissing as trouble:
            log.error(
                "deadlines.calendar_missing", county=submission.county_code, year=trouble.year
            )
            continue
        taken.update(rung.name for rung in _take(submission, rungs, clock, now))
    if taken:
        audit.record("exchange.month.reminded", by=None, changes={"rungs": dict(taken)})
    return taken.total()


def reached(submission: Submission, clock: Clock) -> Iterator[Rung]:
    """The rungs that a month has come to, the newest last."""
    for rung in _ladder(submission, clock):
        if rung.day <= clock.today:
            yield rung


def _ladder(submission: Submission, clock: Clock) -> Iterator[Rung]:
    states = Submission.State
    if submission.state == states.SUBMITTED and submission.submitted_at:
        yield from _review(submission, clock, timezone.localdate(submission.submitted_at))
    elif submission.state == states.RETURNED and submission.returned_at:
        since = timezone.localdate(submission.returned_at)
        prefix = f"r{submission.round}-"
        yield from _after(submission, clock, since, "returned", prefix)
    elif submission.due_on:
        yield from _before(submission, clock, submission.due_on)
        yield from _after(submission, clock, submission.due_on, "after", "")


def _before(submission: Submission, clock: Clock, due: datetime.date) -> Iterator[Rung]:
    county = submission.county_code
    calendar = clock.calendar(county)
    for days in sorted(clock.value("remind_before", county, due) or [], reverse=True):
        day = calendar.add(due, -days)
        yield Rung(f"before-{days}", day, COUNTY_STAFF, "before", due)
    yield Rung("due", due, COUNTY_STAFF, "due", due)


def _after(
    submission: Submission, clock: Clock, since: datetime.date, sentence: str, prefix: str
) -> Iterator[Rung]:
    """What follows once a day went by without the county: to itself, then to the levels above."""
    county = submission.county_code
    calendar = clock.calendar(county)
    for days in sorted(clock.value("remind_after", county, since) or []):
        name = f"{prefix}after-{days}"
        yield Rung(name, calendar.add(since, days), COUNTY_STAFF, sentence, since)
    levels = ((PREFECTURE, Permission.ACCEPT_LEDGER), (PROVINCE, Permission.LOCK_LEDGER))
    for level, permission in levels:
        days = clock.value(f"escalate_{level}", county, since)
        if days is not None:
            day = calendar.add(since, days)
            yield Rung(f"{prefix}{level}", day, (permission,), "missing", since)


def _review(submission: Submission, clock: Clock, since: datetime.date) -> Iterator[Rung]:
    county = submission.county_code
    days = clock.value("review_workdays", county, since)
    if days is not None:
        day = clock.calendar(county).add(since, days)
        name = f"r{submission.round}-{REVIEW}"
        yield Rung(name, day, (Permission.ACCEPT_LEDGER,), REVIEW, since)


@transaction.atomic
def _take(
    submission: Submission, rungs: list[Rung], clock: Clock, now: datetime.datetime
) -> list[Rung]:
    """Note the rungs that were not taken yet, and tell the newest one to each of its readers."""
    if not rungs:
        return []
    Submission.objects.select_for_update(no_key=True).get(pk=submission.pk)
    known = set(submission.reminders.values_list("rung", flat=True))
    new = [rung for rung in rungs if rung.name not in known]
    Reminder.objects.bulk_create(
        Reminder(submission=submission, rung=rung.name, sent_at=now) for rung in new
    )
    for rung in {rung.to: rung for rung in new}.values():
        days = abs(clock.calendar(submission.county_code).between(rung.since, clock.today))
        facts = {"due": rung.since.isoformat(), "days": days}
        tell(submission, rung.to, SENTENCES[rung.sentence], facts)
    return new


@transaction.atomic
def remind_now(*, submissions: Iterable[Submission], by: User, now: datetime.datetime) -> int:
    """An officer asks counties for their months; each is asked once a day. Returns how many were.

    What is not missing, or was asked for today, is passed over.
    """
    rung, asked = f"asked-{timezone.localdate(now):%Y%m%d}", 0
    for submission in submissions:
        if submission.state not in {Submission.State.DRAFT, Submission.State.RETURNED}:
            continue
        known = {"submission": submission, "rung": rung}
        _reminder, is_new = Reminder.objects.get_or_create(**known, defaults={"sent_at": now})
        if is_new:
            tell(submission, COUNTY_STAFF, SENTENCES["asked"], {"who": str(by)})
            asked += 1
    if asked:
        audit.record("exchange.month.reminded", by=by, changes={"counties": asked})
    return asked


def _following(month: datetime.date) -> datetime.date:
    return (month.replace(day=28) + 4 * _DAY).replace(day=1)
