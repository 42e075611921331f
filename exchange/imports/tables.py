"""The tables of a sheet: where each begins and ends, and which lines are people.

A sheet is taken block by block. Clean rows go through in bulk; only lines on which
something that makes a row somebody's is empty, or that look like a heading, are looked
at one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.sealing import mask_stray_numbers
from exchange.files import SheetBlock
from exchange.files import cells as marks
from exchange.imports.facts import Fact, find_facts
from exchange.imports.headings import MOST_LINES, Heading, Names
from exchange.imports.lines import (
    PERSONAL_NUMBER,
    TOTAL_WORDS,
    LineKind,
    kind_of_line,
    numbers_columns,
)
from exchange.imports.pages import Merged, Page, Row, Waiting

LOOK_CLOSELY_LINES = 100
LINES_ABOVE = 12
KEYS = 3
# What no title of the next table stands above.
ENDS = frozenset((None, LineKind.TOTAL, LineKind.SIGNATURE))
LINES_KEPT, SAMPLES, LONGEST_SAMPLE = 50, 3, 30


@dataclass
class Table:
    """A heading with the rows under it.

    `lacks` names the required columns it does not give, `keys` the places whose cells
    make a row somebody's; `words` are those that a line which is no data may hold there.
    `is_asked` tells that nothing is read before its columns are matched.
    """

    heading: Heading
    facts: dict[str, Fact]
    lacks: list[str]
    keys: list[int]
    words: frozenset[str]
    people: int = 0
    is_asked: bool = False
    lines: list[int] = field(default_factory=list)
    samples: dict[int, list[str]] = field(default_factory=dict)

    @property
    def is_left_out(self) -> bool:
        """Whether its office has said that nothing of it is wanted."""
        return self.heading.is_matched and not self.heading.places

    def report(self) -> dict[str, Any]:
        """What was understood of the table, as it is kept beside the import."""
        heading = self.heading
        return {
            "line": heading.line,
            "digest": heading.digest,
            "matched": heading.is_matched,
            "people": self.people,
            "titles": {str(p): mask_stray_numbers(t) for p, t in heading.titles.items()},
            "places": heading.places,
            "facts": {name: fact.report() for name, fact in self.facts.items()},
            "unclear": sorted(heading.unclear),
            "lacks": self.lacks,
            "asked": self.is_asked,
            "samples": {str(place): texts for place, texts in self.samples.items()},
        }

    def sample(self, rows: Iterable[Row]) -> None:
        """Keep the first contents of every column, personal numbers masked."""
        for row in rows:
            for place in self.heading.titles:
                content = mask_stray_numbers(marks.content(row[place]).strip())
                if content:
                    self.samples.setdefault(place, []).append(content[:LONGEST_SAMPLE])


@dataclass(frozen=True)
class Piece:
    """Rows of a table that are data: their lines and, by column, their cells."""

    table: Table
    lines: Sequence[int]
    cells: dict[str, list[str]]


def given_facts(names: Names, heading: Heading) -> dict[str, Fact]:
    """What the user has given for all rows of the table, as if it stood above it."""
    given = names.given.get(heading.digest, {})
    return {name: Fact(0, 0, "", cell) for name, cell in given.items()}


@dataclass
class Passed:
    """Lines of one kind that are no data: how many, and the numbers of the first."""

    count: int = 0
    lines: list[int] = field(default_factory=list)


def holds_somebody(row: Row) -> bool:
    """Whether a cell of the line is a personal number and nothing else."""
    return any(PERSONAL_NUMBER.fullmatch(marks.content(cell).strip()) for cell in row)


class Sheet:
    """One sheet on its way through: the tables found so far, and what waits to be decided."""

    def __init__(self, block: SheetBlock, names: Names) -> None:
        self.number, self.name, self.hidden = block.sheet_number, block.sheet, block.hidden
        self.names = names
        self.tables: list[Table] = []
        self.passed: dict[LineKind, Passed] = {}
        self.hidden_lines: list[int] = []
        self.merged = Merged(block.merges)
        self.top: list[Row] = []
        self._above: list[tuple[int, Row]] = []
        self._waiting: list[Waiting] = []
        self._titles: list[Row] = []
        self.nobodys: list[int] = []

    def take(self, block: SheetBlock) -> Iterator[Piece]:
        """The data in the sheet's next block, table by table."""
        self.hidden_lines += block.hidden_lines
        page = Page(block, self.merged.fill(block), self._waiting)
        if page.first == 1:
            self.top = [page.row(line) for line in range(1, min(page.end, LOOK_CLOSELY_LINES))]
        self._waiting = []
        more = page.end <= block.height
        while page.at < page.end:
            if self.tables:
                yield from self._take_rows(page, self.tables[-1], more)
            else:
                self._seek(page)

    def pass_over(self, kind: LineKind, lines: Sequence[int], of: int = 0) -> None:
        """Count lines as no data, and keep the numbers of the first; `of` if there are more."""
        if lines:
            passed = self.passed.setdefault(kind, Passed())
            passed.count += max(of, len(lines))
            passed.lines += lines[: LINES_KEPT - len(passed.lines)]

    def report(self) -> dict[str, Any]:
        """What was understood of the sheet, as it is kept beside the import."""
        return {
            "number": self.number,
            "name": self.name,
            "hidden": self.hidden,
            "hidden_lines": self.hidden_lines[:LINES_KEPT],
            "hidden_count": len(self.hidden_lines),
            "filled_down": self.merged.filled,
            "passed": {kind: [passed.count, passed.lines] for kind, passed in self.passed.items()},
            "tables": [table.report() for table in self.tables],
        }

    def _seek(self, page: Page) -> None:
        """Go on to after the first heading, or to the page's end."""
        for line in self._promising(page):
            heading = self._heading(page, line) if line >= page.at else None
            if heading:
                self._note_above(page, heading.first_line)
                self._open(page, heading)
                return
        self._note_above(page, page.end)

    def _promising(self, page: Page) -> Iterator[int]:
        """Lines that may be a heading: each of the first, then those with a column's title."""
        yield from range(page.at, min(page.end, LOOK_CLOSELY_LINES))
        for line in sorted(page.with_words(self.names.words)):
            if line >= LOOK_CLOSELY_LINES:
                yield line

    def _heading(self, page: Page, line: int) -> Heading | None:
        """The heading that ends on this line, or goes on below it and then says more."""
        found = self._heading_at(page, line)
        if found is None:
            return None
        for lower in range(line + 1, min(line + MOST_LINES, page.end)):
            deeper = self._heading_at(page, lower)
            if deeper and deeper.first_line <= line and deeper.understood > found.understood:
                found = deeper
        return found

    def _heading_at(self, page: Page, line: int) -> Heading | None:
        first = max(page.at, line - MOST_LINES + 1)
        return self.names.read([page.row(each) for each in range(first, line + 1)], line)

    def _note_above(self, page: Page, end: int) -> None:
        """Keep the lines from here to before `end` as standing above the next table."""
        for line in range(page.at, end):
            row = page.row(line)
            filled = any(cell.strip() for cell in row)
            self.pass_over(LineKind.TITLE if filled else LineKind.BLANK, [line])
            if filled and holds_somebody(row) and self.names.words.isdisjoint(row):
                self.nobodys.append(line)
            self._above.append((line, row))
            del self._above[:-LINES_ABOVE]
        page.at = end

    def _open(self, page: Page, heading: Heading) -> None:
        """Begin the table under a heading, or go on with the one whose heading is repeated."""
        stated = find_facts(self._above, self.names)
        titles = [row for _line, row in self._above if any(map(str.strip, row))]
        self._above = []
        is_new = not self.tables or self.tables[-1].heading.titles != heading.titles
        # Titles that were not above the table before may be another class's: no fact is handed on.
        is_new = is_new or bool(stated) or any(row not in self._titles for row in titles)
        if is_new:
            self._titles = titles
            facts = stated | given_facts(self.names, heading)
            words = {cell for line in heading.lines for cell in page.row(line) if cell}
            self.tables.append(self._table(heading, facts, words))
        kind = LineKind.HEADING if is_new else LineKind.REPEATED
        end = heading.line + 1
        if end < page.end and numbers_columns(page.row(end)):
            end += 1
        self.pass_over(kind, range(heading.first_line, end))
        page.at = end

    def guess(self) -> None:
        """Note the likeliest table of a sheet without any, so that its columns can be matched."""
        heading = self.names.guess(self.top)
        if heading:
            table = self._table(heading, {}, set())
            table.sample(self.top[heading.line : heading.line + SAMPLES])
            self.tables.append(table)

    def _table(self, heading: Heading, facts: dict[str, Fact], words: set[str]) -> Table:
        given = self.names.given_by(heading.places.keys() | facts.keys())
        required = [column.name for column in self.names.columns if column.required]
        placed = [heading.places[name] for name in required if name in heading.places]
        keys = placed or list(heading.places.values())
        lacks = [name for name in required if name not in given]
        return Table(heading, facts, lacks, keys[:KEYS], frozenset(words) | TOTAL_WORDS)

    def _take_rows(self, page: Page, table: Table, more: bool) -> Iterator[Piece]:
        """Rows up to lines that need a closer look, and what these are."""
        start, end = page.next_run(table.keys, self.names.words | table.words, TOTAL_WORDS)
        end = self._before_heading(page, start, end)
        yield from self._piece(page, table, range(page.at, start))
        page.at = start
        heading = self._next_heading(page, table, end)
        if heading:
            end = heading.first_line
        elif more and end == page.end > start:
            # What stands at the end of a block may be the title of a table in the next one.
            end = max(start, page.end - LINES_ABOVE)
            self._waiting = [(page.row(line), page.raw(line)) for line in range(end, page.end)]
            page.end = end
        yield from self._piece(page, table, self._data(page, table, range(start, end), heading))
        page.at = end
        if heading:
            titles = self._titles_above(page, table, start, end)
            self._above = [(line, page.row(line)) for line in titles][-LINES_ABOVE:]
            self._open(page, heading)

    def _before_heading(self, page: Page, start: int, end: int) -> int:
        """A run of doubtful lines, made to reach over a heading whose words are written oddly."""
        for lower in range(end, min(end + MOST_LINES, page.end) if end > start else end):
            if self.names.knows(page.row(lower)):
                end = lower + 1
        return end

    def _next_heading(self, page: Page, table: Table, end: int) -> Heading | None:
        for line in range(page.at, end):
            row = page.row(line)
            is_promising = not table.words.isdisjoint(row) or self.names.knows(row)
            if is_promising and (found := self._heading(page, line)):
                return found
        return None

    def _titles_above(self, page: Page, table: Table, start: int, end: int) -> list[int]:
        """The titles that follow the last person, total or signature before a heading."""
        titles: list[int] = []
        for line in range(start, end):
            kind = self._kind(page, table, line, is_above=True)
            if kind is LineKind.TITLE:
                titles.append(line)
            elif kind in ENDS:
                titles.clear()
        return titles

    def _kind(self, page: Page, table: Table, line: int, *, is_above: bool) -> LineKind | None:
        places = table.heading.places.values()
        return kind_of_line(page.raw(line), places, table.keys, is_above=is_above)

    def _data(self, page: Page, table: Table, lines: range, heading: Heading | None) -> list[int]:
        """Those of the lines that are data; the others are counted as what they are."""
        data = []
        for line in lines:
            kind = self._kind(page, table, line, is_above=bool(heading))
            if kind is None:
                data.append(line)
            else:
                self.pass_over(kind, [line])
        return data

    def _piece(self, page: Page, table: Table, lines: Sequence[int]) -> Iterator[Piece]:
        if not lines:
            return
        if table.is_left_out:
            self.pass_over(LineKind.LEFT_OUT, lines)
            return
        if not table.people:
            table.sample(page.row(line) for line in lines[:SAMPLES])
        table.people += len(lines)
        table.lines += lines[: LINES_KEPT - len(table.lines)]
        places = table.heading.places
        cells = {name: page.cells(place, lines) for name, place in places.items()}
        cells |= {
            name: [f.cell] * len(lines) for name, f in table.facts.items() if name not in cells
        }
        yield Piece(table, lines, cells)
