"""Acts of an import: bring in a file, judge it, write it or stop it; or take rows without a file."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.contrib.postgres.functions import TransactionNow
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from core.access import scope_of
from core.models import User
from core.rules import say
from exchange import jobs
from exchange.causes import Cause, cause_of
from exchange.files import FileRefused, Limits, preflight
from exchange.files.cells import clean
from exchange.imports import staging, undoing
from exchange.imports.advice import Advice
from exchange.imports.history import record
from exchange.imports.kinds import ImportKind, Incoming, kind_of
from exchange.imports.lines import LineKind
from exchange.imports.matching import remembered
from exchange.imports.mending import held_roster, mends_of
from exchange.imports.moves import FAILED, WAITING, ImportNotPossible, ask_for, move_on
from exchange.imports.reading import ColumnsUnmatched, Roster, read_roster
from exchange.imports.staging import READ_BEFORE_UPGRADE, Judged
from exchange.models import ImportBatch
from exchange.submissions.closing import told

# The acts of this module in words, as the audit trail shows them.
ACTS = (
    gettext_noop("import brought in"),
    gettext_noop("import judged"),
    gettext_noop("import confirmed"),
    gettext_noop("import stopped"),
    gettext_noop("import tried again"),
    gettext_noop("import written"),
    gettext_noop("import taken out"),
)

NOT_ENTITLED = gettext_noop(
    "You may no longer bring in rosters for this region. Nothing was written."
)
NOTHING_TO_WRITE = gettext_noop(
    "Every row is held back, so there is nothing to write. Mend the file first."
)
MENDED_SINCE = gettext_noop(
    "Rows were mended since the last check. Let them be checked again before anything is written."
)
FILE_GONE = gettext_noop("The uploaded file is no longer there. Bring it in again.")
NOT_BROKEN_OFF = gettext_noop(
    "Only an import whose reading broke off, and may succeed another time, can be tried again."
)
# The work ended by one of these; what was refused otherwise would be refused again.
MAY_PASS = {READ_BEFORE_UPGRADE, *(cause.sentence for cause in Cause if cause.can_pass)}


def folder() -> Path:
    path: Path = settings.FILES_DIR / "imports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def stored_path(batch: ImportBatch) -> Path:
    return folder() / batch.stored_as


def bring_in(
    *,
    file: IO[bytes],
    name: str,
    kind: ImportKind,
    region_code: str,
    options: dict[str, Any],
    by: User | None,
) -> ImportBatch:
    """Keep an uploaded file and ask for it to be read and judged.

    A file that is refused at the door leaves nothing but the attempt: a failed
    import with its sentence. Raises PermissionError outside the user's scope; `by` is
    None for who works at the server itself.
    """
    if not is_entitled(by, region_code, kind):
        raise PermissionError
    batch = ImportBatch(
        kind=kind.key,
        step=ImportBatch.Step.JUDGE,
        original_name=Path(name).name[-255:],
        stored_as=uuid.uuid4().hex,
        region_code=region_code,
        options=options,
        requested_by=by,
        office=by.office if by else None,
    )
    path = stored_path(batch)
    try:
        _receive(batch, file, path)
        with transaction.atomic():
            batch.save()
            facts = {"name": batch.original_name, "sha256": batch.sha256}
            record(batch, "brought_in", by=by, changes=facts)
            if batch.state == ImportBatch.State.QUEUED:
                jobs.send(batch)
    except BaseException:
        path.unlink(missing_ok=True)  # no row names it
        raise
    return batch


def _receive(batch: ImportBatch, file: IO[bytes], path: Path) -> None:
    """Keep the upload and look at it; one that cannot be had fails the batch and leaves nothing."""
    try:
        batch.size, batch.sha256 = _keep(file, path)
        preflight(path, name=batch.original_name, limits=Limits())
        return
    except FileRefused as refusal:
        batch.error, batch.error_params = refusal.sentence, refusal.facts
    except OSError as trouble:
        if cause_of(trouble) is not Cause.DISK_FULL:
            raise
        batch.size = 0
        batch.error, batch.error_params = jobs.as_told(Cause.DISK_FULL, batch).values()
    path.unlink(missing_ok=True)
    batch.state = ImportBatch.State.FAILED


def _keep(file: IO[bytes], path: Path) -> tuple[int, str]:
    """Write the upload to its place; its size and SHA-256. Stops just above the limit."""
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as kept:
        path.chmod(0o600)
        while size <= Limits().max_bytes and (part := file.read(1 << 20)):
            kept.write(part)
            digest.update(part)
            size += len(part)
        kept.flush()
        os.fsync(kept.fileno())  # before a row says that the file is there
    return size, digest.hexdigest()


def is_entitled(user: User | None, region_code: str, kind: ImportKind) -> bool:
    return user is None or scope_of(user, kind.permission).covers(region_code)


@jobs.runs(ImportBatch)
def work(batch: ImportBatch, progress: jobs.Progress) -> None:
    """What a worker does with an import: judge, write or take back. Looks at the rights again."""
    if batch.step == ImportBatch.Step.UNDO:
        undoing.undo_batch(batch)
        return
    user = batch.requested_by
    if not is_entitled(user, batch.region_code, kind_of(batch.kind)):
        raise jobs.JobRefused(NOT_ENTITLED)
    if batch.step == ImportBatch.Step.JUDGE:
        judge_batch(batch, progress)
    elif batch.step == ImportBatch.Step.MEND:
        mend_batch(batch, user)
    else:
        write_batch(batch, user)


def judge_batch(batch: ImportBatch, progress: jobs.Progress) -> None:
    """Read and judge a batch's file and stage its rows, all in one transaction."""
    path = stored_path(batch)
    if not path.exists():
        raise jobs.JobRefused(FILE_GONE)
    try:
        judged = judge_file(
            path,
            name=batch.original_name,
            kind=kind_of(batch.kind),
            region_code=batch.region_code,
            progress=progress,
            advice=Advice(remembered(batch), batch.given, mends_of(batch)),
        )
    except FileRefused as refusal:
        path.unlink()
        raise jobs.JobRefused(refusal.sentence, **refusal.facts) from refusal
    except ColumnsUnmatched as refusal:
        ask_for_columns(batch, refusal)
        return
    with jobs.ending(batch) as values:
        staging.clear(batch)
        staging.stage(batch, judged)
        values |= {
            "state": ImportBatch.State.WAITING,
            "people": judged.people,
            "accepted": len(judged.accepted),
            "held": len(judged.held),
            "not_data": judged.roster.not_data,
            "repairs": dict(judged.roster.reading.repairs + judged.roster.reading.tidied),
            "sheets": [sheet.report() for sheet in judged.roster.sheets],
        }
        counts = {"accepted": len(judged.accepted), "held": len(judged.held)}
        record(batch, "judged", by=batch.requested_by, changes=counts)


