"""Held rows as a work list: written over cell by cell, judged at once, and taken in later."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext_noop

from core.models import User
from core.sealing import open_many, seal_many
from exchange.files.cells import clean
from exchange.imports import staging
from exchange.imports.history import record
from exchange.imports.kinds import kind_of
from exchange.imports.moves import WAITING, WRITTEN, ImportNotPossible, ask_for
from exchange.imports.reading import Roster
from exchange.imports.staging import AS_READ_FIELD, Judged
from exchange.models import ImportBatch, Mend, StagedRow

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("import row mended"), gettext_noop("import mended rows checked"))

MEND_FIELD = "exchange.Mend.cells"
NO_SUCH_ROW = gettext_noop("This row is no longer held back. Load the page again.")
NO_LONGER_PROPOSED = gettext_noop(
    "This person is no longer the only one the row can mean. Load the page again."
)
NOTHING_MENDED = gettext_noop("No row has been mended since the last check.")


def judge_apart(batch: ImportBatch, rows: Sequence[tuple[StagedRow, Mapping[str, str]]]) -> Judged:
    """What the rules say of a few rows with these cells; what compares them with others comes later."""
    kind = kind_of(batch.kind)
    roster = Roster.empty(kind, batch.region_code)
    for row, cells in rows:
        read = {column.name: [clean(cells.get(column.name, ""))] for column in kind.columns}
        roster.add(row.sheet, [row.line], read)
    return staging.judge(roster)


@transaction.atomic
def mend_row(
    batch: ImportBatch, *, sheet: int, line: int, cells: Mapping[str, str], by: User
) -> Judged:
    """Write over cells of a held row, and say what the rules think of it now.

    `cells` are the columns that change; the others stay as the file has them, or as they
    were mended before. Raises ImportNotPossible when the row is not held any more.
    """
    row = _held(batch, sheet, line)
    names = {column.name for column in kind_of(batch.kind).columns}
    before = mends_of(batch, sheet=sheet, line=line).get(sheet, {}).get(line) or {}
    mended = {**before, **{n: clean(text).strip() for n, text in cells.items() if n in names}}
    _keep(batch, row, mended, is_left_out=False, by=by)
    return judge_apart(batch, [(row, {**cells_as_read(row), **mended})])


@transaction.atomic
def take_proposal(batch: ImportBatch, *, sheet: int, line: int, mask: str, by: User) -> Judged:
    """Let what is proposed for a damaged cell be the cell's content, as somebody confirms.

    `mask` is what was shown. Raises ImportNotPossible when it is not proposed any more.
    """
    row, proposer = _held(batch, sheet, line), kind_of(batch.kind).proposer
    (mended,) = opened_mends(list(batch.mends.filter(sheet=sheet, line=line))) or [{}]
    cells = {**cells_as_read(row), **mended}
    found = proposer.look(batch.region_code, [cells])[0] if proposer else None
    if proposer is None or found is None or found.mask != mask:
        raise ImportNotPossible(NO_LONGER_PROPOSED)
    taken = proposer.take(batch.region_code, cells, found, by=by)
    return mend_row(batch, sheet=sheet, line=line, cells=taken, by=by)


@transaction.atomic
def leave_out(batch: ImportBatch, *, sheet: int, line: int, by: User) -> None:
    """Say that a held row is nobody's: it is counted as left out from the next check on."""
    _keep(batch, _held(batch, sheet, line), {}, is_left_out=True, by=by)


@transaction.atomic
def check_again(batch: ImportBatch, *, by: User) -> None:
    """Let the mended rows be judged once more.

    Before anything is written the whole file is; afterwards the held rows are, and those
    that pass are written at once. Raises ImportNotPossible when there is nothing to do.
    """
    if not batch.mends.filter(is_checked=False).exists():
        raise ImportNotPossible(NOTHING_MENDED)
    written = batch.written_at is not None
    step = ImportBatch.Step.MEND if written else ImportBatch.Step.JUDGE
    ask_for(batch, step, where=WRITTEN if written else WAITING)
    record(batch, "mended_rows_checked", by=by, changes={"mended": batch.mended})


def cells_as_read(row: StagedRow) -> dict[str, str]:
    """What stood in a held row, by column."""
    (cells,) = all_as_read([row])
    return cells


def all_as_read(rows: Sequence[StagedRow]) -> list[dict[str, str]]:
    """What stood in held rows, by column."""
    opened = open_many([row.as_read for row in rows], AS_READ_FIELD)
    return [json.loads(cells) for cells in opened]


def mends_of(batch: ImportBatch, **only: int) -> dict[int, dict[int, dict[str, str] | None]]:
    """Mended cells by sheet and line; None for a line left out."""
    mends = list(Mend.objects.filter(batch=batch, **only))
    found: dict[int, dict[int, dict[str, str] | None]] = {}
    for each, cells in zip(mends, opened_mends(mends), strict=True):
        found.setdefault(each.sheet, {})[each.line] = None if each.is_left_out else cells
    return found


def opened_mends(mends: Sequence[Mend]) -> list[dict[str, str]]:
    """The cells of mends, by column; a row left out has none."""
    opened = open_many([mend.cells for mend in mends], MEND_FIELD)
    return [json.loads(cells or "{}") for cells in opened]


def held_roster(batch: ImportBatch) -> tuple[Roster, Counter[int]]:
    """The held rows as they were mended, and how many of each sheet are left out."""
    kind, mends = kind_of(batch.kind), mends_of(batch)
    roster, left_out = Roster.empty(kind, batch.region_code), Counter[int]()
    held = batch.rows.order_by("sheet", "line")
    for sheet, rows in itertools.groupby(held.iterator(), key=lambda row: row.sheet):
        kept = [row for row in rows if mends.get(sheet, {}).get(row.line, {}) is not None]
        cells = [{**cells_as_read(r), **(mends.get(sheet, {}).get(r.line) or {})} for r in kept]
        columns = {c.name: [each.get(c.name, "") for each in cells] for c in kind.columns}
        roster.add(sheet, [row.line for row in kept], columns)
        left_out[sheet] = sum(cells is None for cells in mends.get(sheet, {}).values())
    return roster, left_out


def _held(batch: ImportBatch, sheet: int, line: int) -> StagedRow:
    row: StagedRow | None = batch.rows.filter(sheet=sheet, line=line).first()
    if row is None or batch.is_moving:
        raise ImportNotPossible(NO_SUCH_ROW)
    return row


def _keep(
    batch: ImportBatch, row: StagedRow, cells: Mapping[str, str], *, is_left_out: bool, by: User
) -> None:
    (sealed,) = seal_many([json.dumps(dict(cells), ensure_ascii=False)], MEND_FIELD)
    Mend.objects.update_or_create(
        batch=batch,
        sheet=row.sheet,
        line=row.line,
        defaults={
            "cells": sealed,
            "is_left_out": is_left_out,
            "is_checked": False,
            "mended_by": by,
        },
    )
    changes = {"sheet": row.sheet, "line": row.line, "columns": sorted(cells)}
    record(batch, "row_mended", by=by, changes=changes | {"left out": is_left_out})
