"""What is expected of a visit of a class."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.rules import Batch, Rule, RuleBook, Severity, Verdict
from training.rules.classes import BY_PROVINCE

ASKED_RULE = "training.trainees_are_asked_at_the_visit"


def _enough_are_asked(batch: Batch, book: RuleBook) -> Iterator[Verdict]:
    """The value is a share of the enrolled, written 0.1 or 1/10; part of a person is one more."""
    for row, enrolled, asked in batch.pairs("enrolled", "asked"):
        least = book.value(ASKED_RULE, "least", batch.region_code, batch["visited_on"][row])
        if least is None:
            continue
        wanted = math.ceil(Fraction(least) * enrolled)
        if asked < wanted:
            yield row, "asked", FEW_ASKED, {"asked": asked, "wanted": wanted, "enrolled": enrolled}


ENOUGH_ASKED = Rule(
    key=ASKED_RULE,
    name=_("At a visit a part of the class is asked"),
    severity=Severity.EXPLAIN,
    citation=BY_PROVINCE,
    judge=_enough_are_asked,
)
FEW_ASKED = gettext_noop(
    "%(asked)s of %(enrolled)s were asked; at least %(wanted)s are usual. Say under what was found "
    "why fewer were asked."
)
