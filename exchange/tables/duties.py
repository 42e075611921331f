"""Whose act on a table is which: one rule for the acts and for what pages offer.

A table is that of one office, so whoever fills or files it holds the right for this very region;
who decides holds it for the region right above.
"""

from __future__ import annotations

from core.access import Permission, scope_of
from core.models import User
from exchange.models import TableFiling
from exchange.submissions.duties import is_straight_under_the_province

PROVINCE, PREFECTURE, COUNTY = 2, 4, 6
State = TableFiling.State


def holds_here(user: User, permission: Permission, region_code: str) -> bool:
    """Whether the user holds the permission for this region itself, not from above."""
    grants = scope_of(user, permission).grants
    return any(g.region_code == region_code and not g.narrowed_to for g in grants)


def may_fill(user: User, region_code: str) -> bool:
    return holds_here(user, Permission.FILL_TABLES, region_code)


def may_file(user: User, region_code: str) -> bool:
    return holds_here(user, Permission.FILE_TABLES, region_code)


def above(region_code: str) -> str:
    """The region whose office decides; '' above the province."""
    if len(region_code) == COUNTY and not is_straight_under_the_province(region_code):
        return region_code[:PREFECTURE]
    return region_code[:PROVINCE] if len(region_code) > PROVINCE else ""


def may_decide(user: User, region_code: str) -> bool:
    deciding = above(region_code)
    return bool(deciding) and holds_here(user, Permission.DECIDE_TABLES, deciding)


def offers(filing: TableFiling, user: User) -> set[str]:
    """The acts that a page of the filing offers the user; each looks at the rights again."""
    state, region = filing.state, filing.region_code
    is_own = filing.filed_by_id == user.pk
    offered = {
        "fill": state == State.DRAFT and may_fill(user, region),
        "file": state == State.DRAFT and may_file(user, region),
        "drop": state == State.DRAFT and may_fill(user, region),
        "accept": state == State.FILED and may_decide(user, region) and not is_own,
        "return": state in (State.FILED, State.ACCEPTED)
        and may_decide(user, region)
        and not is_own,
        "again": state == State.RETURNED and may_fill(user, region),
    }
    return {act for act, is_offered in offered.items() if is_offered}
