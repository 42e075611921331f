"""Corrections: one row of a locked month is changed, by request of the county and decision above.

Who asks shows why, by a file. Who decides is somebody else, of the level that accepts the
county's months; the change, its receipt and what it does to the figures are one transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_noop

from core import audit
from core.access import Permission
from core.models import User
from core.rules import Finding
from core.sealing import mask_id_number, mask_phone, unseal
from core.sealing import seal as sealed
from exchange import evidence
from exchange.imports.undoing import sound_reason
from exchange.jobs import JobRefused
from exchange.models import Correction, Submission
from exchange.notices import notify
from exchange.submissions import duties
from exchange.submissions.books import CORRECTED_CELLS, RowKey, book_of
from exchange.submissions.closing import hold, told
from exchange.submissions.forbidding import LEFT_ITS_MONTH, refuse_forbidden
from exchange.submissions.sealing import seal

# The acts of this module in words, as the audit trail shows them.
ACTS = (
    gettext_noop("correction asked"),
    gettext_noop("correction applied"),
    gettext_noop("correction refused"),
    gettext_noop("correction withdrawn"),
    gettext_noop("correction opened"),
)
State = Correction.State
MASKS: dict[str, Callable[[str], str]] = {"id_number": mask_id_number, "phone": mask_phone}

NOT_LOCKED = gettext_noop("Only a row of a locked month is corrected by request.")
CHANGED_SINCE = gettext_noop("The row was changed meanwhile. Load the page again.")
NOTHING_CHANGED = gettext_noop("Nothing differs from what the ledger says already.")
ASKED_ALREADY = gettext_noop("A correction of this row waits for a decision already.")
NO_EVIDENCE = gettext_noop("Show by a PDF, JPEG or PNG file of 20 MB at most why the row is wrong.")
OWN_REQUEST = gettext_noop("You asked for this correction yourself. Somebody else must decide.")
DECIDED = gettext_noop("This correction was decided or withdrawn meanwhile. Load the page again.")
TOLD_OF_REQUEST = gettext_noop("A correction of %(month)s waits for your decision.")
TOLD_OF_DECISION = {
    State.APPLIED: gettext_noop("A correction of %(month)s was applied."),
    State.REFUSED: gettext_noop("A correction of %(month)s was refused: %(decision)s"),
}


def ask(
    *,
    submission: Submission,
    kind: Correction.Kind,
    row: tuple[str, int | None],
    row_version: int | None,
    cells: Mapping[str, str],
    reason: str,
    file: IO[bytes] | None,
    name: str,
    by: User,
) -> Correction:
    """Ask for one row of a locked month to be changed or withdrawn, or for one to be added.

    `cells` are the changed ones, or all of a new row whose key and version are None, as a
    roster writes them. Raises PermissionError outside the user's scope, JobRefused with what
    is missing, RulesForbid with what rules say against it.
    """
    if not duties.may_enter(by, submission.county_code):
        raise PermissionError
    if submission.state != Submission.State.LOCKED:
        raise JobRefused(NOT_LOCKED)
    changes = {} if kind == Correction.Kind.WITHDRAW else dict(cells)
    chapter, key = row
    if kind == Correction.Kind.CHANGE and not changes:
        raise JobRefused(NOTHING_CHANGED)
    if key is not None:
        _unchanged(submission, (chapter, key), row_version)
    correction = Correction(
        submission=submission,
        county_code=submission.county_code,
        kind=kind,
        chapter=chapter,
        row_key=key,
        row_version=row_version,
        cells=sealed(json.dumps(changes, ensure_ascii=False), CORRECTED_CELLS),
        reason=sound_reason(reason),
        asked_by=by,
    )
    refuse_forbidden(findings_of(correction))
    for column, value in _kept(file, name).items():
        setattr(correction, column, value)
    try:
        with transaction.atomic():
            correction.save()
            _record("asked", correction, by, {"reason": correction.reason})
            _tell_those_who_decide(correction)
    except BaseException as trouble:
        _path(correction).unlink(missing_ok=True)  # no row names it
        if isinstance(trouble, IntegrityError):
            raise JobRefused(ASKED_ALREADY) from None
        raise
    return correction


def findings_of(correction: Correction) -> Sequence[Finding]:
    """What rules say of what is asked, as things stand now. Raises JobRefused as `ask` does."""
    return book_of(correction.submission.book).judge_correction(correction)


def _unchanged(submission: Submission, row: RowKey, version: int | None) -> None:
    lines = book_of(submission.book).lines(submission.county_code, submission.month, {row})
    if [line[2] for line in lines] != [version]:
        raise JobRefused(CHANGED_SINCE)


def _kept(file: IO[bytes] | None, name: str) -> dict[str, Any]:
    """Keep the evidence; what a row says of it."""
    kept = evidence.keep(file, name, otherwise=NO_EVIDENCE)
    return {f"evidence_{part}": value for part, value in asdict(kept).items()}


def _path(correction: Correction) -> Path:
    return evidence.path_of(correction.evidence_stored_as)


def open_evidence(correction: Correction, *, by: User) -> tuple[str, IO[bytes]]:
    """The evidence's name and file, for somebody who may see the ledger; it is written down."""
    _record("opened", correction, by, {"sha256": correction.evidence_sha256})
    return correction.evidence_name, _path(correction).open("rb")


