"""Who is told of a move: whose turn it is now, or whom the month came back to."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_noop

from core.access import Permission
from core.models import Region, User
from core.querysets import UserQuerySet
from exchange.models import Submission
from exchange.notices import notify
from exchange.submissions.duties import is_straight_under_the_province

SENTENCES = {
    "submitted": gettext_noop("%(month)s of %(county)s is submitted and waits to be accepted."),
    "accepted": gettext_noop("%(month)s of %(county)s is accepted and waits to be locked."),
    "returned": gettext_noop("%(month)s of %(county)s is returned with notes. Answer each."),
    "locked": gettext_noop("%(month)s of %(county)s is locked."),
    "reopened": gettext_noop("%(month)s of %(county)s is opened again for some days."),
}


def announce(act: str, submission: Submission, *, by: User | None) -> None:
    """Tell of a move in its transaction; who made it is not told."""
    sentence = SENTENCES.get(act)
    if sentence is None:
        return
    county = submission.county_code
    notify(
        kind="submission",
        users=_concerned(act, county).exclude(pk=by.pk if by else None),
        sentence=sentence,
        params={"month": f"{submission.month:%Y-%m}", "county": _name_of(county)},
        url=reverse("exchange:submission", args=[submission.pk]),
        region_code=county,
    )


def _name_of(county: str) -> str:
    found = Region.objects.filter(pk=county).first()
    return found.name if found else county


def _concerned(act: str, county: str) -> UserQuerySet:
    decides = Permission.PREPARE_SUBMISSIONS
    if act == "submitted" and not is_straight_under_the_province(county):
        decides = Permission.ACCEPT_LEDGER
    elif act in {"submitted", "accepted"}:
        decides = Permission.LOCK_LEDGER
    found: UserQuerySet = User.objects.holding(decides, county)
    return found
