"""Taking an import back after it was written: as a whole, with a reason, while nothing rests on it."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from core.access import Permission, scope_of
from core.models import User
from exchange import jobs
from exchange.imports.history import record
from exchange.imports.kinds import Undo, kind_of
from exchange.jobs import JobRefused
from exchange.models import ImportBatch
from exchange.submissions.closing import told

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("import called back"), gettext_noop("import taken back"))

MOVING = {ImportBatch.State.QUEUED, ImportBatch.State.RUNNING}
SHORTEST_REASON, LONGEST_REASON = 4, 300
NUMBER = re.compile(r"[0-9]{11}")

NO_WAY_BACK = gettext_noop(
    "Imports of this kind cannot be taken back. Bring in the right figures: they replace the wrong ones."
)
NOT_WRITTEN = gettext_noop("This import wrote no rows, so there is nothing to take back.")
NO_LONGER_THERE = gettext_noop(
    "This import was taken back already, or is being worked on. Load the page again."
)
NOT_ENTITLED = gettext_noop("You may no longer take back imports of this region.")
REASON_LENGTH = gettext_noop("Give a reason of %(shortest)s to %(longest)s characters.")
REASON_WITHOUT_NUMBERS = gettext_noop("Leave ID and phone numbers out of the reason.")

# What else may stand in the way of taking an import back, such as a period that was
# submitted: an app that knows of it adds a function when it starts.
obstacles: list[Callable[[ImportBatch], JobRefused | None]] = []


def may_take_back(batch: ImportBatch, user: User | None) -> bool:
    """Whether the user may bring in the kind there, or reviews what the region entered."""
    if user is None:
        return False
    needed = (kind_of(batch.kind).permission, Permission.REVIEW_LEDGER)
    return any(scope_of(user, each).covers(batch.region_code) for each in needed)


def sound_reason(text: str) -> str:
    """The reason as it is kept. Raises JobRefused: it is too short or long, or holds a number."""
    reason = " ".join(text.split())
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise JobRefused(REASON_LENGTH, shortest=SHORTEST_REASON, longest=LONGEST_REASON)
    if NUMBER.search(reason):
        raise JobRefused(REASON_WITHOUT_NUMBERS)
    return reason


def hindrance(batch: ImportBatch) -> JobRefused | None:
    """What keeps a written import from being taken back, None for nothing."""
    undo = kind_of(batch.kind).undo
    if undo is None:
        return JobRefused(NO_WAY_BACK)
    if not batch.written:
        return JobRefused(NOT_WRITTEN)
    found = (obstacle(batch) for obstacle in (*obstacles, undo.hindrance))
    return next((refusal for refusal in found if refusal), None)


def refusal_of(batch: ImportBatch) -> JobRefused | None:
    """Why the import cannot be asked back now, None when it can."""
    if batch.state in {ImportBatch.State.UNDONE, *MOVING}:
        return JobRefused(NO_LONGER_THERE)
    if batch.state != ImportBatch.State.DONE:
        return JobRefused(NOT_WRITTEN)
    return hindrance(batch)


def take_back(batch: ImportBatch, *, by: User, reason: str) -> None:
    """Ask for a written import to be taken back by a worker.

    Raises PermissionError outside the user's scope, JobRefused with a sentence when
    something stands in the way or the reason is none.
    """
    if not may_take_back(batch, by):
        raise PermissionError
    reason = sound_reason(reason)
    with transaction.atomic():
        if refusal := refusal_of(batch):
            raise refusal
        _queue(batch, by, reason)
        record(batch, "called_back", by=batch.undone_by, changes={"reason": reason})
        jobs.send(batch)


def _queue(batch: ImportBatch, by: User, reason: str) -> None:
    """From written to being taken back, once, whoever else tries."""
    written = ImportBatch.objects.filter(pk=batch.pk, state=ImportBatch.State.DONE)
    asked = written.update(
        state=ImportBatch.State.QUEUED,
        step=ImportBatch.Step.UNDO,
        attempt=0,
        error="",
        error_params={},
        undone_by=by,
        undo_reason=reason,
    )
    if asked != 1:
        raise JobRefused(NO_LONGER_THERE)
    batch.refresh_from_db()


def undo_batch(batch: ImportBatch) -> None:
    """What a worker does: delete what the import wrote, or nothing. Looks at everything again."""
    if not may_take_back(batch, batch.undone_by):
        raise JobRefused(NOT_ENTITLED)
    with told(), jobs.ending(batch) as values:
        gone = _held_and_free(batch).remove(batch)
        rows = {model._meta.label_lower: number for model, number in gone.items()}
        changes = {"reason": batch.undo_reason, "rows": rows}
        record(batch, "taken_back", by=batch.undone_by, changes=changes)
        values |= {"state": ImportBatch.State.UNDONE, "undone_at": Now()}


def _held_and_free(batch: ImportBatch) -> Undo:
    """How the batch goes, held so that nobody changes it meanwhile. Raises JobRefused."""
    undo = kind_of(batch.kind).undo
    if undo:
        undo.hold(batch)
    refusal = hindrance(batch)
    if refusal or undo is None:
        raise refusal or JobRefused(NO_WAY_BACK)
    return undo
