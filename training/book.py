"""The ledger as a book that is submitted month by month: a row lies in the month its class starts."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exchange.imports.services import judge_rows
from exchange.periods import Period
from exchange.submissions.books import Book, Cells, Line, RowKey, ShownRow, StoredFinding
from training.canonical import CHAPTER, canonical_rows
from training.correcting import apply_correction
from training.imports import OWN_COLUMNS, TRAINING_ROSTER
from training.ledger import cells_of
from training.models import DraftRow, Enrollment, RowChange
from training.periods import MONTH_IS_OPEN
from training.querysets import EnrollmentQuerySet
from training.worded import HEADINGS, worded

# What the canonical cells hold that is no column of the roster, or goes by another name there.
TITLES = {column.name: column.title for column in OWN_COLUMNS} | {
    "person": HEADINGS["id_number"],
    "region_code": HEADINGS["village"],
    "program": "培训项目",
    "state": "在册状态",
    "as_written": "原表写法",
    "batch": "导入批次",
    "sheet": "工作表",
    "line": "行号",
    "entered_by": "录入人",
}


def month_of(county_code: str, month: datetime.date) -> EnrollmentQuerySet:
    """The rows of a month by its first day, withdrawn ones too."""
    rows: EnrollmentQuerySet = Enrollment.objects.filter(county_code=county_code)
    return rows.starting(Period.month_of(month))


def lines(
    county_code: str, month: datetime.date, only: Collection[RowKey] | None = None
) -> Iterator[Line]:
    """The canonical line of each row of a month, by key; of all, or only of those named."""
    rows = month_of(county_code, month)
    if only is not None:
        rows = rows.filter(pk__in=[key for chapter, key in only if chapter == CHAPTER])
    for key, version, cells in canonical_rows(rows.order_by("pk")):
        yield CHAPTER, key, version, cells


def as_sealed(asked: Sequence[tuple[str, int, int]]) -> dict[RowKey, Cells]:
    """Rows as they were at a version: as the first change beyond it found them, or as they are."""
    version_of = {key: version for chapter, key, version in asked if chapter == CHAPTER}
    found: dict[RowKey, Cells] = {}
    changes = RowChange.objects.of_rows(CHAPTER, version_of).order_by("row_key", "version")
    for change in changes:
        key = (CHAPTER, change.row_key)
        if key not in found and change.version > version_of[change.row_key]:
            found[key] = change.before or {}
    unchanged = [key for key in version_of if (CHAPTER, key) not in found]
    standing = Enrollment.objects.filter(pk__in=unchanged).order_by("pk")
    return found | {(CHAPTER, key): cells for key, _version, cells in canonical_rows(standing)}


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
        yield StoredFinding(CHAPTER, keys[finding.row], finding)
    report(len(keys), len(keys))


def hands(county_code: str, month: datetime.date) -> set[int]:
    """Who entered or changed a row that is or was of the month, or has one unfinished."""
    rows = month_of(county_code, month)
    changes = RowChange.objects.filter(county_code=county_code, chapter=CHAPTER)
    left = changes.filter(before__start_date__startswith=f"{month:%Y-%m}-")
    is_here, has_been = Q(row_key__in=rows.values("pk")), Q(row_key__in=left.values("row_key"))
    users = [
        *rows.values_list("entered_by", flat=True).distinct().order_by(),
        *changes.filter(is_here | has_been).values_list("by", flat=True).distinct().order_by(),
        *DraftRow.objects.of_month(county_code, month).values_list("author", flat=True),
    ]
    return {user for user in users if user}


def drafts(county_code: str, month: datetime.date) -> int:
    return DraftRow.objects.of_month(county_code, month).count()


def shown(keys: Sequence[RowKey]) -> dict[RowKey, ShownRow]:
    """Whom and what class the rows are of; the rows of a class are one group."""
    rows = Enrollment.objects.filter(pk__in=[key for chapter, key in keys if chapter == CHAPTER])
    found = rows.values_list(
        "pk",
        "person__name",
        "person__id_number_mask",
        "training_class",
        "training_class__code",
        "training_class__occupation__name",
    )
    return {
        (CHAPTER, key): ShownRow(f"{name} {mask}", f"{code} {occupation}", str(attended))
        for key, name, mask, attended, code, occupation in found
    }


def counts(_chapter: str, cells: Cells) -> bool:
    return cells.get("state") == Enrollment.State.ACTIVE


LEDGER_BOOK = Book(
    key="ledger",
    name=_("training ledger"),
    titles={CHAPTER: TITLES},
    lines=lines,
    as_sealed=as_sealed,
    judge=judge,
    hands=hands,
    drafts=drafts,
    rows_url="training:row",
    shown=shown,
    apply=apply_correction,
    counts=counts,
    list_url="training:ledger",
    worded=worded,
)
