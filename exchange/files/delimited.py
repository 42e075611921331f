"""Delimited text, as spreadsheet programs and older systems save it."""

import csv
import io
import itertools
from collections.abc import Callable, Iterator
from pathlib import PurePath
from statistics import median
from typing import BinaryIO

from exchange.files.blocks import SheetBlock
from exchange.files.cells import clean
from exchange.files.drafts import drafts
from exchange.files.encodings import decode
from exchange.files.limits import Limits
from exchange.files.refusals import FileRefused

_DELIMITERS = ",\t;"
_SAMPLE_LINES = 50
_LONGEST_FIELD = 20_000
_LONGEST_SHEET_NAME = 31


def read(
    file: BinaryIO, *, name: str, limits: Limits, block_rows: int, go: Callable[[], list[str]]
) -> Iterator[tuple[SheetBlock, list[str]]]:
    """Blocks of a text file and their joined columns; the sheet bears the file's name.

    Lines are a spreadsheet program's: a quoted cell over three lines of text is in one row.
    """
    text = decode(file.read())
    go()
    rows = _lines(text, limits)
    width = max(map(len, rows), default=0)
    sheet = clean(PurePath(name).stem)[:_LONGEST_SHEET_NAME]
    padded = (row + [""] * (width - len(row)) for row in rows)
    for draft in drafts(padded, block_rows):
        block = SheetBlock(
            sheet, 1, draft.start + 1, [], height=len(rows), width=width, cleaned=draft.cleaned
        )
        yield block, draft.lines()


def delimiter_of(text: str) -> str:
    """The sign that stands most often on the usual line of the beginning."""
    sample = [line for line in _first_lines(text) if line.strip()]
    return max(_DELIMITERS, key=lambda sign: median([line.count(sign) for line in sample] or [0]))


def _first_lines(text: str) -> list[str]:
    stream = io.StringIO(text, newline="")
    return [stream.readline(_LONGEST_FIELD) for _ in range(_SAMPLE_LINES)]


def _lines(text: str, limits: Limits) -> list[list[str]]:
    """Cells of every row up to the last filled one, without empty ones at the right."""
    csv.field_size_limit(_LONGEST_FIELD)
    delimiter = delimiter_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    lines: list[list[str]] = []
    start = end = cells = 0
    try:
        for row in reader:
            start, end = end, reader.line_num
            _drop_empty_end(row)
            cells += len(row)
            lines.append(row)
            limits.check(rows=len(lines), columns=len(row), cells=cells)
    except csv.Error as error:
        raise FileRefused("open-quote", line=len(lines) + 1) from error
    if end - start > 1:
        _check_closed(text, start, delimiter, row=len(lines))
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _check_closed(text: str, start: int, delimiter: str, *, row: int) -> None:
    """A last row over several lines may be a quotation mark that swallowed the rest of the file.

    `start` is the line of text on which it begins, from 0; `row` the row it is.
    """
    rest = itertools.islice(io.StringIO(text, newline=""), start, None)
    try:
        list(csv.reader(rest, delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "end of data" in str(error):
            raise FileRefused("open-quote", line=row) from error


def _drop_empty_end(row: list[str]) -> None:
    while row and not row[-1]:
        row.pop()
