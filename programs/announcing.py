"""Who is told of a quota document: the offices of the places that it names."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_noop

from core.access import ROLES, Permission
from core.models import Assignment, User
from exchange.notices import notify
from programs.models import QuotaDocument

TOLD = gettext_noop(
    "Document %(number)s moves quotas of your region: %(change)s over %(lines)s lines."
)
COUNTY = 6


def tell_of(document: QuotaDocument) -> None:
    """Tell each place that a line names, and the regions between it and who hands down."""
    changes = list(document.lines.values_list("region_code", "change"))
    own = len(document.region_code)
    places = {code[:n] for code, _change in changes for n in (2, 4, COUNTY) if own < n <= len(code)}
    for place, users in _officers_of(places).items():
        within = [change for code, change in changes if code.startswith(place)]
        params = {
            "number": document.number or document.title,
            "change": f"{sum(within):+d}",
            "lines": len(within),
        }
        notify(
            kind="quota",
            users=users,
            sentence=TOLD,
            params=params,
            url=reverse("programs:document", args=[document.public_id]),
            region_code=place,
        )


def _officers_of(places: Iterable[str]) -> dict[str, list[User]]:
    """Active users whose role at one of the places shows them its figures."""
    roles = [key for key, role in ROLES.items() if Permission.SEE_FIGURES in role.permissions]
    seats = Assignment.objects.filter(
        region_id__in=list(places), role__in=roles, narrowed_to="", user__is_active=True
    )
    found: dict[str, list[User]] = {}
    for seat in seats.select_related("user").order_by("region_id", "user_id").distinct():
        users = found.setdefault(seat.region_id, [])
        if seat.user not in users:
            users.append(seat.user)
    return found
