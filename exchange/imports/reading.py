"""From a file to a batch of typed rows: every line is data, or counted as not data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_noop

from core.rules import Batch
from exchange.files import SheetBlock, read_blocks
from exchange.files import cells as marks
from exchange.imports import columns
from exchange.imports.columns import CELL_IS_FILLED, EMPTY, Column, Reading
from exchange.imports.headings import LOOK_AT_LINES, Heading, find_heading
from exchange.imports.kinds import ImportKind
from exchange.jobs import JobRefused

NO_TABLE = gettext_noop(
    "No table was found in the file: none of its first lines names the columns %(columns)s. "
    "Download the template, copy your rows into it and bring it in again."
)
MISSING_COLUMNS = gettext_noop(
    "Sheet “%(sheet)s” lacks the columns %(columns)s. Add them, or download the template."
)

UNSOUND = frozenset((marks.FORMULA, marks.ERROR))


@dataclass
class Roster:
    """A file's rows as typed columns, with the sheet and line each row stands on."""

    kind: ImportKind
    batch: Batch
    reading: Reading = field(default_factory=Reading)
    sheets: list[dict[str, Any]] = field(default_factory=list)
    sheet: list[int] = field(default_factory=list)
    line: list[int] = field(default_factory=list)
    cells: dict[str, list[str]] = field(default_factory=dict)
    not_data: int = 0

    @classmethod
    def empty(cls, kind: ImportKind, region_code: str) -> Roster:
        columns: dict[str, list[Any]] = {column.name: [] for column in kind.columns}
        return cls(kind, Batch(0, region_code, columns), cells={name: [] for name in columns})

    def add(self, sheet: int, lines: list[int], cells: dict[str, list[str]]) -> None:
        """Read the rows' cells, column by column, and append them."""
        first, size = self.batch.size, len(lines)
        self.sheet += [sheet] * size
        self.line += lines
        for column in self.kind.columns:
            given = cells.get(column.name) or [""] * size
            self.cells[column.name] += given
            self.batch.columns[column.name] += self._read(column, first, given)
        self.batch.size += size

    def _read(self, column: Column, first: int, given: list[str]) -> list[Any]:
        reading = self.reading
        reading.column, reading.title, reading.first_row = column.name, column.title, first
        unsound = [row for row, cell in enumerate(given) if cell[:1] in UNSOUND]
        read = list(given) if unsound else given
        for row in unsound:
            tell_unsound(reading, row, given[row])
            read[row] = ""
        before = len(reading.findings)
        values = column.read(read, reading)
        if column.required and None in values:
            told = {finding.row - first for finding in reading.findings[before:]} | set(unsound)
            for row, value in enumerate(values):
                if value is None and row not in told:
                    reading.trouble(CELL_IS_FILLED, row, EMPTY)
        return values


def tell_unsound(reading: Reading, row: int, cell: str) -> None:
    """Note that a cell holds no value: a formula, an error, or more than a cell can hold."""
    if cell == marks.TOO_LONG:
        reading.trouble(columns.TEXT_FITS, row, columns.MUCH_TOO_LONG, limit=marks.LONGEST_TEXT)
    elif marks.is_formula(cell):
        reading.trouble(columns.NO_FORMULA, row, columns.FORMULA)
    else:
        value = marks.content(cell)
        reading.trouble(columns.NO_ERROR, row, columns.ERROR_VALUE, value=value)


def read_roster(
    path: Path,
    *,
    name: str,
    kind: ImportKind,
    region_code: str,
    report: Callable[[int, int | None], None],
) -> Roster:
    """Read a whole file. Raises FileRefused, or JobRefused when no table is found.

    `report(done, total)` is told the lines read so far.
    """
    roster = Roster.empty(kind, region_code)
    heading: Heading | None = None
    for block in read_blocks(path, name=name):
        if not roster.sheets or roster.sheets[-1]["number"] != block.sheet_number:
            heading = open_sheet(roster, block)
        if heading is None:
            roster.not_data += len(block.columns[0]) if block.columns else 0
            continue
        take_block(roster, block, heading)
        report(roster.batch.size + roster.not_data, None)
    if not any(sheet["columns"] for sheet in roster.sheets):
        raise JobRefused(NO_TABLE, columns="、".join(c.title for c in kind.required))
    return roster


def open_sheet(roster: Roster, block: SheetBlock) -> Heading | None:
    """Look for the heading in a sheet's first lines and note what was understood."""
    top = [column[:LOOK_AT_LINES] for column in block.columns]
    rows = [list(row) for row in zip(*top, strict=True)]
    heading = find_heading(rows, roster.kind.columns)
    if heading and heading.missing:
        raise JobRefused(MISSING_COLUMNS, sheet=block.sheet, columns="、".join(heading.missing))
    roster.sheets.append(
        {
            "number": block.sheet_number,
            "name": block.sheet,
            "columns": sorted(heading.places) if heading else [],
            "unknown": heading.unknown if heading else [],
        }
    )
    return heading


def take_block(roster: Roster, block: SheetBlock, heading: Heading) -> None:
    """Add the rows of a block that hold data; the heading and blank lines do not."""
    height = len(block.columns[0]) if block.columns else 0
    skip = max(0, heading.line + 1 - (block.first_line - 1))
    places = heading.places
    filled = filled_rows(block, places, skip, height)
    whole = len(filled) == height
    cells = {
        name: block.columns[place] if whole else [block.columns[place][row] for row in filled]
        for name, place in places.items()
    }
    roster.not_data += height - len(filled)
    roster.add(block.sheet_number, [block.first_line + row for row in filled], cells)


def filled_rows(block: SheetBlock, places: dict[str, int], skip: int, height: int) -> list[int]:
    known = [block.columns[place] for place in places.values()]
    joined: Iterator[str] = map("".join, zip(*known, strict=True))
    return [row for row, content in enumerate(joined) if row >= skip and content.strip()]
