"""What is known of the people a subsidy is claimed for, and what the rules say of it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from core.rules import Batch, Finding, RuleBook, Severity, judge
from exchange.periods import months_later
from talent.models import Credential
from training.models import Claim, ClaimLine, Enrollment, ExamEntry, FollowUp, TrainingClass
from training.rules.claims import AT_WORK, EMPLOYMENT_RULE, LINE_RULES

FEN = Decimal("0.01")


def roster_of(training_class: TrainingClass) -> list[Enrollment]:
    """The rows of a class that are in the ledger, with their people."""
    rows = Enrollment.objects.active().filter(training_class=training_class)
    return list(rows.select_related("person").order_by("person__name_key", "pk"))


def share_of(book: RuleBook, employment: str, county: str, day: datetime.date) -> Decimal | None:
    """The part of the standard that somebody is granted; None where no value is set."""
    parameter = "employed" if employment in AT_WORK else "other"
    value = book.value(EMPLOYMENT_RULE, parameter, county, day)
    return None if value is None else Decimal(str(value))


def share_of_rows(
    rows: Sequence[Enrollment], county: str, day: datetime.date
) -> list[Decimal | None]:
    """The share of each row, by its employment as it stands."""
    book = RuleBook.load()
    return [share_of(book, row.employment, county, day) for row in rows]


def amount_of(standard: Decimal, share: Decimal) -> Decimal:
    """Yuan, half a fen rounded up."""
    return (standard * share).quantize(FEN, ROUND_HALF_UP)


def batch_of(
    rows: Sequence[Enrollment],
    county: str,
    day: datetime.date,
    *,
    shares: Sequence[Decimal] = (),
    claim: Claim | None = None,
) -> Batch:
    """Rows of the ledger as the rules of a claim read them; those of `claim` itself are its own."""
    keys, book = [row.pk for row in rows], RuleBook.load()
    claimed, assessed, issued = _claimed(keys, claim), _assessed(keys), _issued(keys)
    months = book.value(EMPLOYMENT_RULE, "months", county, day)
    asked = {} if months is None else last_asked(rows, months, day)
    columns: dict[str, list[Any]] = {
        "name": [row.person.name for row in rows],
        "result": [row.result for row in rows],
        "level": [row.level for row in rows],
        "certificate": [row.certificate_number for row in rows],
        "claimed": [claimed.get(key) for key in keys],
        "assessed_on": [assessed.get(key) for key in keys],
        "issued_on": [issued.get(key) for key in keys],
        "asked": [asked[key].employment if key in asked else None for key in keys],
        "share": list(shares) or share_of_rows(rows, county, day),
        "day": [day] * len(rows),
    }
    return Batch(len(rows), county, columns)


def _claimed(keys: Iterable[int], claim: Claim | None) -> dict[int, tuple[int, str]]:
    lines = ClaimLine.objects.filter(enrollment__in=list(keys), is_live=True)
    found = lines.exclude(claim=claim) if claim else lines
    rows = found.values_list("enrollment", "claim", "claim__state")
    return {key: (number, state) for key, number, state in rows}


def _assessed(keys: Iterable[int]) -> dict[int, datetime.date]:
    passed = ExamEntry.objects.filter(enrollment__in=list(keys), result=ExamEntry.Result.PASSED)
    return dict(passed.order_by("roll__exam_on").values_list("enrollment", "roll__exam_on"))


def _issued(keys: Iterable[int]) -> dict[int, datetime.date]:
    valid = Credential.objects.filter(enrollment_key__in=list(keys), state=Credential.State.VALID)
    return dict(valid.order_by("issued_on").values_list("enrollment_key", "issued_on"))


def last_asked(
    rows: Iterable[Enrollment], months: int, until: datetime.date
) -> dict[int, FollowUp]:
    """By row its last follow-up up to a day, and within so many months of the class."""
    last = {row.pk: min(until, months_later(row.end_date, months)) for row in rows}
    found = FollowUp.objects.filter(enrollment__in=last).order_by("visited_on", "pk")
    return {
        each.enrollment_id: each for each in found if each.visited_on <= last[each.enrollment_id]
    }


def judge_rows(
    rows: Sequence[Enrollment], county: str, day: datetime.date, claim: Claim | None = None
) -> list[list[Finding]]:
    """What the rules say of each of the rows, were it claimed for on the day."""
    findings: list[list[Finding]] = [[] for _row in rows]
    for found in judge(batch_of(rows, county, day, claim=claim), LINE_RULES):
        findings[found.row].append(found)
    return findings


def judge_lines(claim: Claim, day: datetime.date) -> list[Finding]:
    """What the rules say of the lines of a claim, were it published on the day."""
    lines = list(claim.lines.select_related("enrollment__person").order_by("pk"))
    rows = [line.enrollment for line in lines]
    shares = [line.share for line in lines]
    batch = batch_of(rows, claim.county_code, day, shares=shares, claim=claim)
    return judge(batch, LINE_RULES)


def is_held(findings: Iterable[Finding]) -> bool:
    return any(found.severity == Severity.BLOCK for found in findings)
