"""A row that others may have seen is not taken out of the ledger without a word."""

from __future__ import annotations

import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.rules import Finding, Rule, Severity
from training.models import Enrollment

WITHOUT_A_REASON = datetime.timedelta(days=1)
WITHDRAWAL_SAYS_WHY = Rule(
    key="training.withdrawal_says_why",
    name=_("A row that is older than a day is withdrawn with a reason"),
    severity=Severity.BLOCK,
    citation="台账管理通例：删除已登记信息须注明原因（核实，未见原文）",
)
NO_REASON = gettext_noop(
    "This row has been in the ledger for more than a day. Write why it is withdrawn."
)


def why_not(row: Enrollment, reason: str) -> Finding | None:
    """What keeps a row from being withdrawn for this reason, if anything does."""
    is_fresh = timezone.now() - row.created_at < WITHOUT_A_REASON
    if is_fresh or reason.strip():
        return None
    return WITHDRAWAL_SAYS_WHY.finding(0, "", NO_REASON)
