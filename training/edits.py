"""What a desk sends of its rows, what it is answered, and what whole rows they mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from core.rules import Finding
from exchange.imports.services import judge_rows
from exchange.imports.staging import Judged
from training import wordings
from training.imports import TRAINING_ROSTER
from training.ledger import cells_of, plain
from training.models import SkillLevel, TrainingClass
from training.querysets import EnrollmentQuerySet
from training.renaming import own_people
from training.shown import Shown

SAVED, HELD, CONFLICT, GONE, CLOSED = "saved", "held", "conflict", "gone", "closed"


@dataclass(frozen=True)
class Edit:
    """What a desk wants of a row: of a new one all cells, of a stored one (`key`) the changed ones.

    `version` is that of the stored row, or of the unfinished one; 0 for what was never
    answered. `line` is what the desk calls the row.
    """

    client: UUID
    op: UUID
    cells: dict[str, str] = field(default_factory=dict)
    key: int | None = None
    version: int = 0
    withdraw: bool = False
    reason: str = ""
    line: int = 0


@dataclass
class Outcome:
    """What became of an edit: saved, held, conflict, gone, or closed with its month.

    `cells` are those that the ledger writes otherwise than they were sent. `theirs` is the
    row as others left it, for a conflict and for what is gone.
    """

    client: UUID
    outcome: str
    key: int | None = None
    version: int = 0
    cells: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    theirs: Shown | None = None


def whole_rows(
    sent: Sequence[tuple[int | None, Mapping[str, str]]],
    stored: EnrollmentQuerySet,
    attended: TrainingClass | None,
) -> list[dict[str, str]]:
    """Rows with all their cells: what is sent, upon what the ledger has of those with a key.

    On the desk of a class what the class says stands in all of them.
    """
    keys = [key for key, _cells in sent if key]
    known = cells_of(stored.filter(pk__in=keys), in_full=True) if keys else {}
    fixed = facts_of_class(attended) if attended else {}
    usual = usual_in_class(attended) if attended else {}
    rows = []
    for key, cells in sent:
        whole = dict(known[key]) if key in known else {}
        whole |= cells
        if key is None:
            whole |= {name: cell for name, cell in usual.items() if not whole.get(name)}
        rows.append(whole | fixed)
    return rows


def judge_edits(
    county: str,
    sent: Sequence[tuple[int | None, Mapping[str, str]]],
    *,
    stored: EnrollmentQuerySet,
    attended: TrainingClass | None,
    lines: Sequence[int] = (),
) -> tuple[list[dict[str, str]], Judged]:
    """The whole rows that are meant (see `whole_rows`), and what the rules say of them together."""
    rows = whole_rows(sent, stored, attended)
    keys = [key for key, _cells in sent]
    own = own_people(filter(None, keys)) if any(keys) else {}
    more = {"own_person": [own.get(key or 0) for key in keys]}
    judged = judge_rows(TRAINING_ROSTER, county, rows, stored=keys, lines=lines, more=more)
    return rows, judged


def by_row(judged: Judged) -> list[list[Finding]]:
    """What was found, row by row."""
    found: list[list[Finding]] = [[] for _row in range(judged.people)]
    for finding in judged.findings:
        found[finding.row].append(finding)
    return found


def facts_of_class(attended: TrainingClass) -> dict[str, str]:
    """The cells that all rows of a class have, whatever a desk sends."""
    return {
        "institution": attended.institution.name,
        "class_code": attended.code,
        "occupation": attended.occupation.name,
        "start_date": attended.start_date.isoformat(),
    }


def usual_in_class(attended: TrainingClass) -> dict[str, str]:
    """The cells that rows of a class have where a desk leaves them empty."""
    return {
        "level": wordings.LEVEL[SkillLevel(attended.level)] if attended.level else "",
        "end_date": attended.end_date.isoformat(),
        "hours": "" if attended.hours is None else plain(attended.hours),
    }
