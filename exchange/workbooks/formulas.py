"""Live formulas of a workbook: put together of cells, numbers and signs only.

There is no way from a text to a formula: no part of one is a text, so whatever stands in a row
or is typed by somebody stays what it is. Rows are counted from 0 below the headings, totals
included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from exchange.workbooks.texts import column_letters

Sign = Literal["+", "-", "*", "/"]
Comparison = Literal["=", "<=", ">=", "<", ">"]
BINDING = {"+": 1, "-": 1, "*": 2, "/": 2}
SIGNS = frozenset({*BINDING, "=", "<=", ">=", "<", ">"})
UNBALANCED = "不平衡"


@dataclass(frozen=True)
class CellAt:
    """A cell of the same sheet. One that holds a word instead of a number counts as 0."""

    row: int
    column: int
    is_word: bool = False

    def text(self, first_line: int) -> str:
        reference = f"{column_letters(self.column)}{first_line + self.row}"
        return f"N({reference})" if self.is_word else reference


@dataclass(frozen=True)
class Sum:
    """The cells of one column, added up."""

    cells: Sequence[CellAt]

    def text(self, first_line: int) -> str:
        return f"SUM({','.join(self._runs(first_line))})"

    def _runs(self, first_line: int) -> list[str]:
        """Neighbors as one area: C7:C9."""
        runs: list[list[CellAt]] = []
        for cell in self.cells:
            if runs and (cell.row, cell.column) == (runs[-1][-1].row + 1, runs[-1][-1].column):
                runs[-1].append(cell)
            else:
                runs.append([cell])
        ends = [
            (CellAt(run[0].row, run[0].column), CellAt(run[-1].row, run[-1].column)) for run in runs
        ]
        return [
            first.text(first_line)
            if first == last
            else f"{first.text(first_line)}:{last.text(first_line)}"
            for first, last in ends
        ]


@dataclass(frozen=True)
class Constant:
    value: Decimal

    def text(self, first_line: int) -> str:
        return format(self.value, "f")


@dataclass(frozen=True)
class Join:
    """Two parts joined by a sign; brackets stand where they bind less than it."""

    sign: Sign
    left: Part
    right: Part

    def text(self, first_line: int) -> str:
        left, right = self.left.text(first_line), self.right.text(first_line)
        own = BINDING[self.sign]
        if isinstance(self.left, Join) and BINDING[self.left.sign] < own:
            left = f"({left})"
        if isinstance(self.right, Join) and BINDING[self.right.sign] <= own and self.sign != "+":
            right = f"({right})"
        return f"{left}{self.sign}{right}"


Part = CellAt | Sum | Constant | Join


@dataclass(frozen=True)
class Formula:
    """A part that is computed, with what it comes to now; `places` is how it is rounded."""

    part: Part
    value: Decimal | int | None
    places: int | None = None

    def text(self, first_line: int) -> str:
        """As a spreadsheet reads it, the first row below the headings on `first_line`."""
        text = self.part.text(first_line)
        if self.places is None:
            return text
        return f'IFERROR(ROUND({text},{int(self.places)}),"")'


@dataclass(frozen=True)
class Check:
    """Two parts that must compare; the cell is empty as long as they do."""

    left: Part
    comparison: Comparison
    right: Part
    holds: bool

    @property
    def value(self) -> str:
        return "" if self.holds else UNBALANCED

    def text(self, first_line: int) -> str:
        """Sums are compared to less than half of what the smallest column shows."""
        if self.comparison not in SIGNS:
            raise ValueError(self.comparison)
        gap = f"ROUND({Join('-', self.left, self.right).text(first_line)},4)"
        told = f'IF({gap}{self.comparison}0,"","{UNBALANCED}")'
        return f'IFERROR({told},"")' if divides(self.left) or divides(self.right) else told


def divides(part: Part) -> bool:
    if not isinstance(part, Join):
        return False
    return part.sign == "/" or divides(part.left) or divides(part.right)


Computed = Formula | Check
