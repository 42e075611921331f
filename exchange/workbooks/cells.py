"""Values to the XML of cells, one column of a chunk of rows at a time.

The rows of a sheet are made by filling one template each. A column whose chunk is plain (clean
text, finite numbers, dates that all spreadsheets count alike) gives bare values to a narrow slot
of the template; any other chunk gives whole cells to an open slot. Nearly all chunks are plain,
and looking at a whole chunk at once costs a fraction of looking at each cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import repeat
from typing import Any, NamedTuple

from exchange.workbooks.formulas import Check, Computed, Formula
from exchange.workbooks.specs import CellUnwritable, Column, Kind
from exchange.workbooks.styles import NUMBER_OF
from exchange.workbooks.texts import (
    LINE_HEIGHT,
    clean,
    column_letters,
    fitted,
    text_cell,
    wrapped_lines,
    xml_text,
)

TEXT_FORMAT_LIMIT = 255  # a longer text in text format is shown as ####
EPOCH = date(1899, 12, 30).toordinal()
# Before this day the programs disagree: Excel counts a 29 February 1900 that never was.
FIRST_DATE = date(1900, 3, 1)
LINE = "\0"  # stands for the line number in a template; no text that is written contains it

_SPECIAL = ("&", "<", ">", "_x", " |", "| ")
_Plain = Callable[[Sequence[Any]], "list[str] | None"]
_One = Callable[[Any], "str | None"]


def _plain_text(values: Sequence[Any]) -> list[str] | None:
    texts = ["" if value is None else value for value in values]
    if set(map(type, texts)) != {str} or max(map(len, texts)) > TEXT_FORMAT_LIMIT:
        return None
    whole = "|".join(["", *texts, ""])
    if not whole.isprintable() or any(mark in whole for mark in _SPECIAL):
        return None
    return texts


def _plain_numbers(values: Sequence[Any]) -> list[str] | None:
    if not set(map(type, values)) <= {int, Decimal, float, type(None)}:
        return None
    texts = ["" if value is None else str(value) for value in values]
    # Only what is no finite number (nan, inf, Infinity, sNaN) has an N in its text.
    return None if "N" in "".join(texts).upper() else texts


def _plain_yuan(values: Sequence[Any]) -> list[str] | None:
    if not set(map(type, values)) <= {Decimal, type(None)}:
        return None
    return _plain_numbers([None if value is None else value.scaleb(-4) for value in values])


def _plain_days(values: Sequence[Any]) -> list[str] | None:
    if not set(map(type, values)) <= {date, type(None)}:
        return None
    if min((value for value in values if value is not None), default=FIRST_DATE) < FIRST_DATE:
        return None
    return ["" if value is None else str(value.toordinal() - EPOCH) for value in values]


def _number(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return None
    if not Decimal(value).is_finite():
        return None
    return str(int(value)) if isinstance(value, int) else str(value)


def _yuan(value: Any) -> str | None:
    text = _number(value)
    return None if text is None else str(Decimal(text).scaleb(-4))


def _day(value: Any) -> str | None:
    if not isinstance(value, date) or isinstance(value, datetime):
        return None
    return str(value.toordinal() - EPOCH)


_PLAIN: dict[Kind, _Plain] = {
    Kind.TEXT: _plain_text,
    Kind.WAN: _plain_yuan,
    Kind.DATE: _plain_days,
    Kind.MONTH: _plain_days,
}
_ONE: dict[Kind, _One] = {Kind.WAN: _yuan, Kind.DATE: _day, Kind.MONTH: _day}


class Filled(NamedTuple):
    """A column of a chunk: its slot in the template, what goes in, lines a row if more than one."""

    slot: str
    cells: Sequence[str]
    lines: list[int] | None


class ColumnCells:
    """Writes the cells of one column; `cut` counts the texts that were too long for a cell."""

    def __init__(
        self, column: Column, index: int, width: float, bold: bool = False, top: int = 1
    ) -> None:
        suffix = "-total" if bold else ""
        self.column, self.top = column, top
        self.room = max(width - 1, 1)
        self.cut = 0
        self.text_style = NUMBER_OF["text" + suffix]
        self.long_style = NUMBER_OF["long" + suffix]
        self.style = NUMBER_OF[column.kind.value + suffix]
        self.plain = _PLAIN.get(column.kind, _plain_numbers)
        self.one = _ONE.get(column.kind, _number)
        start = f'<c r="{column_letters(index)}{LINE}"'
        self.before, self.after = f' s="{self.style}"><v>', "</v></c>"
        if column.kind is Kind.TEXT:
            self.before = f' s="{self.style}" t="inlineStr"><is><t>'
            self.after = "</t></is></c>"
        self.empty = f' s="{self.style}"/>'
        self.open_slot = start + "%s"
        self.plain_slot = f"{start}{self.before}%s{self.after}"

    def fill(self, values: Sequence[Any], first_line: int) -> Filled:
        """The cells of a chunk of values, the first of which stands on `first_line`."""
        plain = self.plain(values)
        if plain is None:
            cells = [self.cell(value, line) for line, value in enumerate(values, first_line)]
            return Filled(self.open_slot, cells, self.lines(values))
        lines = None if self.surely_on_one_line(plain) else self.lines(plain)
        if "" not in plain:
            return Filled(self.plain_slot, plain, lines)
        before, after, empty = self.before, self.after, self.empty
        cells = [before + text + after if text else empty for text in plain]
        return Filled(self.open_slot, cells, lines)

    def surely_on_one_line(self, plain: Sequence[str]) -> bool:
        longest = max(map(len, plain))
        return 2 * longest <= self.room or (longest <= self.room and all(map(str.isascii, plain)))

    def lines(self, values: Sequence[Any]) -> list[int] | None:
        """Lines that each text needs in its cell, or None when one does for all of them."""
        if self.column.kind is not Kind.TEXT:
            return None
        lines = [wrapped_lines(shown_text(value), self.room) for value in values]
        return lines if max(lines) > 1 else None

    def cell(self, value: Any, line: int) -> str:
        """What follows the reference of one cell."""
        if value is None:
            return self.empty
        if isinstance(value, Formula | Check):
            return self.computed(value, line)
        if isinstance(value, str) or self.column.kind is Kind.TEXT:
            return self.text(str(value))
        if isinstance(value, date) and not isinstance(value, datetime) and value < FIRST_DATE:
            return self.text(value.isoformat())
        number = self.one(value)
        if number is None:
            raise CellUnwritable(self.column.title, line, value)
        return f' s="{self.style}"><v>{number}</v></c>'

    def computed(self, of: Computed, line: int) -> str:
        """A formula, with what it comes to for whoever reads without computing."""
        formula = xml_text(of.text(self.top))
        if of.value is None or isinstance(of, Check):
            kept = xml_text(str(of.value or ""))
            return f' s="{self.style}" t="str"><f>{formula}</f><v>{kept}</v></c>'
        number = self.one(of.value)
        if number is None:
            raise CellUnwritable(self.column.title, line, of.value)
        return f' s="{self.style}"><f>{formula}</f><v>{number}</v></c>'

    def text(self, value: str) -> str:
        content = fitted(value)
        self.cut += len(content) < len(clean(value))
        is_long = len(content) > TEXT_FORMAT_LIMIT
        return text_cell(content, self.long_style if is_long else self.text_style)


def shown_text(value: Any) -> str:
    return str((value.value if isinstance(value, Formula | Check) else value) or "")


class BodyRows:
    """Writes chunks of rows of a sheet in one style: ordinary or, for totals, bold.

    `top` is the line of the first row below the headings, which formulas are counted from.
    """

    def __init__(
        self, columns: Sequence[Column], widths: Sequence[float], bold: bool = False, top: int = 1
    ) -> None:
        self.columns = [
            ColumnCells(column, index, width, bold, top)
            for index, (column, width) in enumerate(zip(columns, widths, strict=True))
        ]

    @property
    def cut(self) -> int:
        return sum(each.cut for each in self.columns)

    def xml(self, rows: Sequence[Sequence[Any]], first_line: int) -> bytes:
        """XML of the rows, the first of which stands on `first_line` of the sheet."""
        filled = [
            column.fill(values, first_line)
            for column, values in zip(self.columns, zip(*rows, strict=True), strict=True)
        ]
        slots = "".join(each.slot for each in filled)
        heights = _heights([each.lines for each in filled if each.lines], len(rows))
        cells = [heights, *(each.cells for each in filled)]
        return "".join(_rows(slots, cells, first_line)).encode()


def _heights(lines: Sequence[Sequence[int]], rows: int) -> Sequence[str]:
    """The height of each row that must show more than one line, as an attribute."""
    # Excel finds the height by itself when it opens the file, LibreOffice does not.
    if not lines:
        return [""] * rows
    return [
        f' ht="{LINE_HEIGHT * most:g}"' if most > 1 else ""
        for most in map(max, zip(*lines, [1] * rows, strict=True))
    ]


def _rows(slots: str, columns: Sequence[Sequence[str]], first_line: int) -> Iterator[str]:
    """The columns in the slots of one template, in which a line number stands wherever LINE does."""
    # Joining what stands between the slots is quicker than filling a template for each row.
    given, count = iter(columns), len(columns[0])
    lines = [str(line) for line in range(first_line, first_line + count)]
    pieces = [
        lines if piece == LINE else next(given) if piece == "%s" else repeat(piece, count)
        for piece in re.split(f"({LINE}|%s)", f'<row r="{LINE}"%s>{slots}</row>')
    ]
    return map("".join, zip(*pieces, strict=True))
