"""A book over the ledger for tests of what is done with any book."""

import dataclasses
import datetime
from collections.abc import Collection, Iterator
from typing import Any

import pytest

from core.rules import Finding
from exchange.submissions import books
from exchange.submissions.books import Applied, Book, Cells, Line, RowKey, ShownRow, StoredFinding
from training.models import Enrollment

CHAPTER = "enrollment"


@dataclasses.dataclass
class Desk:
    """What a test says of the book: what its rules find, who had a hand in it, what is unfinished."""

    findings: list[StoredFinding] = dataclasses.field(default_factory=list)
    hands: set[int] = dataclasses.field(default_factory=set)
    drafts: int = 0
    seen: list[tuple[str, datetime.date]] = dataclasses.field(default_factory=list)

    def find(self, row: Enrollment, rule: str, severity: str = "explain", **params: Any) -> None:
        finding = Finding(rule, severity, 0, "remark", "not as usual", params)
        self.findings.append(StoredFinding(CHAPTER, row.pk, finding))

    def judge(self, county: str, month: datetime.date, report: Any) -> list[StoredFinding]:
        self.seen.append((county, month))
        return self.findings


def lines(county: str, month: datetime.date, only: Collection[RowKey] | None) -> Iterator[Line]:
    rows = Enrollment.objects.filter(county_code=county, start_date__year=month.year)
    for row in rows.filter(start_date__month=month.month).order_by("pk"):
        if only is None or (CHAPTER, row.pk) in only:
            yield CHAPTER, row.pk, row.version, cells_of(row)


def cells_of(row: Enrollment) -> Cells:
    return {"person": str(row.person_id), "state": row.state, "remark": row.remark or None}


def shown(rows: Collection[RowKey]) -> dict[RowKey, ShownRow]:
    found = Enrollment.objects.select_related("person", "training_class")
    return {
        (CHAPTER, row.pk): ShownRow(row.person.name, str(row.training_class), str(row.pk % 2))
        for row in found.filter(pk__in=[key for _chapter, key in rows])
    }


def a_book(monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Put a book in the place of all that are declared; what comes back is its desk."""
    desk = Desk()
    book = Book(
        key="ledger",
        name="Training ledger",
        titles={CHAPTER: {"person": "姓名", "state": "状态", "remark": "备注"}},
        lines=lines,
        as_sealed=lambda asked: {},
        judge=desk.judge,
        hands=lambda county, month: desk.hands,
        drafts=lambda county, month: desk.drafts,
        shown=shown,
        apply=lambda correction, by: Applied((CHAPTER, correction.row_key or 0), None, None),
        counts=lambda chapter, cells: cells["state"] == "active",
        list_url="training:ledger",
    )
    monkeypatch.setattr(books, "_books", {"ledger": book})
    return desk
