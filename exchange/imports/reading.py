"""From a file to a batch of typed rows: every line is data, or counted as not data."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_noop

from core.repairs import repair_text_column
from core.rules import Batch
from exchange.files import cells as marks
from exchange.files import read_blocks
from exchange.files.cells import CELL_END
from exchange.imports import columns
from exchange.imports.advice import Advice, mend
from exchange.imports.columns import CELL_IS_FILLED, EMPTY, Column, Reading
from exchange.imports.headings import Names
from exchange.imports.kinds import ImportKind
from exchange.imports.lines import LineKind
from exchange.imports.tables import Piece, Sheet, Table
from exchange.jobs import JobRefused

NO_TABLE = gettext_noop(
    "No table was found in the file: none of its lines names the columns %(columns)s. "
    "Match the columns yourself, or download the template and copy your rows into it."
)
MISSING_COLUMNS = gettext_noop(
    "Sheet “%(sheet)s”, heading on line %(line)s: the columns %(columns)s are missing. "
    "Match them, or add them to the file."
)

TWICE = gettext_noop(
    "Sheet “%(sheet)s”, heading on line %(line)s: the columns %(columns)s stand there more than"
    " once. If these are two tables side by side, put one below the other; if not, match the"
    " columns."
)
NO_HEADING = gettext_noop(
    "Sheet “%(sheet)s”, line %(line)s: people stand here without a heading above them. Add the"
    " heading, or remove these lines."
)

DITTO = frozenset(("同上", "同前", "〃", "″", "〞", '"', "''", "”", "“", "々"))
UNSOUND = frozenset((marks.FORMULA, marks.ERROR))


@dataclass(frozen=True)
class AsRead:
    """What stood in the cells of some rows, each column in one piece: as strings of their own
    the cells of a large file would take most of the memory, and few are ever asked for."""

    first: int
    size: int
    joined: Mapping[str, str]

    @classmethod
    def of(cls, first: int, size: int, cells: Mapping[str, list[str]]) -> AsRead:
        return cls(first, size, {name: CELL_END.join(column) for name, column in cells.items()})

    def cells_of(self, rows: Sequence[int]) -> Iterator[dict[str, str]]:
        """The cells of these rows, counted from the first."""
        if rows:
            parted = {name: joined.split(CELL_END) for name, joined in self.joined.items()}
            for row in rows:
                yield {name: column[row] for name, column in parted.items()}


@dataclass
class Roster:
    """A file's rows as typed columns, with the sheet and line each row stands on."""

    kind: ImportKind
    batch: Batch
    reading: Reading = field(default_factory=Reading)
    sheets: list[Sheet] = field(default_factory=list)
    sheet: list[int] = field(default_factory=list)
    line: list[int] = field(default_factory=list)
    as_read: list[AsRead] = field(default_factory=list)

    @classmethod
    def empty(cls, kind: ImportKind, region_code: str) -> Roster:
        return cls(kind, Batch(0, region_code, {column.name: [] for column in kind.columns}))

    def add(self, sheet: int, lines: Sequence[int], cells: dict[str, list[str]]) -> None:
        """Read the rows' cells, column by column, and append them."""
        first, size = self.batch.size, len(lines)
        self.sheet += [sheet] * size
        self.line += lines
        self.as_read.append(AsRead.of(first, size, cells))
        empty = [""] * size
        for column in self.kind.columns:
            given = cells.get(column.name) or empty
            self.batch.columns[column.name] += self._read(column, first, given)
        self.batch.size += size

    def cells_of(self, rows: Iterable[int]) -> Iterator[dict[str, str]]:
        """What stood in the cells of these rows, by column; the rows rise."""
        wanted = deque(rows)
        for piece in self.as_read:
            mine = []
            while wanted and wanted[0] < piece.first + piece.size:
                mine.append(wanted.popleft() - piece.first)
            yield from piece.cells_of(mine)

    @property
    def not_data(self) -> int:
        """Lines of the file that are nobody's."""
        return sum(passed.count for sheet in self.sheets for passed in sheet.passed.values())

    def _read(self, column: Column, first: int, given: list[str]) -> list[Any]:
        reading = self.reading
        reading.column, reading.title, reading.first_row = column.name, column.title, first
        unsound = find_unsound(given)
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


def find_unsound(cells: Sequence[str]) -> list[int]:
    """The rows whose cell holds no value; a column without any costs one look."""
    joined = "".join(cells)
    if DITTO.isdisjoint(cells) and not any(mark in joined for mark in UNSOUND):
        return []
    return [row for row, cell in enumerate(cells) if cell[:1] in UNSOUND or cell in DITTO]


def tell_unsound(reading: Reading, row: int, cell: str) -> None:
    """Note that a cell holds no value: a formula, an error, or more than a cell can hold."""
    if cell == marks.TOO_LONG:
        reading.trouble(columns.TEXT_FITS, row, columns.MUCH_TOO_LONG, limit=marks.LONGEST_TEXT)
    elif marks.is_formula(cell):
        reading.trouble(columns.NO_FORMULA, row, columns.FORMULA)
    elif cell in DITTO:
        reading.trouble(columns.NO_DITTO, row, columns.SAME_AS_ABOVE, value=cell)
    else:
        value = marks.content(cell)
        reading.trouble(columns.NO_ERROR, row, columns.ERROR_VALUE, value=value)


