"""Verification: whether everything that was sealed is still as it was sealed, and what is not.

One county at a time, under its lock shared, so that nobody writes its rows meanwhile. The
rows are drawn as a stream, sealed ones beside those of the ledger.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from core import audit
from core.access import Permission
from core.models import Region, User
from exchange.models import Receipt, SealedRow, SealFinding, Submission, Verification
from exchange.notices import notify
from exchange.submissions.anchors import IN_TIME, AnchorsRead, read_anchors
from exchange.submissions.books import Book, RowKey, book_of, canonical
from exchange.submissions.closing import COUNTY_LOCK
from exchange.submissions.codes import code_of, shown
from exchange.submissions.digests import running, sm3
from exchange.submissions.sealing import GENESIS, digest_line, link_of

ACTS = (_("receipts verified"),)
AT_ONCE = 1000

Kind = SealFinding.Kind
ROW_SENTENCES = {
    Kind.ROW_CHANGED: _(
        "%(place)s %(month)s: row %(row)s (%(who)s, %(of)s) is not as it was sealed."
    ),
    Kind.ROW_GONE: _("%(place)s %(month)s: row %(row)s was sealed and is gone from the ledger."),
    Kind.ROW_UNSEALED: _(
        "%(place)s %(month)s: row %(row)s (%(who)s, %(of)s) stands in a closed month and was "
        "never sealed."
    ),
}
ASTRAY = _(
    "%(place)s %(month)s: row %(row)s (%(who)s, %(of)s) shows another outcome than its result, "
    "certificate, subsidy and follow-up say."
)
RECEIPT_SENTENCES = {
    Kind.SEALED_ROWS_ALTERED: _(
        "%(place)s %(month)s: the sealed rows of receipt %(code)s were altered, added or taken away."
    ),
    Kind.RECEIPT_ALTERED: _("%(place)s %(month)s: receipt %(code)s was altered."),
    Kind.CHAIN_RECOMPUTED: _(
        "%(place)s: from receipt number %(first)s on the chain was made anew; it is not the one "
        "that the anchor file has."
    ),
}
CUT_OUT = _("%(place)s: receipts number %(first)s to %(last)s were cut out of the chain.")
DOES_NOT_FOLLOW = _("%(place)s: receipt number %(first)s does not follow from the one before it.")
TAIL_CUT = _(
    "%(place)s: receipts number %(first)s to %(last)s are gone, though the anchor file has them."
)
NO_FILE = _("The anchor file is gone. Bring it back from its copy; do not make a new one.")
FILE_BROKEN = _(
    "The anchor file was altered or cut at line %(line)s: it does not follow from the one before it."
)
NOT_ANCHORED = _(
    "%(place)s: receipt number %(first)s has no line in the anchor file, though it should long "
    "have had one."
)
TELL = _(
    "The verification of receipts found %(count)s faults in %(place)s. Look at them and find out "
    "who changed what; put nothing right before that is known."
)


@dataclass
class Tally:
    """What was looked at."""

    receipts: int = 0
    rows: int = 0


@dataclass
class Chain:
    """A county's receipts as they are gone through, with what the anchor file says of them."""

    county: str
    place: str
    anchored: dict[int, bytes]
    numbers: list[int] = field(default_factory=list)
    remade: int | None = None
    before: tuple[int, bytes, bool] = (0, GENESIS, True)

    def fault(self, kind: Kind, sentence: str, first: int, last: int | None = None) -> SealFinding:
        params = {"place": self.place, "first": first, "last": last}
        return _fault(kind, self.county, sentence, params, receipt_seq=first)


def verify() -> Verification:
    """Compare everything sealed with what is there; keeps and tells what is not the same."""
    verification, tally, anchors = Verification.objects.create(), Tally(), read_anchors()
    count = _keep(verification, _of_file(anchors))
    for county in _counties(anchors):
        with transaction.atomic():
            _hold(county)
            found = _keep(verification, _of_county(county, anchors, tally))
        _tell(verification, county, found)
        count += found
    Verification.objects.filter(pk=verification.pk).update(
        finished_at=Now(), receipts=tally.receipts, rows=tally.rows, findings_count=count
    )
    audit.record(
        "exchange.receipts.verified",
        by=None,
        target=verification,
        changes={"receipts": tally.receipts, "rows": tally.rows, "faults": count},
        succeeded=not count,
    )
    verification.refresh_from_db()
    return verification


