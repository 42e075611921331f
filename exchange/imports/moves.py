"""How an import moves on from where it waits for its user: once, whoever else tries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_noop

from exchange import jobs
from exchange.models import ImportBatch

NO_LONGER_WAITING = gettext_noop(
    "Somebody has already decided on this import. Load the page again."
)
WAITING = Q(state=ImportBatch.State.WAITING)
WRITTEN = Q(state=ImportBatch.State.DONE)
FAILED = Q(state=ImportBatch.State.FAILED)


class ImportNotPossible(Exception):
    """An act that the import's state does not allow; the sentence is for the user."""


def move_on(batch: ImportBatch, values: Mapping[str, Any], *, where: Q = WAITING) -> None:
    """Give an import new values if it still stands where it may. Raises ImportNotPossible."""
    there = ImportBatch.objects.filter(where, pk=batch.pk)
    if there.update(**{"attempt": 0, "error": ""} | dict(values)) != 1:
        raise ImportNotPossible(NO_LONGER_WAITING)
    batch.refresh_from_db()


def ask_for(batch: ImportBatch, step: ImportBatch.Step, *, where: Q = WAITING) -> None:
    """Let a worker do the import's next step."""
    queued = {"state": ImportBatch.State.QUEUED, "step": step, "finished_at": None}
    move_on(batch, queued, where=where)
    jobs.send(batch)
