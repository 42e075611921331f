"""How a class came out: who passed, is certified and found work, beside what is asked for."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.models import RuleValue
from core.rules import Batch, Finding, RuleBook, judge
from training.follow_up_days import AT_WORK, latest_end, months_of
from training.models import Enrollment, TrainingClass
from training.rules.quality import CLASS_QUALITY, QUALITY_RULE, RATES, in_percent

Result = Enrollment.Result
ASSESSED = Q(result__in=[Result.PASSED, Result.FAILED])
COUNTS = {
    "passed": Count("pk", filter=Q(result=Result.PASSED)),
    "assessed": Count("pk", filter=ASSESSED),
    "certified": Count("pk", filter=Q(certificate_number__gt="")),
    "employed": Count("pk", filter=Q(employment__in=AT_WORK)),
    "asked": Count("pk", filter=~Q(employment=Enrollment.Employment.UNKNOWN)),
    "whole": Count("pk"),
}
LABELS: dict[str, str | Promise] = {
    "passed": _("rate of passing"),
    "certified": _("rate of certificates"),
    "employed": _("rate of employment"),
}


@dataclass(frozen=True)
class Rate:
    """`part` of `whole` people; the value that says how many are asked for; what the rule finds."""

    label: str | Promise
    part: int
    whole: int
    goal: RuleValue | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def percent(self) -> float:
        return 100 * self.part / self.whole

    @property
    def goal_percent(self) -> str:
        return in_percent(Decimal(str(self.goal.value))) if self.goal else ""


def rates_of(found: TrainingClass) -> list[Rate]:
    """The rates of which anything is known. Who dropped out counts in none.

    Who passed is counted of those assessed, the others of everybody. Employment is judged
    from the day on which everybody was to be asked.
    """
    rows = Enrollment.objects.active().filter(training_class=found).exclude(result=Result.DROPPED)
    counts: dict[str, int] = rows.aggregate(**COUNTS)
    known: dict[str, tuple[int, int]] = {}
    if counts["assessed"]:
        known["passed"] = counts["passed"], counts["assessed"]
    if counts["certified"]:
        known["certified"] = counts["certified"], counts["whole"]
    if counts["asked"]:
        known["employed"] = counts["employed"], counts["whole"]
    return _judged(found, known)


def _judged(found: TrainingClass, known: dict[str, tuple[int, int]]) -> list[Rate]:
    book, day, county = RuleBook.load(), found.end_date, found.county_code
    judged = {name: known[name] for name in RATES if name in known}
    if not _everybody_was_to_be_asked(book, found):
        judged.pop("employed", None)
    columns: dict[str, list[Any]] = {name: [rate] for name, rate in judged.items()}
    findings = judge(Batch(1, county, columns | {"day": [day]}), [CLASS_QUALITY], book)
    return [
        Rate(
            LABELS[name],
            *known[name],
            book.row(QUALITY_RULE, name, county, day),
            [finding for finding in findings if finding.column == name],
        )
        for name in RATES
        if name in known
    ]


def _everybody_was_to_be_asked(book: RuleBook, found: TrainingClass) -> bool:
    today: datetime.date = timezone.localdate()
    months = months_of(book, found.county_code, today)
    return months is not None and found.end_date <= latest_end(today, months)
