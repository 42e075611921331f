"""Workbooks of every kind, by python-calamine."""

import zipfile
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice, repeat
from typing import Any, BinaryIO

from python_calamine import (
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from exchange.files.blocks import SheetBlock
from exchange.files.cells import CELL_END, clean
from exchange.files.details import Details, read_details, sheet_parts
from exchange.files.drafts import Draft, drafts
from exchange.files.limits import Limits
from exchange.files.refusals import FileRefused

Packing = tuple[SheetBlock, list[str]]  # a block without its columns, and these still joined


def read(
    file: BinaryIO, *, name: str, limits: Limits, block_rows: int, go: Callable[[], list[str]]
) -> Iterator[Packing]:
    """Blocks of every worksheet, with their joined columns; an empty sheet gives none.

    `go` waits for the word that the file's geometry is fit; the sheet that costs the time, the
    first, is parsed meanwhile. Raises FileRefused and what the parser raises.
    """
    book = _opened(file)
    marked: list[str] | None = None
    rows = cells = 0
    for index, about in enumerate(book.sheets_metadata):
        if about.typ is not SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_index(index)
        marked = go() if marked is None else marked
        part = _Sheet(sheet, _details(file, about.name, marked, limits))
        rows += part.height
        cells += part.height * part.width
        limits.check(rows=rows, columns=part.width, cells=cells)
        hidden = about.visible is not SheetVisibleEnum.Visible
        yield from part.blocks(index + 1, hidden=hidden, block_rows=block_rows)


class _Sheet:
    """A parsed sheet, and what only its XML tells, laid over each other from cell A1."""

    def __init__(self, sheet: CalamineSheet, details: Details) -> None:
        self.sheet = sheet
        self.details = details
        self.left = sheet.start[1] if sheet.start else 0
        self.height = max(sheet.end[0] + 1 if sheet.end else 0, details.height)
        self.width = max(sheet.end[1] + 1 if sheet.end else 0, details.width)

    def blocks(self, number: int, *, hidden: bool, block_rows: int) -> Iterator[Packing]:
        for draft in drafts(self._rows(), block_rows):
            lines = draft.lines(left=self.left, width=self.width)
            results = self._lay_over(lines, draft)
            block = SheetBlock(
                clean(self.sheet.name),
                number,
                draft.start + 1,
                [],
                height=self.height,
                width=self.width,
                merges=[] if draft.start else self._merges(),
                hidden=hidden,
                hidden_lines=self.details.hidden_among(draft.start, draft.rows),
                results=results,
                cleaned=[(row, column + self.left) for row, column in draft.cleaned],
            )
            yield block, lines

    def _rows(self) -> Iterator[Sequence[Any]]:
        """The parser's rows, from line 1, and empty ones down to the last formula."""
        parsed = self.sheet.iter_rows() if self.sheet.start else iter(())
        empty: list[Any] = [""] * max(self.sheet.width, 1)
        return islice(chain(parsed, repeat(empty)), self.height)

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

    def _merges(self) -> list[tuple[int, int, int, int]]:
        """Merged ranges, 1-based, cut to the sheet; those of one cell are none."""
        merges = []
        for (top, left), (bottom, right) in self.sheet.merged_cell_ranges or []:
            bottom, right = min(bottom, self.height - 1), min(right, self.width - 1)
            if top <= bottom and left <= right and (top, left) != (bottom, right):
                merges.append((top + 1, left + 1, bottom + 1, right + 1))
        return merges


def _opened(file: BinaryIO) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(file)
    except PasswordError as error:
        raise FileRefused("encrypted") from error


def _details(file: BinaryIO, name: str, marked: list[str], limits: Limits) -> Details:
    if not marked:
        return Details()
    with zipfile.ZipFile(file) as package:
        part = sheet_parts(package).get(name)
        return read_details(package, part, limits) if part in marked and part else Details()
