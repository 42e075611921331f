"""What changed in a month since it was submitted the time before: by its seals, not by its history.

A row is compared by its digest, so that nothing that was sealed can be passed over; only
rows that differ are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from exchange.models import Receipt, SealedRow, Submission
from exchange.submissions.books import Book, Cells, Line, RowKey, book_of, canonical
from exchange.submissions.digests import sm3

# The newest seal of each row from the submission before on, corrections among them.
DIFFERING = """
WITH before AS (
    SELECT DISTINCT ON (chapter, row_key) chapter, row_key, version, digest
    FROM exchange_sealedrow WHERE receipt_id = ANY(%s)
    ORDER BY chapter, row_key, receipt_id DESC
), later AS (
    SELECT chapter, row_key, version, digest FROM exchange_sealedrow WHERE receipt_id = %s
)
SELECT chapter, row_key, before.version, later.version
FROM before FULL JOIN later USING (chapter, row_key)
WHERE before.digest IS DISTINCT FROM later.digest
ORDER BY chapter, row_key
"""


@dataclass(frozen=True, slots=True)
class RowDifference:
    """A row that differs between two rounds; `cells` are (column, before, after) where it does."""

    chapter: str
    key: int
    kind: str  # added, removed, changed
    cells: tuple[tuple[str, str | None, str | None], ...]


def differences(submission: Submission, of_round: int | None = None) -> list[RowDifference]:
    """Rows that a round, the last one if none is named, brought otherwise than the one before.

    In the order of chapter and key; nothing for the first round.
    """
    asked = submission.round if of_round is None else of_round
    receipts = Receipt.objects.filter(submission=submission).order_by("seq")
    rounds = {r.round: r for r in receipts if r.kind == Receipt.Kind.SUBMISSION}
    if asked not in rounds or asked - 1 not in rounds:
        return []
    first, last = rounds[asked - 1].seq, rounds[asked].seq
    between = [each.pk for each in receipts if first <= each.seq < last]
    with connection.cursor() as cursor:
        cursor.execute(DIFFERING, [between, rounds[asked].pk])
        found: list[tuple[str, int, int | None, int | None]] = cursor.fetchall()
    return _told(book_of(submission.book), found)


def _told(
    book: Book, found: Sequence[tuple[str, int, int | None, int | None]]
) -> list[RowDifference]:
    before = book.as_sealed([(c, key, was) for c, key, was, _now in found if was is not None])
    after = book.as_sealed([(c, key, now) for c, key, _was, now in found if now is not None])
    return [
        _difference(book, (chapter, key), before, after, was is None, now is None)
        for chapter, key, was, now in found
    ]


def _difference(
    book: Book,
    row: RowKey,
    before: dict[RowKey, Cells],
    after: dict[RowKey, Cells],
    is_new: bool,
    is_gone: bool,
) -> RowDifference:
    kind = "added" if is_new else "removed" if is_gone else "changed"
    was, now = before.get(row, {}), after.get(row, {})
    names = dict.fromkeys([*book.titles.get(row[0], {}), *was, *now])
    differing = ((name, was.get(name), now.get(name)) for name in names)
    cells = tuple(each for each in differing if each[1] != each[2])
    return RowDifference(*row, kind, cells if kind == "changed" else ())


def is_as_sealed(submission: Submission) -> bool:
    """Whether the rows of the month are those of its seals, to the last cell."""
    receipts = Receipt.objects.filter(submission=submission).order_by("-seq")
    last = receipts.filter(kind=Receipt.Kind.SUBMISSION).first()
    if last is None:
        return False
    of_month = SealedRow.objects.filter(receipt__submission=submission, receipt__seq__gte=last.seq)
    sealed = {
        (chapter, key): bytes(digest)
        for chapter, key, digest in of_month.order_by("receipt__seq").values_list(
            "chapter", "row_key", "digest"
        )
    }
    lines = book_of(submission.book).lines(submission.county_code, submission.month, None)
    return sealed == dict(map(_digested, lines))


def _digested(line: Line) -> tuple[RowKey, bytes]:
    chapter, key, _version, cells = line
    return (chapter, key), sm3(canonical(chapter, key, cells))
