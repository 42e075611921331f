"""The two sides that are compared, row by row, and which figures of theirs each counts in."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

# What is compared where the workbook tells it, the weightiest difference first.
COMPARED = ("county", "month", "program", "category")
WAYS = {"county": "place", "month": "period", "program": "program", "category": "category"}
Cell = tuple[Any, ...]


@dataclass(slots=True)
class Side:
    """What a row says; '' and None are unknown. `place` is the deepest that is named.

    `counts` tells that it lies in what is compared, not beside it.
    """

    county: str
    place: str
    month: datetime.date | None
    program: str
    category: str
    class_code: str
    counts: bool

    def cell(self, compared: Collection[str]) -> Cell:
        """The figure that the row counts in, of those that both sides can tell."""
        return tuple(getattr(self, name) if name in compared else None for name in COMPARED)

    def told(self) -> dict[str, Any]:
        """For keeping: plain values by name."""
        month = self.month.isoformat()[:7] if self.month else ""
        return {
            "county": self.county,
            "place": self.place,
            "month": month,
            "program": self.program,
            "category": self.category,
            "class_code": self.class_code,
        }


@dataclass(slots=True)
class Theirs(Side):
    """A line of the workbook. `person` is known once it is identified, `by_name` tells how."""

    sheet: str
    line: int
    name: str
    name_key: str
    index: bytes | None
    mask: str
    born: datetime.date | None
    person: int | None = None
    by_name: bool = False
    candidates: tuple[int, ...] = ()

    @property
    def is_doubtful(self) -> bool:
        """Whether it may be several people, or cannot be anybody."""
        nobody = self.index is None and not (self.name_key and self.born)
        return self.person is None and (bool(self.candidates) or nobody)


@dataclass(slots=True)
class Ours(Side):
    """A row of the ledger."""

    key: int
    person: int


def differing(theirs: Side, ours: Side, compared: Collection[str]) -> list[str]:
    """The ways in which two rows of one person differ, the weightiest first."""
    ways = [
        WAYS[name]
        for name in COMPARED
        if name in compared and getattr(theirs, name) != getattr(ours, name)
    ]
    if "place" not in ways and not _lies_in(theirs.place, ours.place):
        ways.append("place")
    return ways


def _lies_in(one: str, other: str) -> bool:
    """Whether two places can be the same: the less exact one holds the other."""
    return one.startswith(other) or other.startswith(one)
