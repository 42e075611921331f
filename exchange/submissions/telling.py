"""Telling those whose turn a month is that it waits for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from core.access import Permission
from core.models import Region, User
from exchange.models import Submission
from exchange.notices import notify

COUNTY_STAFF = (Permission.PREPARE_SUBMISSIONS,)


def tell(
    submission: Submission, to: Iterable[Permission], sentence: str, facts: dict[str, Any]
) -> int:
    """Notices to all who hold one of the permissions over the month's county; how many.

    Where nobody may accept, as in a county straight under its province, who locks is told.
    """
    county = submission.county_code
    users = {user.pk: user for each in to for user in User.objects.holding(each, county)}
    if not users and Permission.ACCEPT_LEDGER in to:
        users = {user.pk: user for user in User.objects.holding(Permission.LOCK_LEDGER, county)}
    name = str(Region.objects.filter(pk=county).first() or county)
    return notify(
        kind="month",
        users=users.values(),
        sentence=sentence,
        params={"county": name, "month": f"{submission.month:%Y-%m}"} | facts,
        url=reverse("exchange:submission", args=[submission.pk]),
        region_code=county,
    )
