"""Books: what an app declares so that its rows can be submitted month by month.

A book is divided into chapters; a row of a chapter lies in the month of its own day, and
is known by chapter and key. Whatever is sealed or compared of a row are its canonical
cells: each a text or None, dates as ISO, decimals plain without trailing zeros, codes
instead of words, a person as the blind index of the number and never the number itself.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode

from core.rules import Finding

if TYPE_CHECKING:
    from core.models import User
    from exchange.models import Correction

# What the cells of a correction are sealed as: JSON of text by column, as a desk would send it.
CORRECTED_CELLS = "exchange.Correction.cells"
Cells = dict[str, str | None]
RowKey = tuple[str, int]
# Chapter, key, version, canonical cells.
Line = tuple[str, int, int, Cells]
# How far the work is: done so far, total.
Report = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """What a rule says of a row that is stored already; the finding's own `row` means nothing."""

    chapter: str
    row_key: int
    finding: Finding


@dataclass(frozen=True, slots=True)
class ShownRow:
    """How lists of notes and findings name a row: who, masked, and of which class.

    `group` tells rows apart that one explanation may cover; `url` is the page of the row.
    """

    who: str
    of: str
    group: str
    url: str = ""


class Applied(NamedTuple):
    """What a correction did: to which row, and the cells that it changed, masked."""

    row: RowKey
    before: Cells | None
    after: Cells | None


@dataclass(frozen=True)
class Book:
    """A book that is submitted.

    `titles` maps chapter, then column, to the official heading. `lines(county, month,
    only)` draws the canonical lines ordered by (chapter, key), all of the month or only
    those named. `as_sealed` gives, for (chapter, key, version), the cells as they were at
    that version. `judge(county, month, report)` judges every stored row of the month by the
    rules of the book's doors. `hands(county, month)` are the users who entered or changed
    anything of the month, `drafts` counts its unfinished rows. `shown` names rows for
    lists. `judge_correction(correction)` tells what rules say of what a correction asks,
    and writes nothing; `apply(correction, by)` does it once it is approved, within the
    caller's transaction. `counts(chapter, cells)` tells whether a line is among the rows that
    people count, as a chapter of facts and a withdrawn row are not. `worded` gives canonical
    cells in words, as pages may show them: people masked, without what is no fact of the row.
    `list_url` names the page that lists rows by region and period, `add_url` the one on which
    a row that was forgotten in a locked month is asked for, by the submission's key.
    `astray(county, month)` are rows that show another outcome than the facts which came later.
    """

    key: str
    name: str | Promise
    titles: Mapping[str, Mapping[str, str]]
    lines: Callable[[str, datetime.date, Collection[RowKey] | None], Iterator[Line]]
    as_sealed: Callable[[Sequence[tuple[str, int, int]]], dict[RowKey, Cells]]
    judge: Callable[[str, datetime.date, Report], Iterable[StoredFinding]]
    hands: Callable[[str, datetime.date], set[int]]
    drafts: Callable[[str, datetime.date], int]
    shown: Callable[[Sequence[RowKey]], dict[RowKey, ShownRow]]
    apply: Callable[[Correction, User], Applied]
    judge_correction: Callable[[Correction], Sequence[Finding]] = lambda _correction: ()
    counts: Callable[[str, Cells], bool] = lambda _chapter, _cells: True
    list_url: str = ""
    add_url: str = ""
    worded: Callable[[Sequence[Cells]], Sequence[Cells]] = lambda rows: rows
    astray: Callable[[str, datetime.date], Iterable[RowKey]] = lambda _county, _month: ()

    def list_of(self, county: str, month: datetime.date) -> str:
        """The address of the list of a month's rows."""
        asked = urlencode({"region": county, "period": f"{month:%Y-%m}"})
        return f"{reverse(self.list_url)}?{asked}"


def canonical(chapter: str, key: int, cells: Cells) -> bytes:
    """The bytes of a row that are sealed: the same for the same row, wherever it is computed."""
    line = [chapter, key, cells]
    text = json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


_books: dict[str, Book] = {}


def register(book: Book) -> None:
    """Declare a book; a second one of the key, or one without chapters, is refused."""
    if book.key in _books:
        raise ImproperlyConfigured(f"Book {book.key} is declared twice.")
    if not (book.key and book.name and book.titles):
        raise ImproperlyConfigured(f"Book {book.key!r} is incomplete.")
    _books[book.key] = book


def book_of(key: str) -> Book:
    """The declared book; KeyError when there is none."""
    return _books[key]


def all_books() -> list[Book]:
    return list(_books.values())
