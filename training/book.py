"""The ledger as a book that is submitted month by month, chapter by chapter."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from exchange.imports.services import judge_rows
from exchange.submissions.books import Book, Cells, Line, RowKey, ShownRow, StoredFinding
from training import outcomes
from training.canonical import canonical_rows
from training.chapters import CHAPTERS, LEDGER, Chapter
from training.correcting import apply_correction, judge_correction
from training.imports import TRAINING_ROSTER
from training.ledger import cells_of
from training.models import DraftRow, Enrollment, RowChange
from training.periods import MONTH_IS_OPEN
from training.querysets import EnrollmentQuerySet
from training.worded import worded


def month_of(county_code: str, month: datetime.date) -> EnrollmentQuerySet:
    """The rows of a month by its first day, withdrawn ones too."""
    rows: EnrollmentQuerySet = LEDGER.of_month(county_code, month)  # type: ignore[assignment]
    return rows


def lines(
    county_code: str, month: datetime.date, only: Collection[RowKey] | None = None
) -> Iterator[Line]:
    """The canonical line of each row of a month, by chapter and key; of all, or of those named."""
    for chapter in CHAPTERS.values():
        rows = chapter.of_month(county_code, month)
        if only is not None:
            rows = rows.filter(pk__in=_keys(only, chapter))
        for key, version, cells in canonical_rows(rows.order_by("pk"), chapter.sources):
            yield chapter.key, key, version, cells


def _keys(rows: Iterable[RowKey], chapter: Chapter) -> list[int]:
    return [key for name, key in rows if name == chapter.key]


def as_sealed(asked: Sequence[tuple[str, int, int]]) -> dict[RowKey, Cells]:
    """Rows as they were at a version: as the first change beyond it found them, or as they are."""
    version_of = {(chapter, key): version for chapter, key, version in asked}
    found: dict[RowKey, Cells] = {}
    for chapter in CHAPTERS.values():
        keys = _keys(version_of, chapter)
        changes = RowChange.objects.of_rows(chapter.key, keys).order_by("row_key", "version")
        for change in changes if keys else ():
            row = (chapter.key, change.row_key)
            if row not in found and change.version > version_of[row]:
                found[row] = change.before or {}
        unchanged = [key for key in keys if (chapter.key, key) not in found]
        standing = chapter.rows().filter(pk__in=unchanged).order_by("pk")
        for key, _version, cells in canonical_rows(standing, chapter.sources):
            found[chapter.key, key] = cells
    return found


def judge(
    county_code: str, month: datetime.date, report: Callable[[int, int | None], None]
) -> Iterable[StoredFinding]:
    """What the rules of the ledger's doors say of every active row of a month, together."""
    cells = cells_of(month_of(county_code, month).active().order_by("pk"), in_full=True)
    keys = list(cells)
    report(0, len(keys))
    judged = judge_rows(
        TRAINING_ROSTER,
        county_code,
        list(cells.values()),
        stored=keys,
        without={MONTH_IS_OPEN.key},
    )
    for finding in judged.findings:
        yield StoredFinding(LEDGER.key, keys[finding.row], finding)
    for chapter in CHAPTERS.values():
        for key, finding in chapter.judge(county_code, month) if chapter.judge else ():
            yield StoredFinding(chapter.key, key, finding)
    report(len(keys), len(keys))


def hands(county_code: str, month: datetime.date) -> set[int]:
    """Who entered or changed a row or fact that is or was of the month, or has one unfinished."""
    users: set[int | None] = set()
    for chapter in CHAPTERS.values():
        users |= _hands(chapter, county_code, month)
    drafts_of = DraftRow.objects.of_month(county_code, month)
    users |= set(drafts_of.values_list("author", flat=True))
    return {user for user in users if user}


def _hands(chapter: Chapter, county_code: str, month: datetime.date) -> set[int | None]:
    rows = chapter.of_month(county_code, month)
    changes = RowChange.objects.filter(county_code=county_code, chapter=chapter.key)
    left = changes.filter(**{f"before__{chapter.day}__startswith": f"{month:%Y-%m}-"})
    is_here, has_been = Q(row_key__in=rows.values("pk")), Q(row_key__in=left.values("row_key"))
    changed = changes.filter(is_here | has_been)
    return {
        *rows.values_list(chapter.author, flat=True).distinct().order_by(),
        *changed.values_list("by", flat=True).distinct().order_by(),
    }


def drafts(county_code: str, month: datetime.date) -> int:
    return DraftRow.objects.of_month(county_code, month).count()


def shown(keys: Sequence[RowKey]) -> dict[RowKey, ShownRow]:
    """Whom and what class the rows are of, facts as their row of the ledger; a class is a group."""
    row_of: dict[RowKey, int] = {}
    for chapter in CHAPTERS.values():
        asked = chapter.rows().filter(pk__in=_keys(keys, chapter)).order_by()
        for key, row in asked.values_list("pk", chapter.row):
            row_of[chapter.key, key] = row
    rows = _shown(set(row_of.values()))
    return {key: _of_chapter(key[0], rows[row]) for key, row in row_of.items() if row in rows}


def _of_chapter(chapter: str, row: ShownRow) -> ShownRow:
    """What kind of fact of the row it is, where it is not the row itself."""
    if chapter == LEDGER.key:
        return row
    return replace(row, of=f"{row.of} · {CHAPTERS[chapter].name}")


def _shown(keys: Collection[int]) -> dict[int, ShownRow]:
    found = Enrollment.objects.filter(pk__in=keys).values_list(
        "pk",
        "person__name",
        "person__id_number_mask",
        "training_class",
        "training_class__code",
        "training_class__occupation__name",
    )
    return {
        key: ShownRow(
            f"{name} {mask}",
            f"{code} {occupation}",
            str(attended),
            reverse("training:row", args=[key]),
        )
        for key, name, mask, attended, code, occupation in found
    }


def counts(chapter: str, cells: Cells) -> bool:
    return chapter == LEDGER.key and cells.get("state") == Enrollment.State.ACTIVE


def astray(county_code: str, month: datetime.date) -> Iterator[RowKey]:
    return ((LEDGER.key, key) for key in outcomes.astray(county_code, month))


LEDGER_BOOK = Book(
    key="ledger",
    name=_("training ledger"),
    titles={key: chapter.titles for key, chapter in CHAPTERS.items()},
    lines=lines,
    as_sealed=as_sealed,
    judge=judge,
    hands=hands,
    drafts=drafts,
    shown=shown,
    apply=apply_correction,
    judge_correction=judge_correction,
    counts=counts,
    list_url="training:ledger",
    add_url="training:forgotten-row",
    worded=worded,
    astray=astray,
)
