"""A parsed sheet on its way into blocks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, repeat
from typing import Any

from exchange.files.blocks import SheetBlock
from exchange.files.cells import CELL_END, clean
from exchange.files.details import Details
from exchange.files.drafts import Draft, drafts

Packing = tuple[SheetBlock, list[str]]  # a block without its columns, and these still joined


@dataclass
class Sheet:
    """Rows from line 1 on, and what stands elsewhere about them, laid over each other.

    All `rows` are of one length and begin in column `left`. `merges`: first row, first column,
    last row, last column; all of these count from 0.
    """

    name: str
    rows: Iterator[Sequence[Any]]
    height: int
    width: int
    left: int = 0
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    details: Details = field(default_factory=Details)
    hidden: bool = False

    def __post_init__(self) -> None:
        self.height = max(self.height, self.details.height)
        self.width = max(self.width, self.details.width)

    @property
    def merged_cells(self) -> int:
        """Cells under merged ranges; those of one that covers another count twice."""
        return sum(
            (bottom - top + 1) * (right - left + 1)
            for top, left, bottom, right in self._cut_merges()
        )

    def blocks(self, number: int, block_rows: int) -> Iterator[Packing]:
        for draft in drafts(self._all_rows(), block_rows):
            lines = draft.lines(left=self.left, width=self.width)
            results = self._lay_over(lines, draft)
            block = SheetBlock(
                clean(self.name),
                number,
                draft.start + 1,
                [],
                height=self.height,
                width=self.width,
                merges=[] if draft.start else self._cut_merges(),
                hidden=self.hidden,
                hidden_lines=self.details.hidden_among(draft.start, draft.rows),
                results=results,
                cleaned=[(row, column + self.left) for row, column in draft.cleaned],
            )
            yield block, lines

    def _all_rows(self) -> Iterator[Sequence[Any]]:
        """The parser's rows, and empty ones down to the last formula."""
        first = next(self.rows, [""])
        empty: list[Any] = [""] * max(len(first), 1)
        return islice(chain([first], self.rows, repeat(empty)), self.height)

    def _lay_over(self, lines: list[str], draft: Draft) -> dict[tuple[int, int], str]:
        """Put formulas and errors into the cells; what the formulas showed comes back."""
        results = {}
        for column, rows in self.details.by_column(draft.start, draft.rows).items():
            cells = lines[column].split(CELL_END)
            for row in rows:
                place = draft.start + row, column
                shown = self.details.errors.get(place, cells[row])
                cells[row] = self.details.formulas.get(place, shown)
                if shown and cells[row] is not shown:
                    results[row, column] = shown
            lines[column] = CELL_END.join(cells)
        return results

    def _cut_merges(self) -> list[tuple[int, int, int, int]]:
        """Merged ranges, 1-based, cut to the sheet; those of one cell are none."""
        merges = []
        for top, left, bottom, right in self.merges:
            bottom, right = min(bottom, self.height - 1), min(right, self.width - 1)
            if top <= bottom and left <= right and (top, left) != (bottom, right):
                merges.append((top + 1, left + 1, bottom + 1, right + 1))
        return merges