def _counties(anchors: AnchorsRead) -> list[str]:
    sealed = set(Receipt.objects.values_list("county_code", flat=True).distinct())
    closed = set(Submission.objects.all().closed().values_list("county_code", flat=True))
    return sorted(sealed | closed | {anchor.county_code for anchor in anchors.anchors})


def _hold(county: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [COUNTY_LOCK, int(county)])


def _of_file(anchors: AnchorsRead) -> Iterator[SealFinding]:
    if anchors.broken_line is not None:
        yield _fault(Kind.ANCHOR_GONE, "", FILE_BROKEN, {"line": anchors.broken_line})
    if not anchors.exists and Receipt.objects.exists():
        yield _fault(Kind.ANCHOR_GONE, "", NO_FILE, {})


def _of_county(county: str, anchors: AnchorsRead, tally: Tally) -> Iterator[SealFinding]:
    place = str(Region.objects.filter(pk=county).first() or county)
    own = {a.seq: a.link for a in anchors.anchors if a.county_code == county}
    yield from _of_chain(Chain(county, place, own), anchors.exists, tally)
    months = Submission.objects.filter(county_code=county).closed()
    for submission in months.order_by("month", "book"):
        yield from _of_month(submission, place, tally)


def _of_chain(chain: Chain, file_exists: bool, tally: Tally) -> Iterator[SealFinding]:
    receipts = Receipt.objects.filter(county_code=chain.county).order_by("seq")
    for receipt in receipts.select_related("submission", "correction").iterator(AT_ONCE):
        tally.receipts += 1
        yield from _of_link(chain, receipt)
        if not _rows_are_as_sealed(receipt):
            yield _of_receipt(Kind.SEALED_ROWS_ALTERED, chain, receipt)
        if file_exists and _lacks_anchor(chain, receipt):
            yield chain.fault(Kind.ANCHOR_GONE, NOT_ANCHORED, receipt.seq)
    if chain.remade is not None:
        sentence = RECEIPT_SENTENCES[Kind.CHAIN_RECOMPUTED]
        yield chain.fault(Kind.CHAIN_RECOMPUTED, sentence, chain.remade)
    last, newest = chain.before[0], max(chain.anchored, default=0)
    if newest > last:
        yield chain.fault(Kind.TAIL_CUT, TAIL_CUT, last + 1, newest)


def _of_link(chain: Chain, receipt: Receipt) -> Iterator[SealFinding]:
    """A receipt and its place after the one before."""
    number, link, was_sound = chain.before
    own = bytes(receipt.link)
    is_sound = own == link_of(receipt) and receipt.code == code_of(own)
    if receipt.seq != number + 1:
        yield chain.fault(Kind.CHAIN_BROKEN, CUT_OUT, number + 1, receipt.seq - 1)
    elif is_sound and was_sound and bytes(receipt.prev) != link:
        yield chain.fault(Kind.CHAIN_BROKEN, DOES_NOT_FOLLOW, receipt.seq)
    if not is_sound:
        yield _of_receipt(Kind.RECEIPT_ALTERED, chain, receipt)
    elif chain.remade is None and chain.anchored.get(receipt.seq, own) != own:
        chain.remade = receipt.seq
    chain.before = (receipt.seq, own, is_sound)


def _lacks_anchor(chain: Chain, receipt: Receipt) -> bool:
    if receipt.seq in chain.anchored:
        return False
    is_old = receipt.sealed_at < timezone.now() - IN_TIME
    return is_old or receipt.seq < max(chain.anchored, default=0)


def _rows_are_as_sealed(receipt: Receipt) -> bool:
    digest = running()
    rows = receipt.sealed_rows.order_by("chapter", "row_key")
    names = ("chapter", "row_key", "version", "digest")
    for chapter, key, version, sealed in rows.values_list(*names).iterator(AT_ONCE):
        digest.update(digest_line(chapter, key, version, bytes(sealed)))
    return digest.digest() == bytes(receipt.lines_digest)


