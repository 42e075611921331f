"""When trainees are to be asked about their employment, and the clock that says so.

Due is whoever's class ended so many months ago, and who neither was found at work since nor
has been asked since that day. How many months is a dated value of the nearest region.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.db import transaction
from django.db.models import DateField, Exists, Func, OuterRef, Q, Value
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_noop

from core.access import Permission, beneath
from core.models import Office, Region, RuleValue, User
from core.querysets import UserQuerySet
from core.rules import RuleBook
from exchange.models import Notice
from exchange.notices import notify
from exchange.periods import months_later
from exchange.submissions.closing import hold
from training.models import Enrollment, FollowUp
from training.querysets import EnrollmentQuerySet
from training.rules.following import FOLLOW_UP_RULE

KIND = "follow-up"
AT_WORK = (Enrollment.Employment.EMPLOYED, Enrollment.Employment.SELF_EMPLOYED)
DUE = gettext_noop(
    "%(people)s people of %(county)s are due for a follow-up: their classes ended %(months)s "
    "months ago. Ask about their employment and enter it."
)
ONE_DAY = datetime.timedelta(days=1)


def latest_end(today: datetime.date, months: int) -> datetime.date:
    """The last day of a class so long ago that its people are due by `today`."""
    ended = months_later(today, -months)
    # The 31st has no day of its own in a shorter month: it is due on the last day there.
    if (today + ONE_DAY).day == 1:
        ended = months_later(ended.replace(day=1), 1) - ONE_DAY
    return ended


def months_of(book: RuleBook, region_code: str, today: datetime.date) -> int | None:
    """After how many months trainees are asked; None where no value is set."""
    found: int | None = book.value(FOLLOW_UP_RULE, "months", region_code, today)
    return found


def due(rows: EnrollmentQuerySet, today: datetime.date) -> EnrollmentQuerySet:
    """Of rows of the ledger those whose people are to be asked by `today`."""
    asked_for, book = Q(pk__in=[]), RuleBook.load()
    for where, code in _regions():
        months = months_of(book, code, today)
        if months is not None:
            over = Q(end_date__lte=latest_end(today, months))
            asked_for |= where & over & ~Q(_settled(months))
    dropped = Enrollment.Result.DROPPED
    return rows.active().exclude(result=dropped).filter(asked_for)


def _regions() -> Iterator[tuple[Q, str]]:
    """Each region with a value of its own, without those beneath it that have another."""
    values = RuleValue.objects.filter(rule=FOLLOW_UP_RULE, parameter="months")
    codes = set(values.values_list("region_code", flat=True))
    for code in codes:
        where = beneath("county_code", code) if code else Q()
        for other in codes:
            if other != code and other.startswith(code):
                where &= ~beneath("county_code", other)
        yield where, code


def _settled(months: int) -> Exists:
    """Of a row: its person was found at work, or was asked when it was time."""
    due_day = Func(
        OuterRef("end_date"),
        Value(months),
        template="(%(expressions)s)::date",
        arg_joiner=" + interval '1 month' * ",
        output_field=DateField(),
    )
    of_row = FollowUp.objects.filter(enrollment=OuterRef("pk"))
    return Exists(of_row.filter(Q(employment__in=AT_WORK) | Q(visited_on__gte=due_day)))


def follow_ups_due(today: datetime.date) -> int:
    """Tell each county's desk of people who have become due; returns how many counties were told.

    A county is told once for a class, however often the clock calls. A class that became
    due while the clock stood still is told of when it goes again.
    """
    book, told = RuleBook.load(), 0
    counties = Office.objects.filter(region__level=Region.Level.COUNTY)
    for code in sorted(set(counties.values_list("region_id", flat=True))):
        months = months_of(book, code, today)
        told += months is not None and _tell(code, months, today)
    return told


@transaction.atomic
def _tell(county: str, months: int, today: datetime.date) -> bool:
    hold(county)
    rows = due(Enrollment.objects.filter(county_code=county), today)
    clerks = User.objects.holding(Permission.PREPARE_SUBMISSIONS, county)
    last = _last_told(county, clerks)
    new = rows.filter(end_date__gt=latest_end(last, months)) if last else rows
    if not new.exists():
        return False
    people = rows.order_by().values("person").distinct().count()
    name = str(Region.objects.get(pk=county))
    facts = {"county": name, "people": people, "months": months, "day": today.isoformat()}
    sent = notify(
        kind=KIND,
        users=clerks,
        sentence=DUE,
        params=facts,
        url=f"{reverse('training:follow-ups')}?{urlencode({'due': '1', 'region': county})}",
        region_code=county,
    )
    return sent > 0


def _last_told(county: str, clerks: UserQuerySet) -> datetime.date | None:
    notices = Notice.objects.filter(kind=KIND, region_code=county, recipient__in=clerks)
    day = notices.order_by("-params__day").values_list("params__day", flat=True).first()
    return datetime.date.fromisoformat(day) if day else None
