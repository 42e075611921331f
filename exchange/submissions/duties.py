"""Whose step is which on a month's way: one rule for the moves and for what pages offer."""

from __future__ import annotations

from core.access import Permission, scope_of
from core.models import User
from exchange.models import Submission

# Counties without a prefecture: province-governed ones (62 90 xx), and the municipalities.
NO_PREFECTURE = "90"
MUNICIPALITIES = frozenset({"11", "12", "31", "50"})


def is_straight_under_the_province(county: str) -> bool:
    return county[2:4] == NO_PREFECTURE or county[:2] in MUNICIPALITIES


def may_enter(user: User, county: str) -> bool:
    """Whether the user works on the county's months: looks at them, explains, answers."""
    return scope_of(user, Permission.PREPARE_SUBMISSIONS).covers(county)


def may_submit(user: User, county: str) -> bool:
    return scope_of(user, Permission.REVIEW_LEDGER).covers(county)


def may_accept(user: User, county: str) -> bool:
    """The prefecture accepts; where there is none, the province, and another of it locks."""
    if scope_of(user, Permission.ACCEPT_LEDGER).covers(county):
        return True
    return is_straight_under_the_province(county) and may_lock(user, county)


def may_lock(user: User, county: str) -> bool:
    return scope_of(user, Permission.LOCK_LEDGER).covers(county)


def offers(submission: Submission, user: User) -> set[str]:
    """The acts that a page of the month offers the user; each looks at the rights again."""
    state, county = submission.state, submission.county_code
    is_open = state in {"draft", "returned", "reopened"}
    offered = {
        "prepare": is_open and may_enter(user, county),
        "submit": is_open and may_submit(user, county),
        "accept": state == "submitted" and may_accept(user, county),
        "return": state == "submitted" and may_accept(user, county),
        "lock": state == "accepted" and may_lock(user, county),
        "reopen": state == "locked" and may_lock(user, county),
        "close": state == "reopened" and may_lock(user, county),
    }
    if state == "accepted" and may_lock(user, county):
        offered["return"] = True
    return {act for act, is_offered in offered.items() if is_offered}