def ask_for_columns(batch: ImportBatch, refusal: ColumnsUnmatched) -> None:
    """Let the import wait until its user has said which column is which."""
    with jobs.ending(batch) as values:
        staging.clear(batch)
        values |= dict.fromkeys(("people", "accepted", "held", "not_data"))
        values |= {
            "state": ImportBatch.State.WAITING,
            "step": ImportBatch.Step.MATCH,
            "error": refusal.sentence,
            "error_params": refusal.params,
            "sheets": [sheet.report() for sheet in refusal.sheets],
        }


def judge_file(
    path: Path,
    *,
    name: str,
    kind: ImportKind,
    region_code: str,
    progress: jobs.Progress | None,
    advice: Advice | None = None,
) -> Judged:
    """Read and judge a file and write nothing. Raises FileRefused or JobRefused."""
    report = progress.report if progress else lambda done, total: None
    roster = read_roster(
        path, name=name, kind=kind, region_code=region_code, report=report, advice=advice
    )
    return staging.judge(roster)


def confirm(batch: ImportBatch, *, by: User | None) -> None:
    """Let the accepted rows be written; the held ones stay behind as a list."""
    if not batch.accepted:
        raise ImportNotPossible(NOTHING_TO_WRITE)
    if not staging.fits(batch):
        raise ImportNotPossible(READ_BEFORE_UPGRADE)
    if batch.mends.filter(is_checked=False).exists():
        raise ImportNotPossible(MENDED_SINCE)
    with transaction.atomic():
        ask_for(batch, ImportBatch.Step.WRITE)
        record(batch, "confirmed", by=by, changes={"accepted": batch.accepted, "held": batch.held})


def stop(batch: ImportBatch, *, by: User) -> None:
    """Give an import up before anything is written."""
    with transaction.atomic():
        move_on(batch, {"state": ImportBatch.State.STOPPED, "finished_at": Now()})
        staging.clear_rows(batch)
        record(batch, "stopped", by=by, changes={})


def can_try_again(batch: ImportBatch) -> bool:
    """Whether reading once more would help, and the file is still there.

    It would if reading broke off by a cause that can pass, or was done before an upgrade.
    """
    is_of_before = batch.state == ImportBatch.State.WAITING and not staging.fits(batch)
    has_failed = batch.state == ImportBatch.State.FAILED and batch.error in MAY_PASS
    return (is_of_before or has_failed) and stored_path(batch).exists()


