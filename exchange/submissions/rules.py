"""Rules of submitting a month, with their dated values in exchange/data/rules.toml."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.rules import Rule, Severity

OWN = "未查到全国统一规定，由本平台自定"

EXPLANATION_SAYS_WHY = Rule(
    "exchange.explanation_says_why",
    _("an explanation says why"),
    Severity.NEAR_BLOCK,
    OWN,
)
MOST_DAYS_OPEN = Rule(
    "exchange.month_is_opened_for_some_days",
    _("a locked month is opened for some days only"),
    Severity.NEAR_BLOCK,
    OWN,
)
MONTH_IS_SUBMITTED_IN_TIME = Rule(
    "exchange.month_is_submitted_in_time",
    _("a month is submitted in time"),
    Severity.EXPLAIN,
    "未查到全国统一规定；按年报次年1月10日前报送类推",
)
# The parameters of these rules in words.
PARAMETERS = (
    gettext_noop("due"),
    gettext_noop("remind before"),
    gettext_noop("remind after"),
    gettext_noop("escalate prefecture"),
    gettext_noop("escalate province"),
    gettext_noop("review workdays"),
    gettext_noop("least characters"),
    gettext_noop("stock phrases"),
    gettext_noop("most"),
)
