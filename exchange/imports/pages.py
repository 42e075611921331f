"""The lines of a block of a sheet, addressed by their numbers, with what was merged filled in."""

from __future__ import annotations

import bisect
import re
from collections.abc import Collection, Iterator, Sequence

from exchange.files import SheetBlock

Row = list[str]
Merge = tuple[int, int, int, int]
# A line with what merged cells lend it, and without.
Waiting = tuple[Row, Row]
# What a column that makes rows somebody's holds only on a line that is no person.
SIGNS_OF_ODD = ":：计"
ODD = re.compile("[:：]|[小合总共累] ?计")


def _below(rows: Sequence[Row], columns: Sequence[list[str]]) -> list[list[str]]:
    if not rows:
        return list(columns)
    held = zip(*rows, strict=True)
    return [[*above, *column] for above, column in zip(held, columns, strict=True)]


class Page:
    """Lines `first` to before `end`; `at` is the next one nobody has decided about.

    `waiting` are lines of the block before, put in front again because only what
    follows can tell what they are.
    """

    def __init__(self, block: SheetBlock, columns: Sequence[list[str]], waiting: Sequence[Waiting]):
        self.columns = _below([row for row, _raw in waiting], columns)
        self._raw = _below([raw for _row, raw in waiting], block.columns)
        self.first = self.at = block.first_line - len(waiting)
        self.end = block.first_line + (len(columns[0]) if columns else 0)
        self._doubtful: dict[tuple[int, ...], list[int]] = {}

    def row(self, line: int) -> Row:
        return [column[line - self.first] for column in self.columns]

    def raw(self, line: int) -> Row:
        """The line without what merged cells above lend it."""
        return [column[line - self.first] for column in self._raw]

    def cells(self, place: int, lines: Sequence[int]) -> list[str]:
        """A column's cells on these lines, in order."""
        column, first = self.columns[place], self.first
        if isinstance(lines, range):
            return column[lines.start - first : lines.stop - first]
        return [column[line - first] for line in lines]

    def next_run(
        self, places: Sequence[int], words: Collection[str], anywhere: Collection[str]
    ) -> tuple[int, int]:
        """The next lines, first and before which, that need a closer look.

        On them one of the places is empty, odd, or holds one of the words, or any place
        holds one of the words `anywhere`.
        """
        key = tuple(places)
        if key not in self._doubtful:
            found = self.with_gaps(places) | self.odd(places) | self.with_words(anywhere)
            self._doubtful[key] = sorted(found | self.with_words(words, places))
        lines = self._doubtful[key]
        at = bisect.bisect_left(lines, self.at)
        start = end = min(lines[at], self.end) if at < len(lines) else self.end
        while at < len(lines) and lines[at] == end < self.end:
            at, end = at + 1, end + 1
        return start, end

    def with_words(self, words: Collection[str], places: Collection[int] | None = None) -> set[int]:
        """Lines on which one of the words fills a cell of these places, or of any."""
        wanted = frozenset(words)
        found: set[int] = set()
        for place in range(len(self.columns)) if places is None else places:
            column = self.columns[place]
            if not wanted.isdisjoint(column):
                found.update(self.first + row for row, cell in enumerate(column) if cell in wanted)
        return found

    def odd(self, places: Collection[int]) -> set[int]:
        """Lines on which one of these places labels or adds up."""
        found: set[int] = set()
        for column in (self.columns[place] for place in places):
            joined = "\0".join(column)
            if any(sign in joined for sign in SIGNS_OF_ODD) and ODD.search(joined):
                found.update(self.first + row for row, c in enumerate(column) if ODD.search(c))
        return found

    def with_gaps(self, places: Collection[int]) -> set[int]:
        """Lines on which one of these places is empty."""
        return {
            self.first + row
            for place in places
            for row, cell in enumerate(self.columns[place])
            if not cell or cell.isspace()
        }


class Merged:
    """Cells merged downwards over several lines; the first one's content is everybody's."""

    def __init__(self, merges: Sequence[Merge]) -> None:
        self._down = [merge for merge in merges if merge[2] > merge[0]]
        self._carried: dict[tuple[int, int], str] = {}
        self.filled = 0

    def fill(self, block: SheetBlock) -> list[list[str]]:
        """The block's columns with these cells filled in; columns without any stay the same lists."""
        columns = list(block.columns)
        first = block.first_line
        end = first + (len(columns[0]) if columns else 0)
        for top, left, bottom, _right in self._down:
            if bottom < first or top >= end or left > len(columns):
                continue
            if columns[left - 1] is block.columns[left - 1]:
                columns[left - 1] = list(columns[left - 1])
            column = columns[left - 1]
            if top >= first:
                self._carried[top, left] = column[top - first]
            self._fill(
                column, self._carried.get((top, left), ""), self._rows(first, end, top, bottom)
            )
        return columns

    def _rows(self, first: int, end: int, top: int, bottom: int) -> Iterator[int]:
        yield from range(max(top + 1, first) - first, min(bottom + 1, end) - first)

    def _fill(self, column: list[str], content: str, rows: Iterator[int]) -> None:
        if not content:
            return
        for row in rows:
            if not column[row]:
                column[row] = content
                self.filled += 1
