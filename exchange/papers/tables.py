"""The geometry of a printed table: paper, columns, rows of cells that are broken into lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, groupby, pairwise
from typing import Literal, NamedTuple

from reportlab.lib.pagesizes import A3, A4
from reportlab.lib.units import mm

from exchange.papers.texts import Line, lines
from exchange.workbooks.specs import SheetSpec
from exchange.workbooks.texts import display_width

MARGIN: float = 15 * mm
BODY, TITLE = 9.0, 16.0  # points
LEADING = 1.35  # from line to line, in ems
PADDING = 2.5  # points around the text of a cell
LEAST_HEIGHT = 20.0  # points of a row, so that somebody can sign in it
NARROWEST = 4.0  # characters

Align = Literal["left", "center", "right"]


class Undrawn(NamedTuple):
    """A character that no font has, and the line and column of the table it stands in."""

    character: str
    line: int
    column: str


@dataclass(frozen=True)
class PaperInfo:
    """What was printed: rows of data by sheet (totals not counted), pages, what was not drawn."""

    rows_by_sheet: Sequence[int]
    pages: int
    size: int
    sha256: str
    undrawn: Sequence[Undrawn] = ()

    @property
    def rows(self) -> int:
        return sum(self.rows_by_sheet)


@dataclass(frozen=True)
class Cell:
    """Text from one column's left edge to another's right edge, on one or more heading rows."""

    text: str
    first: int
    last: int
    align: Align = "left"
    down: int = 1  # rows of a heading it reaches over


@dataclass(frozen=True)
class Table:
    """A sheet on its paper; all lengths in points."""

    sheet: SheetSpec

    @cached_property
    def paper(self) -> tuple[float, float]:
        """Width and height."""
        short, long = {"A4": A4, "A3": A3}[self.sheet.paper]
        return (long, short) if self.sheet.landscape else (short, long)

    @property
    def width(self) -> float:
        width, _height = self.paper
        return width - 2 * MARGIN

    @cached_property
    def edges(self) -> list[float]:
        """The vertical lines: columns share the paper's width as their own widths say."""
        wanted = [c.width or max(display_width(c.title) + 1, NARROWEST) for c in self.sheet.columns]
        share = self.width / sum(wanted)
        return [MARGIN, *(MARGIN + so_far * share for so_far in accumulate(wanted))]

    def room(self, cell: Cell) -> float:
        """The width for a cell's text in ems."""
        return (self.edges[cell.last + 1] - self.edges[cell.first] - 2 * PADDING) / BODY

    def broken(self, cell: Cell) -> list[Line]:
        return lines(cell.text, self.room(cell))

    def heading(self) -> list[list[Cell]]:
        """The heading's rows: groups above titles where there are any, then the codes."""
        columns = self.sheet.columns
        grouped = any(column.group for column in columns)
        rows = [self._groups(), self._titles()] if grouped else [self._titles()]
        if any(column.code for column in columns):
            rows.append([Cell(c.code, n, n, "center") for n, c in enumerate(columns)])
        return rows

    def _groups(self) -> list[Cell]:
        cells = []
        for group, found in groupby(enumerate(self.sheet.columns), key=lambda each: each[1].group):
            places = [place for place, _column in found]
            if group:
                cells.append(Cell(group, places[0], places[-1], "center"))
            else:
                cells += [Cell(self.sheet.columns[n].title, n, n, "center", down=2) for n in places]
        return cells

    def _titles(self) -> list[Cell]:
        grouped = any(column.group for column in self.sheet.columns)
        return [
            Cell(column.title, n, n, "center")
            for n, column in enumerate(self.sheet.columns)
            if column.group or not grouped
        ]


def height_of(broken: Sequence[Sequence[Line]]) -> float:
    """The height of a row whose cells are broken into these lines."""
    most = max(map(len, broken), default=1)
    return max(LEAST_HEIGHT, most * BODY * LEADING + 2 * PADDING)


def sliced(broken: Sequence[Sequence[Line]], most: int) -> list[list[list[Line]]]:
    """A row in slices of no more lines than a page holds."""
    highest = max(map(len, broken), default=1)
    cuts = [*range(0, highest, most), highest]
    return [[list(cell[a:b]) for cell in broken] for a, b in pairwise(cuts)]
