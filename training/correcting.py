"""What an approved correction asks is done to the ledger: by the doors' rules, past the closed month."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection

from core.models import User
from core.rules import Finding
from core.sealing import unseal
from exchange.imports.kinds import Incoming
from exchange.imports.services import judge_rows
from exchange.imports.staging import Judged, clean_lines, fill_incoming
from exchange.jobs import JobRefused
from exchange.models import Correction
from exchange.submissions.books import CORRECTED_CELLS, Applied
from exchange.submissions.forbidding import CHANGED_SINCE, LEFT_ITS_MONTH, refuse_forbidden
from training import changing
from training.chapters import LEDGER
from training.correcting_facts import apply_to_fact, judge_fact
from training.edits import whole_rows
from training.holding import hold
from training.imports import TRAINING_ROSTER
from training.ledger import cells_of
from training.models import Enrollment
from training.noting import Change, note_entered
from training.periods import MONTH_IS_OPEN
from training.services import enter_rows
from training.withdrawing import claims_of, why_not

if TYPE_CHECKING:
    from exchange.submissions.books import Cells

PROGRAM = "program"
COVERED = "SELECT set_config('portal.correction', %s, true)"


def judge_correction(correction: Correction) -> list[Finding]:
    """What the rules of the ledger's doors say of what is asked; nothing is written.

    Raises JobRefused for a row that is another by now, or that would lie in another month.
    """
    cells = _asked_cells(correction)
    if correction.chapter != LEDGER.key:
        return judge_fact(correction, cells)
    if correction.kind == Correction.Kind.WITHDRAW:
        return _against_withdrawing(correction, _standing(correction))
    if correction.kind == Correction.Kind.ADD:
        judged = _judge(correction, _without_program(cells), None)
    else:
        judged = _judge(correction, *_whole(correction, _standing(correction), cells))
    (start,) = judged.roster.batch["start_date"]
    if start is not None and start.replace(day=1) != correction.submission.month:
        raise JobRefused(LEFT_ITS_MONTH)
    return list(judged.findings)


def apply_correction(correction: Correction, by: User) -> Applied:
    """Do what an approved correction asks; its row, and the cells that it changed, masked.

    `correction.cells` are those of a roster, as a desk would send them; an added row's name
    its program beside; those of a fact are its own columns. Runs in the deciding transaction.
    Raises JobRefused when the row is another than it was, or a mandatory rule speaks against
    it; CountyBusy as a desk would.
    """
    hold(correction.county_code)
    cells = _asked_cells(correction)
    with past_the_lock(correction):
        if correction.chapter != LEDGER.key:
            return apply_to_fact(correction, cells, by)
        if correction.kind == Correction.Kind.ADD:
            return _added(correction, cells, by)
        row = _standing(correction, held=True)
        before = _masked(row.pk)
        if correction.kind == Correction.Kind.WITHDRAW:
            refuse_forbidden(_against_withdrawing(correction, row))
            change = Change(row.pk, reason=correction.reason)
            changing.withdraw_many(row.county_code, [change], by=by, correction=correction.pk)
            return Applied((LEDGER.key, row.pk), before, None)
        _change(correction, row, cells, by)
        after = _masked(row.pk)
        differing = [name for name in after if after[name] != before[name]]
        was, now = ({name: cells[name] for name in differing} for cells in (before, after))
        return Applied((LEDGER.key, row.pk), was, now)


def _against_withdrawing(correction: Correction, row: Enrollment) -> list[Finding]:
    finding = why_not(row, correction.reason, claims_of([row.pk]).get(row.pk))
    return [finding] if finding else []


@contextmanager
def past_the_lock(correction: Correction) -> Iterator[None]:
    """Let the database know which approved correction a write into a closed month belongs to."""
    with connection.cursor() as cursor:
        cursor.execute(COVERED, [str(correction.pk)])
        yield
        cursor.execute(COVERED, [""])


def _asked_cells(correction: Correction) -> dict[str, str]:
    asked: dict[str, str] = json.loads(unseal(correction.cells, CORRECTED_CELLS) or "{}")
    return asked


def _without_program(cells: Mapping[str, str]) -> dict[str, str]:
    return {name: cell for name, cell in cells.items() if name != PROGRAM}


def _standing(correction: Correction, *, held: bool = False) -> Enrollment:
    rows = Enrollment.objects.filter(county_code=correction.county_code).active()
    rows = rows.select_for_update(of=("self",)) if held else rows
    row: Enrollment | None = rows.filter(pk=correction.row_key).first()
    if row is None or row.version != correction.row_version:
        raise JobRefused(CHANGED_SINCE)
    return row


def _whole(
    correction: Correction, row: Enrollment, cells: Mapping[str, str]
) -> tuple[dict[str, str], int]:
    """The row with what is asked written over it, and its key."""
    (whole,) = whole_rows([(row.pk, cells)], Enrollment.objects.all(), None)
    return whole, row.pk


def _change(correction: Correction, row: Enrollment, cells: Mapping[str, str], by: User) -> None:
    judged = _judge(correction, *_whole(correction, row, cells))
    incoming = _incoming(judged, row.program_id)
    change = Change(row.pk, line=1, reason=correction.reason)
    changing.change_many(incoming, [change], by=by, correction=correction.pk)


def _added(correction: Correction, cells: Mapping[str, str], by: User) -> Applied:
    judged = _judge(correction, _without_program(cells), None)
    incoming = _incoming(judged, cells[PROGRAM])
    enter_rows(incoming, by=by)
    key = changing.keys_of_lines(incoming)[1]
    change = Change(key, reason=correction.reason)
    note_entered(LEDGER, incoming.region_code, [change], by=by, correction=correction.pk)
    return Applied((LEDGER.key, key), None, _masked(key))


def _judge(correction: Correction, row: Mapping[str, str], key: int | None) -> Judged:
    """The row, judged by all rules but the one that closes its month."""
    return judge_rows(
        TRAINING_ROSTER,
        correction.county_code,
        [row],
        stored=[key],
        without={MONTH_IS_OPEN.key},
    )


def _incoming(judged: Judged, program: str) -> Incoming:
    """The row, ready to be written. Raises JobRefused where a rule forbids it."""
    refuse_forbidden(judged.findings)
    lines = [f"{line}\n" for _rows, some in clean_lines(judged) for line in some]
    fill_incoming(TRAINING_ROSTER, [lines])
    return Incoming(judged.roster.batch.region_code, {"program": program})


def _masked(key: int) -> Cells:
    return dict(cells_of(Enrollment.objects.filter(pk=key), in_full=False)[key])
