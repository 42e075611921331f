"""Receipts: what a county answers for is sealed row by row and chained to what it sealed before.

A receipt's header names how many rows and which figures it covers and the digest of all
its rows' digests. Its link is the HMAC, by a key outside of the database, of the link
before and that header; the code on paper is the link's beginning.
"""

from __future__ import annotations

import datetime
import itertools
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from core.models import User
from core.sealing import mac
from exchange import rollups
from exchange.imports.staging import copy_in
from exchange.jobs import JobRefused
from exchange.models import Correction, Receipt, Rollup, Submission
from exchange.submissions.anchors import anchor_on_commit
from exchange.submissions.books import Book, Line, RowKey, book_of, canonical
from exchange.submissions.codes import code_of
from exchange.submissions.digests import Running, running, sm3

GENESIS = bytes(32)
AT_ONCE = 5000
FIGURES_DIFFER = _(
    "The kept figures of %(month)s differ from the rows of the ledger, so nothing was sealed. "
    "Tell the system administrator: the figures must be checked and counted anew first."
)


@dataclass
class Sealing:
    """What is gathered while rows are drawn: `digest` and the counts of those drawn so far."""

    book: Book
    digest: Running = field(default_factory=running)
    rows: int = 0
    people: set[str | None] = field(default_factory=set)

    def take(
        self, lines: Iterable[Line], only: Collection[RowKey] | None
    ) -> Iterator[tuple[str, int, int, bytes]]:
        """Chapter, key, version and digest of each line, or of those named; all are counted."""
        for chapter, key, version, cells in lines:
            if self.book.counts(chapter, cells):
                self.rows += 1
                self.people.add(cells.get("person"))
            if only is None or (chapter, key) in only:
                sealed = sm3(canonical(chapter, key, cells))
                self.digest.update(digest_line(chapter, key, version, sealed))
                yield chapter, key, version, sealed


def seal(
    *,
    submission: Submission,
    by: User,
    correction: Correction | None = None,
    rows: Collection[RowKey] | None = None,
) -> Receipt:
    """Seal a submission's month, or the rows of a correction; the next link of the county's chain.

    Rows, people and figures are those of the whole month in either case. Runs in the
    transaction of the act, under the county's lock, after the act has written its rows, its
    rollups and the submission's round. Raises JobRefused when the kept figures are not what
    the rows say.
    """
    county, month = submission.county_code, submission.month
    if rollups.differences_in(county, month):
        raise JobRefused(FIGURES_DIFFER, month=f"{month:%Y-%m}")
    book, key = book_of(submission.book), _next_key()
    sealing = Sealing(book)
    _store(key, sealing.take(book.lines(county, month, None), rows))
    last = Receipt.objects.filter(county_code=county).order_by("-seq").first()
    receipt = Receipt(
        pk=key,
        county_code=county,
        seq=last.seq + 1 if last else 1,
        kind=Receipt.Kind.CORRECTION if correction else Receipt.Kind.SUBMISSION,
        submission=submission,
        correction=correction,
        round=submission.round,
        rows=sealing.rows,
        people=len(sealing.people),
        figures=figures_of(county, month),
        lines_digest=sealing.digest.digest(),
        prev=bytes(last.link) if last else GENESIS,
        sealed_by=by,
        sealed_at=timezone.now(),
    )
    receipt.link = link_of(receipt)
    receipt.code = code_of(receipt.link)
    receipt.save(force_insert=True)
    anchor_on_commit(receipt)
    return receipt


def link_of(receipt: Receipt) -> bytes:
    """The 32 bytes that the receipt's link must be."""
    return mac(bytes(receipt.prev) + header(receipt))


def header(receipt: Receipt) -> bytes:
    """Everything a receipt says, but for its link, as the bytes that the link proves."""
    submission = receipt.submission
    said: dict[str, Any] = {
        "book": submission.book,
        "county": receipt.county_code,
        "month": f"{submission.month:%Y-%m}",
        "seq": receipt.seq,
        "kind": receipt.kind,
        "round": receipt.round,
        "correction": str(receipt.correction.public_id) if receipt.correction else None,
        "rows": receipt.rows,
        "people": receipt.people,
        "figures": receipt.figures,
        "lines": bytes(receipt.lines_digest).hex(),
        "by": receipt.sealed_by_id,
        "at": receipt.sealed_at.astimezone(datetime.UTC).isoformat(timespec="microseconds"),
    }
    return json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest_line(chapter: str, key: int, version: int, digest: bytes) -> bytes:
    """What a sealed row adds to its receipt's `lines_digest`."""
    return f"{chapter}\t{key}\t{version}\t{digest.hex()}\n".encode()


def figures_of(county_code: str, month: datetime.date) -> list[list[str]]:
    """The book's cells of the month, [measure, program, category, amount], but those of nothing."""
    names = ("measure", "program", "category")
    cells = Rollup.objects.settled().filter(county_code=county_code, month=month)
    cells = cells.exclude(amount=0)
    found = cells.order_by(*names).values_list(*names, "amount")
    return [[*cell, f"{amount:f}"] for *cell, amount in found]


def _next_key() -> int:
    """The receipt's key beforehand: its rows name it, and it is written only once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('exchange_receipt', 'id'))")
        (key,) = cursor.fetchone()
    return int(key)


def _store(receipt: int, sealed: Iterator[tuple[str, int, int, bytes]]) -> None:
    """COPY the rows some at a time, for they cannot be drawn while they are copied."""
    while some := [_copied(receipt, *row) for row in itertools.islice(sealed, AT_ONCE)]:
        copy_in("exchange_sealedrow", "receipt_id, chapter, row_key, version, digest", some)


def _copied(receipt: int, chapter: str, key: int, version: int, digest: bytes) -> str:
    return f"{receipt}\t{chapter}\t{key}\t{version}\t\\\\x{digest.hex()}\n"