def try_again(batch: ImportBatch, *, by: User) -> None:
    """Let the kept file be read and judged once more.

    Raises PermissionError outside the user's scope, ImportNotPossible when that would not
    help, the file is gone, or somebody was faster.
    """
    if not is_entitled(by, batch.region_code, kind_of(batch.kind)):
        raise PermissionError
    if not can_try_again(batch):
        raise ImportNotPossible(NOT_BROKEN_OFF)
    with transaction.atomic():
        ask_for(batch, ImportBatch.Step.JUDGE, where=FAILED | WAITING)
        record(batch, "tried_again", by=by, changes={})


def write_batch(batch: ImportBatch, user: User | None) -> None:
    """Write a batch's accepted rows and end the job: one transaction, all or nothing."""
    if not staging.fits(batch):
        raise jobs.JobRefused(READ_BEFORE_UPGRADE)
    kind = kind_of(batch.kind)
    with told(), jobs.ending(batch) as values:
        staging.open_incoming(kind, batch)
        incoming = Incoming(batch.region_code, batch.options, batch)
        written = kind.write(incoming, by=user)
        batch.pages.all().delete()
        record(batch, "written", by=user, changes={"written": written, "accepted": batch.accepted})
        values |= {"state": ImportBatch.State.DONE, "written": written, "finished_at": Now()}
        values["written_at"] = TransactionNow()


def mend_batch(batch: ImportBatch, user: User | None) -> None:
    """Judge the held rows as they were mended and write those that pass: all or nothing."""
    kind = kind_of(batch.kind)
    roster, left_out = held_roster(batch)
    judged = staging.judge(roster)
    with told(), jobs.ending(batch) as values:
        staging.clear_held(batch)
        staging.stage(batch, judged)
        staging.open_incoming(kind, batch)
        written = kind.write(Incoming(batch.region_code, batch.options, batch), by=user)
        batch.pages.all().delete()
        record(
            batch,
            "written",
            by=user,
            changes={"written": written, "accepted": len(judged.accepted)},
        )
        accepted = (batch.accepted or 0) + len(judged.accepted)
        values |= {
            "state": ImportBatch.State.DONE,
            "people": accepted + len(judged.held),
            "accepted": accepted,
            "held": len(judged.held),
            "not_data": (batch.not_data or 0) + left_out.total(),
            "written": (batch.written or 0) + written,
            "sheets": with_left_out(batch.sheets, left_out),
            "finished_at": Now(),
        }


def with_left_out(sheets: list[dict[str, Any]], left_out: Counter[int]) -> list[dict[str, Any]]:
    """The reports of sheets, with the rows that were left out by hand meanwhile."""
    for sheet in sheets:
        if left_out[sheet["number"]]:
            passed = sheet["passed"].setdefault(LineKind.LEFT_OUT, [0, []])
            passed[0] += left_out[sheet["number"]]
    return sheets


def judge_rows(
    kind: ImportKind,
    region_code: str,
    rows: Iterable[Mapping[str, str]],
    *,
    stored: Sequence[int | None] = (),
    lines: Sequence[int] = (),
    without: Collection[str] = (),
    more: Mapping[str, list[Any]] | None = None,
) -> Judged:
    """Judge rows typed on a page or sent by a program as a file's rows are judged.

    Each row maps column names to text; a row's line is its place, counted from 1. `stored`
    gives the key of each row that is on file and judged again, so that it does not speak
    against itself; `lines` are what sentences call the rows where they stand elsewhere.
    `without` are the keys of rules that are not asked, `more` are columns beside those of the
    kind, for rules that know of them.
    """
    if without:
        kind = replace(kind, rules=tuple(rule for rule in kind.rules if rule.key not in without))
    roster = Roster.empty(kind, region_code)
    given = [dict(row) for row in rows]
    cells = {c.name: [clean(row.get(c.name) or "") for row in given] for c in kind.columns}
    roster.add(0, list(range(1, len(given) + 1)), cells)
    roster.batch.columns["stored"] = list(stored) or [None] * len(given)
    roster.batch.columns["line"] = list(lines) or roster.line
    roster.batch.columns |= more or {}
    return staging.judge(roster)


@transaction.atomic
def take_rows(judged: Judged, *, options: dict[str, Any], by: User) -> int:
    """Write judged rows that came without a file; returns how many are new.

    Raises ImportNotPossible when a mandatory finding holds any of them.
    """
    if judged.held:
        raise ImportNotPossible(ROWS_HELD)
    kind = judged.roster.kind
    lines = (f"{line}\n" for _rows, some in staging.clean_lines(judged) for line in some)
    staging.fill_incoming(kind, [lines])
    try:
        with told():
            return kind.write(Incoming(judged.roster.batch.region_code, options), by=by)
    except jobs.JobRefused as refusal:
        raise ImportNotPossible(say(refusal.sentence, refusal.params)) from refusal


ROWS_HELD = gettext_noop("Some rows cannot be taken. Mend them first.")