def _of_month(submission: Submission, place: str, tally: Tally) -> Iterator[SealFinding]:
    """The rows of a closed month beside what is sealed of them."""
    book = book_of(submission.book)
    differing = _differing(_sealed_rows(submission), _live_rows(book, submission, tally))
    astray = book.astray(submission.county_code, submission.month)
    faults = itertools.chain(
        ((key, kind, ROW_SENTENCES[kind]) for key, kind in differing),
        ((key, Kind.ROW_CHANGED, ASTRAY) for key in astray),
    )
    while some := list(itertools.islice(faults, AT_ONCE)):
        names = book.shown([key for key, *_rest in some])
        for key, kind, sentence in some:
            who = names.get(key)
            params = {
                "place": place,
                "month": f"{submission.month:%Y-%m}",
                "row": key[1],
                "who": who.who if who else "",
                "of": who.of if who else "",
            }
            yield _fault(
                kind,
                submission.county_code,
                sentence,
                params,
                month=submission.month,
                chapter=key[0],
                row_key=key[1],
            )


def _sealed_rows(submission: Submission) -> Iterator[tuple[RowKey, bytes]]:
    """The valid seal of every row: the month's newest submission, and the corrections since."""
    newest = submission.receipts.of_submissions().order_by("-seq").values("seq")[:1]
    rows = SealedRow.objects.filter(receipt__submission=submission, receipt__seq__gte=newest)
    ordered = rows.order_by("chapter", "row_key", "-receipt__seq").distinct("chapter", "row_key")
    for chapter, key, digest in ordered.values_list("chapter", "row_key", "digest").iterator(
        AT_ONCE
    ):
        yield (chapter, key), bytes(digest)


def _live_rows(book: Book, submission: Submission, tally: Tally) -> Iterator[tuple[RowKey, bytes]]:
    for chapter, key, _version, cells in book.lines(submission.county_code, submission.month, None):
        tally.rows += 1
        yield (chapter, key), sm3(canonical(chapter, key, cells))


def _differing(
    sealed: Iterator[tuple[RowKey, bytes]], live: Iterator[tuple[RowKey, bytes]]
) -> Iterator[tuple[RowKey, Kind]]:
    """Rows that are not the same on both sides; both are in the order of their keys."""
    left, right = next(sealed, None), next(live, None)
    while left is not None or right is not None:
        if left is not None and (right is None or left[0] < right[0]):
            yield left[0], Kind.ROW_GONE
            left = next(sealed, None)
        elif right is not None and (left is None or right[0] < left[0]):
            yield right[0], Kind.ROW_UNSEALED
            right = next(live, None)
        else:
            if left and right and left[1] != right[1]:
                yield left[0], Kind.ROW_CHANGED
            left, right = next(sealed, None), next(live, None)


def _of_receipt(kind: Kind, chain: Chain, receipt: Receipt) -> SealFinding:
    month = receipt.submission.month
    params = {"place": chain.place, "month": f"{month:%Y-%m}", "code": shown(receipt.code)}
    place = {"month": month, "receipt_seq": receipt.seq}
    return _fault(kind, chain.county, RECEIPT_SENTENCES[kind], params, **place)


def _fault(
    kind: Kind, county: str, sentence: str, params: dict[str, Any], **place: Any
) -> SealFinding:
    return SealFinding(kind=kind, county_code=county, sentence=sentence, params=params, **place)


def _keep(verification: Verification, found: Iterable[SealFinding]) -> int:
    """Store what was found, some at a time; returns how many."""
    count, rest = 0, iter(found)
    while some := list(itertools.islice(rest, AT_ONCE)):
        for fault in some:
            fault.verification = verification
        count += len(SealFinding.objects.bulk_create(some))
    return count


def _tell(verification: Verification, county: str, count: int) -> None:
    """Tell the auditors and the province, when the number is another than the time before."""
    before = Verification.objects.filter(pk__lt=verification.pk).order_by("-pk").first()
    known = before.findings.filter(county_code=county).count() if before else 0
    if not count or count == known:
        return
    place = str(Region.objects.filter(pk=county).first() or county)
    for permission in (Permission.READ_AUDIT, Permission.LOCK_LEDGER):
        notify(
            kind="seals",
            users=User.objects.holding(permission, county),
            sentence=TELL,
            params={"count": count, "place": place},
            url="/receipts/verification/",
            region_code=county,
        )
