"""Tables that are built cell by cell, with spans, as the markup of other systems gives them."""

from collections.abc import Iterator, Sequence
from typing import Any

from exchange.files.cells import ERROR, FORMULA, LONGEST_TEXT, clean
from exchange.files.details import Details
from exchange.files.limits import Limits
from exchange.files.refusals import FileRefused
from exchange.files.sheets import Packing, Sheet


class Grid:
    """One table. Rows and columns count from 0; rows without a filled cell at the end are none."""

    def __init__(self, limits: Limits, *, name: str = "", hidden: bool = False) -> None:
        self.limits = limits
        self.name = name
        self.hidden = hidden
        self.rows: list[list[Any]] = []
        self.merges: list[tuple[int, int, int, int]] = []
        self.details = Details()
        self.row = -1
        self.column = 0
        self._cells = 0
        self._spans: list[tuple[int, int, int]] = []  # left, right, the row where it is over

    def start_row(self, row: int | None = None, *, hidden: bool = False) -> None:
        """Begin the next row, or a later one."""
        self.row = max(self.row + 1, row or 0)
        self.column = 0
        self._spans = sorted(span for span in self._spans if span[2] > self.row)
        if hidden and self.row < self.limits.max_rows:
            self.details.hidden_lines.add(self.row + 1)

    def add(
        self, value: Any, *, column: int = 0, across: int = 1, down: int = 1, formula: str = ""
    ) -> None:
        """Put a cell in the next free column, or a later one, and its value in its first place."""
        column = self._free(max(self.column, column))
        across = min([across, *(left - column for left, _, _ in self._spans if left > column)])
        if value != "":
            self._fill(column, value)
        if formula:
            self.limits.check(rows=self.row + 1, columns=column + 1, cells=0)
            self.details.formulas[self.row, column] = FORMULA + clean(formula)[:LONGEST_TEXT]
        if across > 1 or down > 1:
            self.merges.append((self.row, column, self.row + down - 1, column + across - 1))
            self._spans = sorted([*self._spans, (column, column + across, self.row + down)])
        self.column = column + across

    def add_error(self, shown: str, *, column: int = 0) -> None:
        """Put an error value in the next free column, or a later one."""
        self.add("", column=column)
        place = self.row, self.column - 1
        self.limits.check(rows=place[0] + 1, columns=place[1] + 1, cells=0)
        self.details.errors[place] = ERROR + clean(shown)[:LONGEST_TEXT]

    def put_lines_above(self, lines: Sequence[list[Any]]) -> None:
        """Push the table down by lines that stood above it."""
        by = len(lines)
        details = self.details
        self.rows = [*lines, *self.rows]
        self.merges = [(top + by, left, low + by, right) for top, left, low, right in self.merges]
        self.details = Details(
            formulas={(row + by, column): text for (row, column), text in details.formulas.items()},
            errors={(row + by, column): text for (row, column), text in details.errors.items()},
            hidden_lines={line + by for line in details.hidden_lines},
        )

    def _free(self, column: int) -> int:
        for left, right, _ in self._spans:
            if left <= column < right:
                column = right
        return column

    def _fill(self, column: int, value: Any) -> None:
        self._cells += 1
        self.limits.check(rows=self.row + 1, columns=column + 1, cells=self._cells)
        self.rows.extend([] for _ in range(self.row + 1 - len(self.rows)))
        cells = self.rows[self.row]
        cells.extend([""] * (column - len(cells)))
        cells.append(value)


def blocks_of(grids: Sequence[Grid], limits: Limits, block_rows: int) -> Iterator[Packing]:
    """Blocks of every table, each a sheet; raises FileRefused where they are too many together."""
    if len(grids) > limits.max_entries:
        raise FileRefused("unsafe")
    rows = cells = 0
    for number, grid in enumerate(grids, 1):
        sheet = _sheet(grid)
        rows += sheet.height
        cells += sheet.height * sheet.width
        limits.check(rows=rows, columns=sheet.width, cells=cells)
        yield from sheet.blocks(number, block_rows)


def _sheet(grid: Grid) -> Sheet:
    width = max(map(len, grid.rows), default=0)
    return Sheet(
        grid.name,
        (row + [""] * (width - len(row)) for row in grid.rows),
        height=len(grid.rows),
        width=width,
        merges=grid.merges,
        details=grid.details,
        hidden=grid.hidden,
    )
