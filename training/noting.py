"""What becomes of a row is written down with the row as it stood before, chapter by chapter.

All of it runs in the transaction of the act that changes the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from core.models import User
from training.canonical import Cells, canonical_rows
from training.chapters import Chapter
from training.models import RowChange


@dataclass(frozen=True)
class Change:
    """One row's change: `line` is its row's in `incoming`, `client` and `op` the browser's keys."""

    key: int
    line: int = 0
    op: UUID | None = None
    client: UUID | None = None
    reason: str = ""


def note_entered(
    chapter: Chapter,
    county: str,
    changes: Iterable[Change],
    *,
    by: User,
    correction: int | None = None,
) -> None:
    """Write down that rows were entered, each under its browser's keys."""
    noted = [_noted(chapter, change, county, 1, None, by, correction) for change in changes]
    RowChange.objects.bulk_create(noted)


def note_before(
    chapter: Chapter,
    county: str,
    changes: Sequence[Change],
    *,
    by: User,
    correction: int | None = None,
) -> None:
    """Write down rows as they stand: the caller changes them next and counts `version` up by one."""
    rows = chapter.rows().filter(pk__in={change.key for change in changes}).order_by("pk")
    standing = {row[0]: row for row in canonical_rows(rows, chapter.sources)}
    noted = []
    for change in changes:
        _key, version, before = standing[change.key]
        noted.append(_noted(chapter, change, county, version + 1, before, by, correction))
    RowChange.objects.bulk_create(noted)


def _noted(
    chapter: Chapter,
    change: Change,
    county: str,
    version: int,
    before: Mapping[str, str | None] | Cells | None,
    by: User,
    correction: int | None,
) -> RowChange:
    return RowChange(
        chapter=chapter.key,
        row_key=change.key,
        county_code=county,
        version=version,
        op=change.op,
        client=change.client,
        before=before,
        reason=change.reason,
        correction=correction,
        by=by.pk,
    )
