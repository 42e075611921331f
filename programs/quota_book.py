"""Acts upon quota documents: drawn up, filled with lines, named after a paper, issued.

Issuing is the only way in which quotas move. PostgreSQL adds a document's lines up when its
state turns, and its checks have the last word; what they would refuse is told beforehand.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import IO, Any

import psycopg2
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Sum
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from core import audit
from core.models import User
from core.rules import Severity
from core.troubles import beneath
from exchange import evidence
from exchange.jobs import JobRefused
from programs.announcing import tell_of
from programs.judging_quotas import findings_of
from programs.models import Plan, QuotaDocument, QuotaLine
from programs.services import QuotaTrouble, entitled

# The acts of this module in words, as the audit trail shows them.
ACTS = (
    gettext_noop("quota document drawn up"),
    gettext_noop("quota document changed"),
    gettext_noop("quota document issued"),
    gettext_noop("quota document dropped"),
    gettext_noop("quota document attachment opened"),
)
State = QuotaDocument.State

CHANGED = gettext_noop(
    "Somebody has changed this document meanwhile. Look at it again and repeat what you did."
)
MOVED = gettext_noop(
    "Another document has moved these quotas meanwhile. Look at what is left now and try again."
)
ISSUED_ONCE = gettext_noop(
    "A document of this number and date has been issued for the plan already. Check the number."
)
NO_ATTACHMENT = gettext_noop("Attach a PDF, JPEG or PNG file of 20 MB at most.")
# What the database says when somebody else was faster, by the name of its constraint.
REFUSALS = {
    "quota_amount_not_negative": MOVED,
    "children_never_exceed_the_parent": MOVED,
    "years_never_exceed_the_phase": MOVED,
    "issued_documents_stay": CHANGED,
    "a_document_is_issued_once": ISSUED_ONCE,
}

# Quotas that the lines name and nobody holds yet; what lies above is made first.
MISSING_QUOTAS = """
INSERT INTO programs_quota (plan_id, program_id, region_code, listed_apart, parent_id, amount,
    allotted, scheduled, version, changed_at)
SELECT document.plan_id, line.program_id, line.region_code, line.listed_apart, (
    SELECT above.id FROM programs_quota AS above
    WHERE above.plan_id = document.plan_id AND above.program_id = line.program_id
        AND above.region_code = region.parent_id
        AND (line.listed_apart OR NOT above.listed_apart)
    ORDER BY above.listed_apart DESC LIMIT 1), 0, 0, 0, 1, clock_timestamp()
FROM programs_quotaline AS line
JOIN programs_quotadocument AS document ON document.id = line.document_id
JOIN core_region AS region ON region.code = line.region_code
WHERE document.id = %(document)s AND length(line.region_code) = %(length)s
ORDER BY line.program_id, line.region_code, line.listed_apart
ON CONFLICT (plan_id, program_id, region_code, listed_apart) DO NOTHING
"""
LINES_NAME_QUOTAS = """
UPDATE programs_quotaline AS line SET quota_id = quota.id
FROM programs_quotadocument AS document, programs_quota AS quota
WHERE line.document_id = %(document)s AND document.id = line.document_id
    AND quota.plan_id = document.plan_id AND quota.program_id = line.program_id
    AND quota.region_code = line.region_code AND quota.listed_apart = line.listed_apart