def approve(*, correction: Correction, version: int, by: User, decision: str = "") -> None:
    """Do what was asked: the row, its receipt and the figures' trace, or nothing.

    Raises PermissionError for whom it is not the turn of, JobRefused when somebody was
    faster, the row is another by now, or a mandatory rule speaks against it.
    """
    _may_decide(correction, by)
    submission = correction.submission
    with told(), transaction.atomic():
        hold(correction.county_code)
        _move(correction, version, State.APPROVED, by, decision)
        applied = book_of(submission.book).apply(correction, by)
        _still_in_its_month(submission, applied.row)
        done = Correction.objects.filter(pk=correction.pk, state=State.APPROVED)
        _chapter, key = applied.row
        done.update(state=State.APPLIED, row_key=key, before=applied.before, after=applied.after)
        correction.refresh_from_db()
        seal(submission=submission, by=by, correction=correction, rows={applied.row})
        _record("applied", correction, by, {})
        _tell_who_asked(correction)


def refuse(*, correction: Correction, version: int, by: User, decision: str) -> None:
    """Leave the row as it is, and say why."""
    _may_decide(correction, by)
    decision = sound_reason(decision)
    with transaction.atomic():
        _move(correction, version, State.REFUSED, by, decision)
        _record("refused", correction, by, {"reason": decision})
        _tell_who_asked(correction)


@transaction.atomic
def withdraw(*, correction: Correction, version: int, by: User) -> None:
    """The county no longer asks for it."""
    if not duties.may_enter(by, correction.county_code):
        raise PermissionError
    asked = Correction.objects.filter(pk=correction.pk, version=version, state=State.ASKED)
    if asked.update(state=State.WITHDRAWN, version=F("version") + 1) != 1:
        raise JobRefused(DECIDED)
    correction.refresh_from_db()
    _record("withdrawn", correction, by, {})


def cells_of(correction: Correction) -> list[tuple[str, str, str]]:
    """(column, before, after) as it may be shown; before the decision only what is asked for."""
    if correction.state == State.APPLIED:
        before, after = correction.before or {}, correction.after or {}
        return [(n, before.get(n) or "", after.get(n) or "") for n in before | after]
    asked = json.loads(unseal(correction.cells, CORRECTED_CELLS) or "{}")
    (told,) = book_of(correction.submission.book).worded([asked])
    return [(name, "", MASKS.get(name, str)(text or "")) for name, text in told.items()]


def _may_decide(correction: Correction, by: User) -> None:
    if not duties.may_accept(by, correction.county_code):
        raise PermissionError
    if correction.asked_by_id == by.pk:
        raise JobRefused(OWN_REQUEST)


def _move(correction: Correction, version: int, to: str, by: User, decision: str) -> None:
    asked = Correction.objects.filter(pk=correction.pk, version=version, state=State.ASKED)
    decided = {"decided_by": by, "decided_at": Now(), "decision": decision[:300]}
    if asked.update(state=to, version=F("version") + 1, **decided) != 1:
        raise JobRefused(DECIDED)
    correction.refresh_from_db()


def _still_in_its_month(month: Submission, row: RowKey) -> None:
    """A row that left its month would leave a seal without a row behind."""
    if not any(book_of(month.book).lines(month.county_code, month.month, {row})):
        raise JobRefused(LEFT_ITS_MONTH)


def _tell_those_who_decide(correction: Correction) -> None:
    deciding = Permission.ACCEPT_LEDGER
    if duties.is_straight_under_the_province(correction.county_code):
        deciding = Permission.LOCK_LEDGER
    users = User.objects.holding(deciding, correction.county_code)
    _tell(correction, users, TOLD_OF_REQUEST)


def _tell_who_asked(correction: Correction) -> None:
    _tell(correction, [correction.asked_by], TOLD_OF_DECISION[State(correction.state)])


def _tell(correction: Correction, users: Any, sentence: str) -> None:
    notify(
        kind="correction",
        users=users,
        sentence=sentence,
        params={"month": f"{correction.submission.month:%Y-%m}", "decision": correction.decision},
        url=reverse("exchange:correction", args=[correction.public_id]),
        region_code=correction.county_code,
    )


def _record(act: str, correction: Correction, by: User, facts: dict[str, Any]) -> None:
    month = f"{correction.submission.month:%Y-%m}"
    audit.record(
        f"exchange.correction.{act}",
        by=by,
        target=correction,
        region_code=correction.county_code,
        changes={"month": month} | facts,
    )
