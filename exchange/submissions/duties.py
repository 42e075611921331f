"""Whose step is which on a month's way: one rule for the moves and for what pages offer."""

from __future__ import annotations

from core.access import Permission, scope_of
from core.models import User

# Counties without a prefecture: province-governed ones (62 90 xx), and the municipalities.
NO_PREFECTURE = "90"
MUNICIPALITIES = frozenset({"11", "12", "31", "50"})


def is_straight_under_the_province(county: str) -> bool:
    return county[2:4] == NO_PREFECTURE or county[:2] in MUNICIPALITIES


def may_enter(user: User, county: str) -> bool:
    """Whether the user works on the county's months: looks at them, explains, answers."""
    mine = (Permission.ENTER_LEDGER, Permission.REVIEW_LEDGER)
    return any(scope_of(user, each).covers(county) for each in mine)


def may_submit(user: User, county: str) -> bool:
    return scope_of(user, Permission.REVIEW_LEDGER).covers(county)


def may_accept(user: User, county: str) -> bool:
    """The prefecture accepts; where there is none, the province, and another of it locks."""
    if scope_of(user, Permission.ACCEPT_LEDGER).covers(county):
        return True
    return is_straight_under_the_province(county) and may_lock(user, county)


def may_lock(user: User, county: str) -> bool:
    return scope_of(user, Permission.LOCK_LEDGER).covers(county)
