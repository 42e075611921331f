"""One line of a kept file as its office wrote it, with its headings; personal numbers masked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from core.sealing import mask_stray_numbers
from exchange.files import SheetBlock, read_blocks
from exchange.files import cells as marks
from exchange.imports.columns import Column
from exchange.imports.kinds import kind_of
from exchange.imports.moves import ImportNotPossible
from exchange.imports.pages import Merged
from exchange.imports.services import FILE_GONE, stored_path
from exchange.imports.shown import cell_as_read
from exchange.imports.understood import letters
from exchange.models import ImportBatch

BLOCK_ROWS = 2_000
BORN = "出生"
# A date of birth would complete a masked number; a number so long is somebody's account.
DAY_OF_YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})[-年./]?[0-9].*")
ACCOUNT = re.compile(r"(?<![0-9*])[0-9]{8,}([0-9]{4})(?![0-9*])")


@dataclass(frozen=True)
class LineCell:
    """A cell: where it stands, under which heading, and what it says.

    `formula` is what computed the content. `is_lent` tells that the content stands further
    up, in cells merged down to this line.
    """

    address: str
    title: str
    content: str
    formula: str = ""
    is_lent: bool = False


def sheet_report(batch: ImportBatch, sheet: int) -> dict[str, Any] | None:
    """What was understood of the sheet, None where the file has none of the number."""
    return next((each for each in batch.sheets if each["number"] == sheet), None)


def table_above(report: Mapping[str, Any], line: int) -> dict[str, Any] | None:
    """The report of the table that the line is a row of, if one begins above it."""
    above = [table for table in report["tables"] if table["line"] < line]
    return above[-1] if above else None


def read_line(batch: ImportBatch, sheet: int, line: int) -> list[LineCell] | None:
    """The line's filled cells, in order; None where the sheet has no such line.

    Parses that sheet only and stops after the line. Raises ImportNotPossible when the file
    is no longer kept, FileRefused when it can no longer be read.
    """
    path = stored_path(batch)
    if not path.exists():
        raise ImportNotPossible(FILE_GONE)
    merged: Merged | None = None
    found = read_blocks(path, name=batch.original_name, block_rows=BLOCK_ROWS, only=sheet)
    with closing(found) as blocks:
        for block in blocks:
            merged = merged or Merged(block.merges)
            filled, row = merged.fill(block), line - block.first_line
            if 0 <= row < len(block.columns[0]):
                return _Line(batch, sheet, line).cells(block, filled, row)
    return None


class _Line:
    """A line on its way to its reader: which column each place is, and how it is masked."""

    def __init__(self, batch: ImportBatch, sheet: int, line: int) -> None:
        report = sheet_report(batch, sheet)
        table = table_above(report, line) if report else None
        columns = {column.name: column for column in kind_of(batch.kind).columns}
        self.line = line
        self.titles: dict[str, str] = table["titles"] if table else {}
        self.columns: dict[int, Column] = {
            place: columns[name]
            for name, place in (table["places"] if table else {}).items()
            if name in columns
        }

    def cells(self, block: SheetBlock, filled: Sequence[list[str]], row: int) -> list[LineCell]:
        return [
            self._cell(place, raw[row], lent[row], block.results.get((row, place), ""))
            for place, (raw, lent) in enumerate(zip(block.columns, filled, strict=True))
            if lent[row].strip()
        ]

    def _cell(self, place: int, raw: str, cell: str, result: str) -> LineCell:
        is_formula = marks.is_formula(cell)
        return LineCell(
            address=f"{letters(place)}{self.line}",
            title=self.titles.get(str(place), ""),
            content=self._masked(place, result if is_formula else cell),
            formula=_strange(marks.content(cell)) if is_formula else "",
            is_lent=not raw,
        )

    def _masked(self, place: int, cell: str) -> str:
        """By the kind's column; a column it does not know may hold anything."""
        column = self.columns.get(place)
        if column:
            return cell_as_read(column, cell, in_full=False)
        content = _strange(marks.content(cell))
        return (
            DAY_OF_YEAR.sub(r"\1", content) if BORN in self.titles.get(str(place), "") else content
        )


def _strange(text: str) -> str:
    return ACCOUNT.sub(r"****\1", mask_stray_numbers(text))
