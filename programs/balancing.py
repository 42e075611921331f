"""The book of a quota with its running balance, and whether the whole book adds up."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from django.db import connection

from programs.models import Quota, QuotaDocument

# Every column that documents write, summed anew; must find nothing.
DIFFERENCES = """
SELECT quota.id, kept.name, kept.value, kept.counted::bigint
FROM programs_quota AS quota
CROSS JOIN LATERAL (VALUES
    ('amount', quota.amount, (
        SELECT coalesce(sum(line.change), 0) FROM programs_quotaline AS line
        JOIN programs_quotadocument AS document ON document.id = line.document_id
        WHERE line.quota_id = quota.id AND document.state = 'issued')),
    ('allotted', quota.allotted, (
        SELECT coalesce(sum(child.amount), 0) FROM programs_quota AS child
        WHERE child.parent_id = quota.id AND (quota.listed_apart OR NOT child.listed_apart))),
    ('scheduled', quota.scheduled, (
        SELECT coalesce(sum(year.amount), 0) FROM programs_quota AS year
        WHERE year.phase_quota_id = quota.id AND NOT year.listed_apart))
) AS kept (name, value, counted)
WHERE kept.value <> kept.counted
ORDER BY quota.id, kept.name
"""


@dataclass(frozen=True)
class Entry:
    """One line of a quota's book: the document, its change, the amount after it."""

    document: QuotaDocument
    change: int
    amount: int


@dataclass(frozen=True)
class Difference:
    """A column of a quota that is not the sum it stands for."""

    quota: int
    column: str
    kept: int
    counted: int


def book_of(quota: Quota) -> list[Entry]:
    """All issued documents that moved a quota, in the order in which they did."""
    lines = list(
        quota.lines.issued().select_related("document").order_by("document__issued_at", "pk")
    )
    balance = accumulate(line.change for line in lines)
    return [Entry(line.document, line.change, n) for line, n in zip(lines, balance, strict=True)]


def differences() -> list[Difference]:
    """Where the book does not add up; empty as long as the triggers stand."""
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENCES)
        return [Difference(*row) for row in cursor.fetchall()]
