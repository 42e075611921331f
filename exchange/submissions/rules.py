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
# The parameters of these rules in words.
PARAMETERS = (
    gettext_noop("least characters"),
    gettext_noop("stock phrases"),
    gettext_noop("most"),
)
