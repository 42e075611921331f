"""A month of the ledger as a book of one chapter, and its way up without the acts."""

import datetime
from collections.abc import Collection, Iterator
from typing import Any

from core.models import User
from exchange.models import Submission
from exchange.submissions.books import Applied, Book, Line, RowKey, ShownRow
from training.models import Enrollment

CHAPTER = "row"
JUNE = datetime.date(2019, 6, 1)


def lines(county: str, month: datetime.date, only: Collection[RowKey] | None) -> Iterator[Line]:
    rows = Enrollment.objects.filter(
        county_code=county, start_date__year=month.year, start_date__month=month.month
    )
    if only is not None:
        rows = rows.filter(pk__in=[key for _chapter, key in only])
    for row in rows.select_related("person").order_by("pk"):
        cells = {
            "person": bytes(row.person.id_number_index).hex(),
            "start_date": row.start_date.isoformat(),
            "category": row.category,
            "state": row.state,
        }
        yield CHAPTER, row.pk, row.version, cells


def shown(keys: Any) -> dict[RowKey, ShownRow]:
    rows = Enrollment.objects.filter(pk__in=[key for _chapter, key in keys])
    return {
        (CHAPTER, row.pk): ShownRow(row.person.name, str(row.training_class), "")
        for row in rows.select_related("person", "training_class")
    }


def a_book(key: str = "double") -> Book:
    return Book(
        key=key,
        name="double",
        titles={CHAPTER: {"category": "人员类别", "state": "状态"}},
        lines=lines,
        as_sealed=lambda keys: {},
        judge=lambda county, month, report: (),
        hands=lambda county, month: set(),
        drafts=lambda county, month: 0,
        shown=shown,
        apply=lambda correction, by: Applied((CHAPTER, correction.row_key or 0), None, None),
        counts=lambda chapter, cells: cells["state"] == "active",
    )


def a_submission(
    county: str = "621022", month: datetime.date = JUNE, *, by: User | None = None, **values: Any
) -> Submission:
    """A month in a state that no act brought it to."""
    submitted = {
        "submitted_by": by,
        "submitted_at": datetime.datetime(2019, 7, 5, 8, tzinfo=datetime.UTC),
    }
    values = (
        {"book": "double", "state": "submitted", "round": 1} | (submitted if by else {}) | values
    )
    return Submission.objects.create(
        county_code=county, prefecture_code=county[:4], month=month, **values
    )
