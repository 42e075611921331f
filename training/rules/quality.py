"""What is asked of a class as a whole: how many pass, are certified and find work."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.rules import Batch, Rule, RuleBook, Severity, Verdict

QUALITY_RULE = "training.class_passes_and_places"
RATES = ("passed", "certified", "employed")


def _reaches_its_goals(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """Each rate is (part, whole) or None; `day` is the last day of the class."""
    for name in RATES:
        for row, day, rate in batch.pairs("day", name):
            part, whole = rate
            goal = book.value(QUALITY_RULE, name, batch.region_code, day)
            if goal is not None and part < Decimal(str(goal)) * whole:
                told = {"part": part, "whole": whole, "goal": in_percent(Decimal(str(goal)))}
                yield row, name, BELOW[name], told


def in_percent(rate: Decimal) -> str:
    return f"{(rate * 100).normalize():f}%"


CLASS_QUALITY = Rule(
    QUALITY_RULE,
    _("A class reaches the rates of passing and of employment"),
    Severity.EXPLAIN,
    "合格率、就业率指标各地规定不一，见规则参数",
    _reaches_its_goals,
)
# The parameters of these rules in words.
PARAMETERS = (gettext_noop("passed"), gettext_noop("certified"), gettext_noop("employed"))

BELOW = {
    "passed": gettext_noop("%(part)s of %(whole)s assessed passed; %(goal)s are asked for."),
    "certified": gettext_noop("%(part)s of %(whole)s have a certificate; %(goal)s are asked for."),
    "employed": gettext_noop("%(part)s of %(whole)s were found at work; %(goal)s are asked for."),
}
