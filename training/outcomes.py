"""What came of a class stands at the row of the ledger as a copy of its newest fact.

The copies are not part of what a closed month keeps: the facts are, each in its own month.
They move figures, though, so that there is one way to write them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from training.changing import count
from training.models import Enrollment

COPIED = ("result", "score", "certificate_number", "subsidy", "employment")


def copy_outcomes(facts: Mapping[int, Mapping[str, Any]]) -> None:
    """Write, by key of the row, some of COPIED; the figures follow. The county is held.

    The version of a row stays: what is copied is no edit of the row.
    """
    rows = list(Enrollment.objects.filter(pk__in=facts).order_by("pk"))
    for row in rows:
        for name, value in facts[row.pk].items():
            setattr(row, name, value)
    changed = sorted({name for values in facts.values() for name in values})
    if not rows or not changed:
        return
    count([row.pk for row in rows], -1)
    Enrollment.objects.bulk_update(rows, changed, batch_size=500)
    count([row.pk for row in rows], 1)
