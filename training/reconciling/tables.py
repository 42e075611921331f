"""Another office's workbook of an official table, cell by cell against the table as it is filled now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.utils.translation import gettext_noop

from core.models import Region
from core.repairs import half_width
from core.sealing import mask_stray_numbers
from exchange.files import SheetBlock, read_blocks
from exchange.files import cells as marks
from exchange.jobs import JobRefused
from exchange.periods import Period
from exchange.tables.declared import Column, Table, all_tables
from exchange.tables.filling import Filled, fill
from exchange.tables.relations import Place
from exchange.tables.shown import number_of
from exchange.tables.sources import DASH, Cell, Origin
from exchange.tables.stems import StemLine
from exchange.workbooks import Kind

LINES_ABOVE = 15
WAN, HUNDRED = Decimal(10_000), Decimal(100)
BLANKS = re.compile(r"\s+")
LONGEST = 40

NO_TABLE = gettext_noop(
    "The workbook is none of the official tables of this region and period: no sheet begins with "
    "the title of one, with the codes of its columns below. These are %(titles)s."
)
Row = list[str]


@dataclass(frozen=True)
class Different:
    """A cell that says something else: where it stands, both sides as they are printed, in the
    table's unit, and the address of our figure."""

    sheet: str
    line: int
    title: str
    column: Column
    theirs: str
    ours: str
    figure: str


@dataclass
class Found:
    """What came of the comparison; `lacking` are titles of our lines that theirs has not."""

    table: Table
    cells: int = 0
    different: list[Different] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)


def compare_table(path: Path, *, name: str, region: Region, period: Period) -> Found:
    """Read a workbook in a process of its own and compare its table with ours.

    Raises FileRefused, or JobRefused for a workbook without such a table.
    """
    wanted = [table for table in all_tables() if table.is_for(region.code, period)]
    for sheet, rows in _sheets(path, name):
        for table in wanted:
            places = _places(table, rows)
            if places:
                return _compared(fill(table, region, period), sheet, rows, places)
    raise JobRefused(NO_TABLE, titles="、".join(table.title for table in wanted) or DASH)


def _sheets(path: Path, name: str) -> Iterator[tuple[str, dict[int, Row]]]:
    """The lines of each sheet's first block, by their numbers; formulas as what they showed."""
    for block in read_blocks(path, name=name):
        if block.first_line == 1 and not block.hidden:
            yield block.sheet, dict(enumerate(_rows(block), 1))


def _rows(block: SheetBlock) -> Iterator[Row]:
    height = len(block.columns[0]) if block.columns else 0
    for row in range(height):
        yield [
            block.results.get((row, place), column[row])
            for place, column in enumerate(block.columns)
        ]


@dataclass(frozen=True)
class Places:
    """The line of the codes, and where the column of each code stands."""

    line: int
    columns: Mapping[str, int]

    @property
    def stem(self) -> int:
        """How many places stand left of the figures."""
        return min(self.columns.values())


def _places(table: Table, rows: Mapping[int, Row]) -> Places | None:
    """Where a table begins: below its title the line with the codes of its columns."""
    codes = {column.code for column in table.columns}
    is_titled = False
    for line, row in list(rows.items())[:LINES_ABOVE]:
        words = [_folded(cell) for cell in row]
        is_titled = is_titled or _folded(table.title) in words
        found = {word: place for place, word in enumerate(words) if word in codes}
        if is_titled and len(found) * 2 > len(codes):
            return Places(line, found)
    return None


def _folded(cell: str) -> str:
    return BLANKS.sub("", half_width(marks.content(cell)))


def _compared(filled: Filled, sheet: str, rows: Mapping[int, Row], places: Places) -> Found:
    found = Found(filled.table)
    lines = _lines_by_name(filled)
    for number, row in rows.items():
        line = _line(row[: places.stem], lines) if number > places.line else None
        if line is not None:
            lines = {name: each for name, each in lines.items() if each is not line}
            for column in filled.columns:
                if column.code in places.columns and not column.is_words:
                    cell = filled.cells[Place(line.code, column.code)]
                    said = row[places.columns[column.code]]
                    _compare(found, (sheet, number, line), column, (said, cell))
    left = {line.code for line in lines.values()}
    found.lacking = [" ".join(line.titles) for line in filled.lines if line.code in left]
    return found


def _compare(
    found: Found, where: tuple[str, int, StemLine], column: Column, both: tuple[str, Cell]
) -> None:
    (sheet, number, line), (said, cell) = where, both
    if cell.origin not in (Origin.LEDGER, Origin.FORMULA):
        return
    found.cells += 1
    theirs, ours = printed(column, said), number_of(column, cell.value or Decimal(0))
    if theirs != ours:
        figure = cell.figure.query() if cell.figure else ""
        title = " ".join(line.titles)
        found.different.append(Different(sheet, number, title, column, theirs, ours, figure))


def _lines_by_name(filled: Filled) -> dict[str, StemLine]:
    """Our lines by code and by title; a title that two lines have names neither."""
    by_name: dict[str, StemLine] = {line.code: line for line in filled.lines}
    titles = [_folded(line.titles[0]) for line in filled.lines if line.titles]
    for line in filled.lines:
        title = _folded(line.titles[0]) if line.titles else ""
        if title and titles.count(title) == 1:
            by_name.setdefault(title, line)
    return by_name


def _line(stem: Sequence[str], lines: Mapping[str, StemLine]) -> StemLine | None:
    """Our line that a line of theirs is, by whichever of its words names one."""
    return next((lines[word] for cell in stem if (word := _folded(cell)) in lines), None)


def printed(column: Column, cell: str) -> str:
    """A cell of theirs as ours would be printed; what is no number as it stands."""
    text = _folded(cell).replace(",", "")
    if text in ("", DASH, "-"):
        return number_of(column, Decimal(0))
    is_rate, bare = text.endswith("%"), text.removesuffix("%")
    try:
        value = Decimal(bare) / (HUNDRED if is_rate else 1)
        return number_of(column, value * WAN if column.kind is Kind.WAN else value)
    except InvalidOperation:
        return mask_stray_numbers(text)[:LONGEST]
