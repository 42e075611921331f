"""A row that others may have seen, or that money was claimed for, does not simply leave the ledger."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.rules import Finding, Rule, Severity
from training.models import ClaimLine, Enrollment

WITHOUT_A_REASON = datetime.timedelta(days=1)
WITHDRAWAL_SAYS_WHY = Rule(
    key="training.withdrawal_says_why",
    name=_("A row that is older than a day is withdrawn with a reason"),
    severity=Severity.BLOCK,
    citation="台账管理通例：删除已登记信息须注明原因（核实，未见原文）",
)
NOTHING_CLAIMED = Rule(
    key="training.withdrawn_rows_claim_nothing",
    name=_("A row is not withdrawn while a subsidy is claimed for it"),
    severity=Severity.BLOCK,
    citation="台账与补贴申领相互核对，记录自相矛盾（核实，未见原文）",
)
WITHDRAWAL_RULES = (WITHDRAWAL_SAYS_WHY, NOTHING_CLAIMED)
NO_REASON = gettext_noop(
    "This row has been in the ledger for more than a day. Write why it is withdrawn."
)
CLAIMED = gettext_noop(
    "A subsidy is claimed for this row in claim No. %(claim)s. Withdraw the claim first; if it is "
    "approved, the subsidy is claimed back first."
)


def claims_of(rows: Iterable[int]) -> dict[int, int]:
    """The live claim in which each of these rows stands, by the row's key."""
    lines = ClaimLine.objects.filter(enrollment__in=set(rows), is_live=True)
    return dict(lines.values_list("enrollment", "claim"))


def why_not(row: Enrollment, reason: str, claim: int | None) -> Finding | None:
    """What keeps a row from being withdrawn for this reason, if anything does.

    `claim` is the live claim that the row stands in, if any.
    """
    if claim is not None:
        return NOTHING_CLAIMED.finding(0, "", CLAIMED, {"claim": claim})
    is_fresh = timezone.now() - row.created_at < WITHOUT_A_REASON
    if is_fresh or reason.strip():
        return None
    return WITHDRAWAL_SAYS_WHY.finding(0, "", NO_REASON)
