"""Finding the heading of a table and which column is which."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.repairs import half_width
from exchange.files import cells as marks
from exchange.imports.columns import Column

LOOK_AT_LINES = 30
MARKS = re.compile(r"[\s*＊:：()（）\[\]【】、/_\-]+")


def folded(heading: str) -> str:
    """A heading as it is compared: no spaces, brackets, colons or asterisks."""
    return MARKS.sub("", half_width(marks.content(heading))).lower()


@dataclass
class Heading:
    """Where a sheet's heading stands and what was understood of it."""

    line: int
    places: dict[str, int]
    unknown: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def find_heading(rows: Sequence[Sequence[str]], columns: Sequence[Column]) -> Heading | None:
    """The first line that names most of the required columns, or None.

    `rows` are the first lines of a sheet, each as a list of cells. The index of the
    line is counted from 0.
    """
    names = wordings(columns)
    required = {column.name for column in columns if column.required}
    best: Heading | None = None
    for line, row in enumerate(rows[:LOOK_AT_LINES]):
        heading = read_heading(line, row, names, columns)
        if len(required & heading.places.keys()) * 2 <= len(required):
            continue
        if best is None or len(heading.places) > len(best.places):
            best = heading
    return best


def wordings(columns: Sequence[Column]) -> dict[str, str]:
    """Every folded heading a column goes by, to the column's name."""
    return {
        folded(heading): column.name
        for column in columns
        for heading in (column.title, *column.also)
    }


def read_heading(
    line: int, row: Sequence[str], names: dict[str, str], columns: Sequence[Column]
) -> Heading:
    heading = Heading(line, {})
    for place, cell in enumerate(row):
        name = names.get(folded(cell))
        if name and name not in heading.places:
            heading.places[name] = place
        elif folded(cell):
            heading.unknown.append(marks.content(cell).strip()[:40])
    heading.missing = [c.title for c in columns if c.required and c.name not in heading.places]
    return heading
