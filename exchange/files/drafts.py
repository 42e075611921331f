"""Rows become columns: blocks in the making, inside the reading process."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from exchange.files.cells import CELL_END, join_column

_BATCH = 250  # rows turned at once: their cells stay in the processor's cache
_LARGE = 16 << 20  # characters; ends a block early


@dataclass
class Draft:
    """Rows from `start` (counted from 0) on, as pieces of joined columns."""

    start: int
    rows: int = 0
    size: int = 0
    pieces: list[list[str]] = field(default_factory=list)
    cleaned: list[tuple[int, int]] = field(default_factory=list)

    def add(self, batch: list[Sequence[Any]]) -> None:
        """Take in rows of one and the same length."""
        self.pieces = self.pieces or [[] for _ in batch[0]]
        for column, values in enumerate(zip(*batch, strict=True)):
            joined, touched = join_column(values)
            self.pieces[column].append(joined)
            self.cleaned += [(self.rows + row, column) for row in touched]
            self.size += len(joined)
        self.rows += len(batch)

    def lines(self, *, left: int = 0, width: int = 0) -> list[str]:
        """The joined columns, `left` empty ones before them and more behind up to `width`."""
        empty = CELL_END * (self.rows - 1)
        lines = [empty] * left + [CELL_END.join(pieces) for pieces in self.pieces]
        return lines + [empty] * (width - len(lines))


def drafts(rows: Iterator[Sequence[Any]], block_rows: int) -> Iterator[Draft]:
    """Rows gathered to drafts of `block_rows`; the last is shorter, and so are very large ones."""
    draft = Draft(0)
    while batch := list(islice(rows, min(_BATCH, block_rows - draft.rows))):
        draft.add(batch)
        if draft.rows == block_rows or draft.size > _LARGE:
            yield draft
            draft = Draft(draft.start + draft.rows)
    if draft.rows:
        yield draft
