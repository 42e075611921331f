"""What the clock does about imports that nobody looks after."""

from __future__ import annotations

import time

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from exchange.imports.history import record
from exchange.imports.moves import ImportNotPossible, move_on
from exchange.imports.services import folder
from exchange.imports.staging import clear_rows
from exchange.models import ImportBatch

A_DAY = 24 * 60 * 60
NEGLECTED = gettext_noop(
    "Nobody decided on this import for %(days)s days, so it was stopped and nothing was written. "
    "The file is kept; bring it in again if it is still needed."
)


def stop_neglected() -> int:
    """Stop imports that wait for a decision longer than settings.IMPORTS_WAIT_DAYS.

    Their rows go, for a person's register may have changed since they were judged;
    file, counts and findings stay. Returns how many were stopped.
    """
    days = settings.IMPORTS_WAIT_DAYS
    return sum(_stop(batch, days) for batch in ImportBatch.objects.neglected(days))


@transaction.atomic
def _stop(batch: ImportBatch, days: int) -> bool:
    told = {"error": NEGLECTED, "error_params": {"days": days}}
    try:
        move_on(batch, told | {"state": ImportBatch.State.STOPPED, "finished_at": Now()})
    except ImportNotPossible:  # decided on in this moment
        return False
    clear_rows(batch)
    changes = {"undecided_days": days}
    record(batch, "stopped", by=None, changes=changes)
    return True


def remove_strays() -> int:
    """Remove files that no import names: their upload was cut off. Returns how many."""
    long_ago = time.time() - A_DAY
    old = [path for path in folder().iterdir() if path.stat().st_mtime < long_ago]
    names = [path.name for path in old]
    kept = ImportBatch.objects.filter(stored_as__in=names).values_list("stored_as", flat=True)
    strays = [path for path in old if path.name not in {*kept}]
    for path in strays:
        path.unlink(missing_ok=True)
    return len(strays)
