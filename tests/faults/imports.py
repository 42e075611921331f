"""A small import for these tests, and what must hold of it at every moment."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from core.models import AuditEntry
from exchange import rollups
from exchange.imports import services
from exchange.imports.kinds import kind_of
from exchange.models import ImportBatch, ImportFinding, StagedRow
from exchange.reports.snapshot import snapshot
from tests.factories.rosters import HUAN, a_row, citizen_number, csv_of, staged_rows
from training.models import Enrollment

ROWS, HELD = 2000, 7
State, Step = ImportBatch.State, ImportBatch.Step


def roster() -> bytes:
    """A table of ROWS people, HELD of them without a category."""
    return csv_of(_row(n) | ({"category": ""} if n < HELD else {}) for n in range(ROWS))


def _row(order: int) -> dict[str, str]:
    thousands, rest = divmod(order, 1000)
    return a_row(rest, id_number=citizen_number(rest, born=f"{1980 + thousands}0101"))


def brought_in(data: bytes | None = None) -> ImportBatch:
    return services.bring_in(
        file=io.BytesIO(data or roster()),
        name="名册.csv",
        kind=kind_of("training"),
        region_code=HUAN,
        options={"program": "skills"},
        by=None,
    )


@dataclass(frozen=True)
class Kept:
    """What the database holds of one import at one moment."""

    staged: int
    held: int
    findings: bool
    ledger: int
    written: int | None
    entries: dict[str, int]


VERBS = {
    "exchange.import.brought_in": "brought in",
    "exchange.import.confirmed": "confirmed",
    "exchange.import.written": "written",
    "training.enrollment.entered": "entered",
}
BEFORE = Kept(0, 0, False, 0, None, {"brought in": 1})
JUDGED = Kept(ROWS - HELD, HELD, True, 0, None, {"brought in": 1})
CONFIRMED = Kept(ROWS - HELD, HELD, True, 0, None, {"brought in": 1, "confirmed": 1})
DONE = Kept(
    0,
    HELD,
    True,
    ROWS - HELD,
    ROWS - HELD,
    {"brought in": 1, "confirmed": 1, "written": 1, "entered": 1},
)


def kept(batch: ImportBatch) -> Kept:
    """Also looks at whether the figures agree with the ledger."""
    with snapshot():
        batch.refresh_from_db()
        assert rollups.differences() == []
        own = AuditEntry.objects.filter(target_key=str(batch.pk), verb__in=VERBS)
        return Kept(
            staged=len(staged_rows(batch)),
            held=StagedRow.objects.filter(batch=batch).count(),
            findings=ImportFinding.objects.filter(batch=batch).exists(),
            ledger=Enrollment.objects.filter(import_batch=batch).count(),
            written=batch.written,
            entries=_counted([VERBS[verb] for verb in own.values_list("verb", flat=True)]),
        )


def _counted(names: list[str]) -> dict[str, int]:
    return {name: names.count(name) for name in sorted(set(names), key=list(VERBS.values()).index)}


def assert_whole(batch: ImportBatch) -> None:
    """All rows or none, as the import's own state says: nothing half, nothing early, nothing twice."""
    found = kept(batch)
    assert found == expected(batch), (batch.state, batch.step)
    if found.held:
        assert (batch.people, batch.accepted, batch.held) == (ROWS, ROWS - HELD, HELD)


def expected(batch: ImportBatch) -> Kept:
    if batch.state == State.DONE:
        return DONE
    if batch.step == Step.WRITE:
        return CONFIRMED
    return JUDGED if batch.state == State.WAITING else BEFORE


def ended(batch: ImportBatch) -> tuple[Any, ...]:
    batch.refresh_from_db()
    return batch.state, batch.attempt, batch.error
