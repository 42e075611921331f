"""Who is told of a table that is filed, returned or accepted."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_noop

from core.access import Permission
from core.models import Region, User
from core.querysets import UserQuerySet
from exchange.models import TableFiling
from exchange.notices import notify
from exchange.tables.declared import table_of
from exchange.tables.duties import above

SENTENCES = {
    "filed": gettext_noop("%(region)s filed “%(table)s” for %(period)s. It waits to be accepted."),
    "returned": gettext_noop("“%(table)s” of %(region)s for %(period)s is returned: %(reason)s"),
    "accepted": gettext_noop("“%(table)s” of %(region)s for %(period)s is accepted."),
}


def announce(act: str, filing: TableFiling, *, by: User) -> None:
    """Tell of an act in its transaction; who did it is not told."""
    region = Region.objects.get(pk=filing.region_code)
    notify(
        kind="table",
        users=_concerned(act, filing).exclude(pk=by.pk),
        sentence=SENTENCES[act],
        params={
            "region": region.name,
            "table": table_of(filing.table).title,
            "period": filing.period,
            "reason": filing.decision,
        },
        url=reverse("exchange:table-filing", args=[filing.public_id]),
        region_code=filing.region_code,
    )


def _concerned(act: str, filing: TableFiling) -> UserQuerySet:
    if act != "filed":
        return _seated(Permission.FILL_TABLES, filing.region_code)
    deciding = above(filing.region_code)
    return _seated(Permission.DECIDE_TABLES, deciding) if deciding else User.objects.none()


def _seated(permission: Permission, region_code: str) -> UserQuerySet:
    """Who holds the permission for this region itself."""
    held = User.objects.holding(permission, region_code)
    found: UserQuerySet = held.filter(assignments__region_id=region_code).distinct()
    return found
