"""Orders: what a level wants made by the clock, and the clock's look at them.

A period of an order is due at an hour of a day after its end. The clock looks every few
minutes; what it missed while it stood still it asks for when it goes again, the newest
periods only.
"""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from core import audit
from core.access import Permission, scope_of
from core.models import User
from exchange.models import ReportOrder
from exchange.periods import Period
from exchange.reports import services
from exchange.reports.kinds import is_made
from exchange.reports.services import ReportNotPossible

# The acts of this module in words, as the audit trail shows them.
ACTS = (
    gettext_noop("report order made"),
    gettext_noop("report order changed"),
    gettext_noop("report order dropped"),
)

CAUGHT_UP = 3  # missed periods of an order that are still asked for
ORDERED_ALREADY = gettext_noop("This table is ordered already. Change the order that is there.")

DAY = datetime.timedelta(days=1)
Kind = ReportOrder.PeriodKind


def order_report(
    *,
    report: str,
    region_code: str,
    period_kind: str,
    format: str,
    breadth: str,
    days_after: int,
    hour: int,
    by: User,
) -> ReportOrder:
    """Have the clock make a report of every month, quarter or year from the next one due on.

    Raises ReportNotPossible, or PermissionError outside the user's scope.
    """
    made_of = {"report": report, "region_code": region_code, "format": format, "breadth": breadth}
    times = {"days_after": days_after, "hour": hour}
    order = ReportOrder(**made_of, **times, period_kind=period_kind, made_by=by, office=by.office)
    newest = newest_due(order, timezone.now())
    services.look_at(**made_of, period=newest.text, by=by)
    with transaction.atomic():
        first = {**times, "made_by": by, "office": by.office, "last_period": newest.text}
        kept, is_new = ReportOrder.objects.get_or_create(
            **made_of, period_kind=period_kind, defaults=first
        )
        if not is_new:
            raise ReportNotPossible(ORDERED_ALREADY)
        _record("made", kept, by)
    return kept


@transaction.atomic
def change_order(
    order: ReportOrder, *, days_after: int, hour: int, enabled: bool, by: User
) -> ReportOrder:
    """Give an order other times, pause it or let it go on.

    What fell due while it was paused is not made up for. Raises PermissionError outside the
    user's scope.
    """
    kept = _held(order, by)
    goes_on = enabled and not kept.enabled
    kept.days_after, kept.hour, kept.enabled = days_after, hour, enabled
    if goes_on:
        kept.last_period = newest_due(kept, timezone.now()).text
    kept.save(update_fields=["days_after", "hour", "enabled", "last_period"])
    _record("changed", kept, by)
    return kept


@transaction.atomic
def drop_order(order: ReportOrder, *, by: User) -> None:
    """Take an order away; what was made by it stays. Raises PermissionError as above."""
    kept = _held(order, by)
    _record("dropped", kept, by)
    kept.delete()


def _held(order: ReportOrder, by: User) -> ReportOrder:
    if not scope_of(by, Permission.MAKE_REPORTS).covers(order.region_code):
        raise PermissionError
    kept: ReportOrder = ReportOrder.objects.select_for_update().get(pk=order.pk)
    return kept


def request_due(now: datetime.datetime) -> int:
    """Ask for every report whose time has come; returns how many were asked for."""
    keys = ReportOrder.objects.running().values_list("pk", flat=True)
    return sum(_request_due(key, now) for key in list(keys))


@transaction.atomic
def _request_due(key: int, now: datetime.datetime) -> int:
    # Another clock may be at the same order, or somebody may just be changing it.
    free = ReportOrder.objects.running().select_for_update(skip_locked=True)
    order: ReportOrder | None = free.filter(pk=key).first()
    if order is None or not is_made(order):
        return 0
    missed = missed_by(order, now)
    for period in missed:
        services.request_ordered(order, period)
    if missed:
        order.last_period = missed[-1].text
        order.save(update_fields=["last_period"])
    return len(missed)


def missed_by(order: ReportOrder, now: datetime.datetime) -> list[Period]:
    """The periods that are due and were not asked for, the oldest first; no more than a few."""
    last, period = Period.parse(order.last_period), newest_due(order, now)
    found: list[Period] = []
    while period.first_day > last.first_day and len(found) < CAUGHT_UP:
        found.append(period)
        period = containing(order.period_kind, period.first_day - DAY)
    return found[::-1]


def newest_due(order: ReportOrder, now: datetime.datetime) -> Period:
    """The newest period whose time has come."""
    period = containing(order.period_kind, timezone.localdate(now))
    while due_at(order, period) > now:
        period = containing(order.period_kind, period.first_day - DAY)
    return period


def next_of(order: ReportOrder) -> Period:
    """The period after the newest one that was asked for."""
    last = Period.parse(order.last_period)
    return containing(order.period_kind, last.last_day + DAY)


def due_at(order: ReportOrder, period: Period) -> datetime.datetime:
    """When a period of the order is made, by the portal's clock."""
    day = period.last_day + order.days_after * DAY
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(order.hour)))


def containing(kind: str, day: datetime.date) -> Period:
    """The month, quarter or year that a day lies in."""
    if kind == Kind.MONTH:
        return Period.month_of(day)
    if kind == Kind.QUARTER:
        return Period.parse(f"{day.year}Q{(day.month + 2) // 3}")
    return Period.parse(str(day.year))


def _record(act: str, order: ReportOrder, by: User) -> None:
    audit.record(
        f"exchange.report_order.{act}",
        by=by,
        target=order,
        region_code=order.region_code,
        changes={
            "report": order.report,
            "often": order.period_kind,
            "days_after": order.days_after,
            "hour": order.hour,
            "format": order.format,
            "breadth": order.breadth,
            "running": order.enabled,
        },
    )