"""
LENGTHS = (2, 4, 6)


@dataclass(frozen=True)
class Line:
    """A line to be written: what a place gains or loses of a program; 0 takes the line off."""

    region_code: str
    program: str
    change: int
    listed_apart: bool = False


@dataclass(frozen=True)
class Paper:
    """What a document says of itself; the number may wait until it is issued."""

    number: str = ""
    dated: datetime.date | None = None
    issuer: str = ""
    title: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Attached:
    """The scanned document, and the name of its file."""

    file: IO[bytes]
    name: str


@transaction.atomic
def draw_up(
    *, plan: Plan, region_code: str, kind: str, paper: Paper | None = None, by: User | None
) -> QuotaDocument:
    """Begin a document that a region moves quotas of a plan with; it moves nothing yet.

    Raises PermissionError where `by` (None: at the server) may not allot in the region.
    """
    entitled(by, region_code)
    document = QuotaDocument.objects.create(
        plan=plan, region_code=region_code, kind=kind, made_by=by, **asdict(paper or Paper())
    )
    _record("drawn_up", document, by, {"kind": kind})
    return document


@transaction.atomic
def put_lines(
    *, document: QuotaDocument, lines: Sequence[Line], version: int, by: User | None
) -> None:
    """Write lines into a draft, each over the one that names the same quota.

    `version` is that of the document as it was seen. Raises QuotaTrouble.
    """
    entitled(by, document.region_code)
    _claim(document, version)
    rows = {(line.program, line.region_code, line.listed_apart): line for line in lines}
    old = QuotaLine.objects.filter(document=document)
    named = old.values_list("program_id", "region_code", "listed_apart", "pk")
    old.filter(pk__in=[pk for *key, pk in named if tuple(key) in rows]).delete()
    QuotaLine.objects.bulk_create(
        QuotaLine(
            document=document,
            region_code=line.region_code,
            program_id=line.program,
            listed_apart=line.listed_apart,
            change=line.change,
        )
        for line in rows.values()
        if line.change
    )
    _record("changed", document, by, {"rows": len(rows)})


def name_paper(
    *,
    document: QuotaDocument,
    paper: Paper,
    version: int,
    attached: Attached | None = None,
    by: User | None,
) -> None:
    """Say which paper a draft is; a new attachment replaces the old one."""
    entitled(by, document.region_code)
    with _kept(attached) as columns, transaction.atomic():
        replaced = document.attachment_stored_as if attached else ""
        _claim(document, version, **asdict(paper), **columns)
        if replaced:
            transaction.on_commit(evidence.path_of(replaced).unlink)
        _record("changed", document, by, {"document": paper.number})


def issue(*, document: QuotaDocument, version: int | None = None, by: User | None) -> QuotaDocument:
    """Let a document move its quotas; from then on it stays as it is.

    With a `version`, it must still be the document's. Raises QuotaTrouble, about the first
    place that a rule speaks against, and PermissionError; nothing has moved then.
    """
    entitled(by, document.region_code)
    with _told(), transaction.atomic():
        _claim(document, document.version if version is None else version)
        blocking = [f for f in findings_of(document) if f.severity == Severity.BLOCK]
        for found in blocking[:1]:
            line = list(document.lines.all())[found.row] if found.row >= 0 else QuotaLine()
            where = {"region_code": line.region_code, "program": line.program_id or ""}
            raise QuotaTrouble(found.sentence, **where, **found.params)
        _name_quotas(document)
        turned = {"state": State.ISSUED, "issued_by": by, "issued_at": Now()}
        QuotaDocument.objects.filter(pk=document.pk).update(**turned)
        document.refresh_from_db()
        moved = document.lines.aggregate(sum=Sum("change"))["sum"]
        facts = {"rows": document.lines.count(), "amount": moved, "document": document.number}
        _record("issued", document, by, facts)
        tell_of(document)
    return document


@transaction.atomic
def drop(*, document: QuotaDocument, version: int, by: User | None) -> None:
    """Give a draft up, with its lines and its attachment."""
    entitled(by, document.region_code)
    _claim(document, version)
    stored = document.attachment_stored_as
    _record("dropped", document, by, {"document": document.number})
    document.delete()
    if stored:
        transaction.on_commit(evidence.path_of(stored).unlink)


def open_attachment(document: QuotaDocument, *, by: User) -> tuple[str, IO[bytes]]:
    """The attachment's name and file, for somebody who may see the document; written down."""
    _record("attachment_opened", document, by, {"sha256": document.attachment_sha256})
    return document.attachment_name, evidence.path_of(document.attachment_stored_as).open("rb")


def _claim(document: QuotaDocument, version: int, **values: Any) -> None:
    """Write to the draft as it was seen; nobody else does until the transaction ends."""
    seen = QuotaDocument.objects.filter(pk=document.pk, version=version, state=State.DRAFT)
    if seen.update(version=F("version") + 1, **values) != 1:
        raise QuotaTrouble(CHANGED)
    document.refresh_from_db()


def _name_quotas(document: QuotaDocument) -> None:
    with connection.cursor() as cursor:
        for length in LENGTHS:
            cursor.execute(MISSING_QUOTAS, {"document": document.pk, "length": length})
        cursor.execute(LINES_NAME_QUOTAS, {"document": document.pk})


@contextmanager
def _told() -> Iterator[None]:
    """Around the outermost transaction of an issue: the database's refusal becomes a sentence."""
    try:
        yield
    except IntegrityError as trouble:
        refused = [each for each in beneath(trouble) if isinstance(each, psycopg2.Error)]
        sentence = REFUSALS.get((refused[0].diag.constraint_name or "") if refused else "")
        if sentence is None:
            raise
        raise QuotaTrouble(sentence) from trouble


@contextmanager
def _kept(attached: Attached | None) -> Iterator[dict[str, Any]]:
    """Keep the attachment for the act within; what a row says of it. It goes if the act fails."""
    if attached is None:
        yield {}
        return
    try:
        kept = evidence.keep(attached.file, attached.name, otherwise=NO_ATTACHMENT)
    except JobRefused as refusal:
        raise QuotaTrouble(refusal.sentence, **refusal.params) from refusal
    try:
        yield {f"attachment_{part}": value for part, value in asdict(kept).items()}
    except BaseException:
        evidence.path_of(kept.stored_as).unlink(missing_ok=True)
        raise


def _record(act: str, document: QuotaDocument, by: User | None, facts: dict[str, Any]) -> None:
    audit.record(
        f"programs.quota_document.{act}",
        by=by,
        target=document,
        region_code=document.region_code,
        changes=facts,
    )
