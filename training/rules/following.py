"""What becomes of trainees after a class: when they are asked, and what the subsidy makes of it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.rules import Rule, Severity

FOLLOW_UP_RULE = "training.trainees_are_followed_up"

TRAINEES_ARE_FOLLOWED_UP = Rule(
    key=FOLLOW_UP_RULE,
    name=_("Trainees are asked about their employment after the class"),
    severity=Severity.EXPLAIN,
    citation="未查到全国统一规定；按六个月内就业情况核定补贴的做法类推",
)
