"""What an approved correction asks is done to the ledger: by the doors' rules, past the closed month."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection
from django.utils.translation import gettext_noop

from core.models import User
from core.rules import Severity
from core.sealing import unseal
from exchange.imports.kinds import Incoming
from exchange.imports.services import judge_rows
from exchange.imports.staging import Judged, clean_lines, fill_incoming
from exchange.jobs import JobRefused
from exchange.models import Correction
from exchange.submissions.books import CORRECTED_CELLS
from training import changing
from training.chapters import LEDGER
from training.edits import whole_rows
from training.holding import hold
from training.imports import TRAINING_ROSTER
from training.ledger import cells_of
from training.models import Enrollment
from training.noting import Change, note_entered
from training.periods import MONTH_IS_OPEN
from training.services import enter_rows

if TYPE_CHECKING:
    from exchange.submissions.books import Cells

PROGRAM = "program"
CHANGED_SINCE = gettext_noop(
    "The row was changed after the correction was asked for. Refuse the request; the county asks "
    "for it again."
)
COVERED = "SELECT set_config('portal.correction', %s, true)"


def apply_correction(correction: Correction, by: User) -> tuple[Cells | None, Cells | None]:
    """Do what an approved correction asks; the cells that it changed, masked, before and after.

    `correction.cells` are those of a roster, as a desk would send them; an added row's name
    its program beside. Runs in the deciding transaction. Raises JobRefused when the row is
    another than it was, or a mandatory rule speaks against it; CountyBusy as a desk would.
    """
    hold(correction.county_code)
    cells: dict[str, str] = json.loads(unseal(correction.cells, CORRECTED_CELLS) or "{}")
    with past_the_lock(correction):
        if correction.kind == Correction.Kind.ADD:
            return None, _added(correction, cells, by)
        row = _standing(correction)
        before = _masked(row.pk)
        if correction.kind == Correction.Kind.WITHDRAW:
            change = Change(row.pk, reason=correction.reason)
            changing.withdraw_many(row.county_code, [change], by=by, correction=correction.pk)
            return before, None
        _change(correction, row, cells, by)
        after = _masked(row.pk)
        differing = [name for name in after if after[name] != before[name]]
        return {n: before[n] for n in differing}, {n: after[n] for n in differing}


@contextmanager
def past_the_lock(correction: Correction) -> Iterator[None]:
    """Let the database know which approved correction a write into a closed month belongs to."""
    with connection.cursor() as cursor:
        cursor.execute(COVERED, [str(correction.pk)])
        yield
        cursor.execute(COVERED, [""])


def _standing(correction: Correction) -> Enrollment:
    rows = Enrollment.objects.filter(county_code=correction.county_code).active()
    held = rows.select_for_update(of=("self",))
    row: Enrollment | None = held.filter(pk=correction.row_key).first()
    if row is None or row.version != correction.row_version:
        raise JobRefused(CHANGED_SINCE)
    return row


def _change(correction: Correction, row: Enrollment, cells: Mapping[str, str], by: User) -> None:
    (whole,) = whole_rows([(row.pk, cells)], Enrollment.objects.all(), None)
    incoming = _judged(correction, whole, row.pk, row.program_id)
    change = Change(row.pk, line=1, reason=correction.reason)
    changing.change_many(incoming, [change], by=by, correction=correction.pk)


def _added(correction: Correction, cells: Mapping[str, str], by: User) -> Cells:
    row = {name: cell for name, cell in cells.items() if name != PROGRAM}
    incoming = _judged(correction, row, None, cells[PROGRAM])
    enter_rows(incoming, by=by)
    key = changing.keys_of_lines(incoming)[1]
    change = Change(key, reason=correction.reason)
    note_entered(LEDGER, incoming.region_code, [change], by=by, correction=correction.pk)
    return _masked(key)


def _judged(
    correction: Correction, row: Mapping[str, str], key: int | None, program: str
) -> Incoming:
    """The row, judged by all rules but the one that closes its month, ready to be written."""
    judged: Judged = judge_rows(
        TRAINING_ROSTER,
        correction.county_code,
        [row],
        stored=[key],
        without={MONTH_IS_OPEN.key},
    )
    for finding in judged.findings:
        if finding.severity == Severity.BLOCK:
            raise JobRefused(finding.sentence, **finding.params)
    lines = [f"{line}\n" for _rows, some in clean_lines(judged) for line in some]
    fill_incoming(TRAINING_ROSTER, [lines])
    return Incoming(correction.county_code, {"program": program})


def _masked(key: int) -> Cells:
    return dict(cells_of(Enrollment.objects.filter(pk=key), in_full=False)[key])
