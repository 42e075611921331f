"""Workbooks of every kind, by python-calamine."""

import math
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO

from python_calamine import (
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from exchange.files.details import Details, read_details, sheet_parts
from exchange.files.limits import Limits
from exchange.files.refusals import FileRefused
from exchange.files.sheets import Packing, Sheet

Look = Callable[[BinaryIO, Limits], list[Details]]


def read(
    file: BinaryIO,
    *,
    name: str,
    limits: Limits,
    block_rows: int,
    go: Callable[[], list[str]],
    look: Look | None = None,
    only: int = 0,
) -> Iterator[Packing]:
    """Blocks of every worksheet, with their joined columns; an empty sheet gives none.

    `only` is the number of the one sheet that is parsed, 0 for all.

    `look` tells the details of all sheets at once; without it they are those of marked parts.

    `go` waits for the word that the file's geometry is fit; the sheet that costs the time, the
    first, is parsed meanwhile. Raises FileRefused and what the parser raises.
    """
    book = _opened(file)
    marked: list[str] | None = None
    told: list[Details] = []
    rows = cells = 0
    for index, about in enumerate(book.sheets_metadata):
        if about.typ is not SheetTypeEnum.WorkSheet or only not in (0, index + 1):
            continue
        sheet = book.get_sheet_by_index(index)
        if marked is None:
            marked, told = go(), look(file, limits) if look else []
        details = _details(file, about.name, marked, limits)
        part = _sheet(sheet, told[index] if index < len(told) else details)
        rows += part.height
        cells += part.height * part.width
        limits.check(rows=rows, columns=part.width, cells=cells)
        if part.merged_cells > limits.max_cells:
            raise FileRefused("merges")
        part.hidden = about.visible is not SheetVisibleEnum.Visible
        yield from part.blocks(index + 1, block_rows)


def _sheet(parsed: CalamineSheet, details: Details) -> Sheet:
    return Sheet(
        parsed.name,
        _parsed_rows(parsed),
        left=parsed.start[1] if parsed.start else 0,
        height=parsed.end[0] + 1 if parsed.end else 0,
        width=parsed.end[1] + 1 if parsed.end else 0,
        merges=[(*first, *last) for first, last in parsed.merged_cell_ranges or []]
        or details.merges,
        details=details,
    )


def _parsed_rows(parsed: CalamineSheet) -> Iterator[Sequence[Any]]:
    """The parser's rows, from line 1; one with a duration beyond all clocks is held as a whole."""
    rows = parsed.iter_rows() if parsed.start else iter(())
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except OverflowError:
            yield [math.nan] * parsed.width


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
