"""The figures of a month as they were sealed, what moved them since, and as they are now."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import Min, Sum

from exchange.measures import additive, all_measures
from exchange.models import MeasureCount, Receipt, Restatement, Rollup, Submission

Cell = tuple[str, str, str]
CELL = ("measure", "program", "category")


def last_seal(submission: Submission) -> Receipt | None:
    """The newest receipt of the whole month."""
    receipts = Receipt.objects.filter(submission=submission, kind=Receipt.Kind.SUBMISSION)
    found: Receipt | None = receipts.order_by("-seq").first()
    return found


def figures_of(submission: Submission) -> list[dict[str, Any]]:
    """Each figure of the month: sealed, restated since, and now. The first two make the third.

    Not so a figure that a later version of the portal was the first to count: what came after
    the seal is named `newer`, and nothing is expected of it.
    """
    found: dict[Cell, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    receipt = last_seal(submission)
    for measure, program, category, amount in receipt.figures if receipt else ():
        found[measure, program, category]["sealed"] += Decimal(amount)
    of_month = {"county_code": submission.county_code, "month": submission.month}
    # A receipt names no numbers of people: what moved them stands with the acts.
    of_amounts = [measure.key for measure in additive()]
    for moved in _since(submission, receipt).filter(measure__in=of_amounts):
        found[moved.measure, moved.program, moved.category]["restated"] += moved.amount
    for cell in Rollup.objects.settled().filter(**of_month):
        found[cell.measure, cell.program, cell.category]["now"] += cell.amount
    newer = _not_counted_then(receipt)
    return [
        _figure(cell, amounts, cell[0] in newer)
        for cell, amounts in sorted(found.items())
        if any(amounts.values())
    ]


def _not_counted_then(receipt: Receipt | None) -> set[str]:
    """Measures that the portal did not keep yet when the receipt was made."""
    if receipt is None:
        return set()
    later = MeasureCount.objects.filter(since__gt=receipt.sealed_at)
    named = {measure for measure, *_rest in receipt.figures}
    return {*later.values_list("measure", flat=True)} - named


def _since(submission: Submission, receipt: Receipt | None) -> Any:
    rows = Restatement.objects.filter(county_code=submission.county_code, month=submission.month)
    return rows.filter(at__gt=receipt.sealed_at) if receipt else rows.none()


def in_words(cell: Cell) -> dict[str, Any]:
    """Measure, program and category of a figure by their names; what is gone keeps its key."""
    measures = {measure.key: measure for measure in all_measures()}
    key, program, category = cell
    measure = measures.get(key)
    programs = measure.programs() if measure else {}
    categories = measure.categories() if measure else {}
    return {
        "measure": measure.label if measure else key,
        "program": programs.get(program, program),
        "category": categories.get(category, category),
    }


def _figure(cell: Cell, amounts: dict[str, Decimal], newer: bool = False) -> dict[str, Any]:
    return in_words(cell) | {
        "sealed": amounts["sealed"],
        "restated": amounts["restated"],
        "now": amounts["now"],
        "newer": newer,
        "agrees": newer or amounts["sealed"] + amounts["restated"] == amounts["now"],
    }


def acts_of(submission: Submission) -> list[dict[str, Any]]:
    """Acts that moved a figure since the month was sealed, each with what it moved, in their order.

    What an act took off and put back in the same cell is left out.
    """
    parts = ("correction", "correction__public_id", "by__name", "request_id")
    moved = _since(submission, last_seal(submission)).order_by()
    cells = moved.values(*parts, *CELL).annotate(total=Sum("amount"), first=Min("at"))
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for cell in cells.exclude(total=0).order_by("first", *CELL):
        named = _figure((cell["measure"], cell["program"], cell["category"]), defaultdict(Decimal))
        act = {part: cell[part] for part in parts}
        entry = found.setdefault(tuple(act.values()), act | {"at": cell["first"], "moved": []})
        entry["moved"].append(named | {"amount": cell["total"]})
    return list(found.values())
