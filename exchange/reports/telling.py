"""Who is told that a report of the clock was not made: nobody waits for it at its page."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_noop

from core.access import Permission
from core.models import Region, User
from core.querysets import UserQuerySet
from exchange.models import ReportOrder, ReportRun
from exchange.notices import notify
from exchange.reports.kinds import name_of

NOT_MADE = gettext_noop(
    "The ordered report “%(report)s” of %(place)s for %(period)s was not made. Its page says why; "
    "there it can be made again."
)
PART_NOT_MADE = gettext_noop(
    "The ordered report “%(report)s” of all offices beneath %(place)s for %(period)s was not made: "
    "it broke off at %(at)s. Its page says why; there it can be made again."
)


def tell_failure(run: ReportRun) -> None:
    """Tell whoever ordered a report that it failed, in the transaction that says so of the run.

    What somebody asked for and waits for is told on its page alone.
    """
    if run.order is None:
        return
    at = run.error_params.get("at", "")
    place = Region.objects.filter(pk=run.region_code).first()
    params = {
        "report": str(name_of(run.report)),
        "place": place.name if place else run.region_code,
        "period": run.period,
        **({"at": at} if at else {}),
    }
    notify(
        kind="report",
        users=_concerned(run.order),
        sentence=PART_NOT_MADE if at else NOT_MADE,
        params=params,
        url=reverse("exchange:report-detail", args=[run.public_id]),
        region_code=run.region_code,
    )


def _concerned(order: ReportOrder) -> UserQuerySet:
    """Who ordered it; once they may no longer make it, those who may in that region itself."""
    held = User.objects.holding(Permission.MAKE_REPORTS, order.region_code)
    owner: UserQuerySet = held.filter(pk=order.made_by_id)
    if owner.exists():
        return owner
    found: UserQuerySet = held.filter(assignments__region_id=order.region_code).distinct()
    return found