class ColumnsUnmatched(JobRefused):
    """Required columns were not found; carries the sheets, so that the user can match them."""

    def __init__(self, sheets: list[Sheet], sentence: str, **params: Any) -> None:
        super().__init__(sentence, **params)
        self.sheets = sheets


def read_roster(
    path: Path,
    *,
    name: str,
    kind: ImportKind,
    region_code: str,
    report: Callable[[int, int | None], None],
    advice: Advice | None = None,
) -> Roster:
    """Read a whole file. Raises FileRefused, or ColumnsUnmatched when no table is complete.

    `report(done, total)` is told the lines read so far; `advice` is what people have said
    of this file.
    """
    roster, advice = Roster.empty(kind, region_code), advice or Advice()
    names = Names(kind.columns, advice.matches, advice.given)
    for block in read_blocks(path, name=name):
        if not roster.sheets or roster.sheets[-1].number != block.sheet_number:
            roster.sheets.append(Sheet(block, names))
        for piece in roster.sheets[-1].take(block):
            if not piece.table.lacks:
                add_piece(roster, roster.sheets[-1], piece, advice)
        report(roster.batch.size + roster.not_data, None)
    settle(roster)
    return roster


def add_piece(roster: Roster, sheet: Sheet, piece: Piece, advice: Advice) -> None:
    """Add a table's rows as the file has them, or as they were mended."""
    cells = part_cells(roster.kind, piece.cells, roster)
    lines, cells = mend(piece.lines, cells, advice.mends.get(sheet.number, {}))
    left_out = set(piece.lines).difference(lines) if len(lines) < len(piece.lines) else ()
    sheet.pass_over(LineKind.LEFT_OUT, sorted(left_out))
    roster.add(sheet.number, lines, cells)


def settle(roster: Roster) -> None:
    """Decide what tables without all required columns are: a list beside, or a question."""
    tables = [(sheet, table) for sheet in roster.sheets for table in sheet.tables]
    if not tables:
        for sheet in roster.sheets:
            sheet.guess()
        names = [column.name for column in roster.kind.required]
        columns = titles_of_columns(roster.kind, names)
        raise ColumnsUnmatched(roster.sheets, NO_TABLE, columns=columns)
    for sheet in roster.sheets:
        if not sheet.tables and LineKind.TITLE in sheet.passed:
            sheet.passed[LineKind.OTHER] = sheet.passed.pop(LineKind.TITLE)
    set_aside(roster, tables)
    for sheet, table in tables:
        if table.is_asked:
            raise _question(roster, sheet, table)
    for sheet in roster.sheets:
        if sheet.nobodys:
            place = {"sheet": sheet.name, "line": sheet.nobodys[0]}
            raise ColumnsUnmatched(roster.sheets, NO_HEADING, **place)


def set_aside(roster: Roster, tables: list[tuple[Sheet, Table]]) -> None:
    """Pass over lists beside a complete table; other incomplete ones are to be asked about."""
    is_complete = any(not table.lacks for _sheet, table in tables)
    for sheet, table in tables:
        if not table.lacks or table.is_left_out:
            continue
        if is_complete and not (table.people and has_people(roster.kind, sheet, table)):
            sheet.pass_over(LineKind.OTHER, table.lines, of=table.people)
        else:
            table.is_asked = True


def has_people(kind: ImportKind, sheet: Sheet, table: Table) -> bool:
    """Whether an incomplete table is of people to be brought in, not a list beside them."""
    first = {column.name for column in kind.required[:2]}
    named = first <= table.heading.places.keys() | table.heading.unclear
    return named or not (sheet.hidden or len(table.lacks) * 2 > len(kind.required))


def _question(roster: Roster, sheet: Sheet, table: Table) -> ColumnsUnmatched:
    twice = [name for name in table.lacks if name in table.heading.unclear]
    return ColumnsUnmatched(
        roster.sheets,
        TWICE if twice else MISSING_COLUMNS,
        sheet=sheet.name,
        line=table.heading.line,
        columns=titles_of_columns(roster.kind, twice or table.lacks),
    )


def titles_of_columns(kind: ImportKind, names: Collection[str]) -> str:
    return "、".join(column.title for column in kind.columns if column.name in names)


def part_cells(
    kind: ImportKind, cells: dict[str, list[str]], roster: Roster
) -> dict[str, list[str]]:
    """Cells that hold several columns' content, parted where a part has no column of its own."""
    parted = dict(cells)
    for column in kind.columns:
        lacking = [part for part in column.parts if part not in cells]
        if column.split is None or column.name not in cells or not lacking:
            continue
        whole, counts = repair_text_column(cells[column.name], compact=True)
        roster.reading.repairs.update(counts)
        split = {cell: column.split(cell) for cell in set(whole)}
        del parted[column.name]
        for at, part in enumerate(column.parts):
            if part in lacking or part == column.name:
                parted[part] = [split[cell][at] for cell in whole]
    return parted
