"""A table filled: every cell from its one source, formulas computed, relations judged."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import NamedTuple

from core.models import Region
from exchange.periods import Period
from exchange.tables import judging, stems
from exchange.tables.checks import in_order
from exchange.tables.declared import Column, Table
from exchange.tables.relations import At, Broken, Place, Ref, is_empty, value_of
from exchange.tables.sources import NOT_APPLYING, Cell, Origin, fitting, source_of
from exchange.tables.stems import Context, StemLine

LONGEST = 200


class Typed(NamedTuple):
    """What an office typed into a cell: a number or words."""

    value: Decimal | None
    text: str


@dataclass(frozen=True)
class Filled:
    """A table of a region and period: its lines, columns and cells, and what does not hold.

    `missing` are cells that the office must fill in and has not.
    """

    table: Table
    region: Region
    period: Period
    columns: Sequence[Column]
    lines: Sequence[StemLine]
    cells: Mapping[Place, Cell]
    broken: Sequence[Broken]
    missing: Sequence[Place]

    @cached_property
    def numbers(self) -> Mapping[Place, Decimal | None]:
        return {place: cell.value for place, cell in self.cells.items()}

    @property
    def counted_since(self) -> datetime.date:
        """The first day of what is counted of submitted books: a table that adds up from the
        beginning of the year, or of a plan, counts months before its period."""
        days = (cell.counted_since for cell in self.cells.values())
        return min([day for day in days if day] + [self.period.first_day])


def fill(
    table: Table, region: Region, period: Period, typed: Mapping[Place, Typed] | None = None
) -> Filled:
    """Fill a table as of now, with what the office typed."""
    context = Context(table, region, period)
    columns, lines = table.columns_for(region.code), stems.lines_of(context)
    cells: dict[Place, Cell] = {}
    for column in in_order(columns):
        for code, cell in _column(column, lines, context, cells, typed or {}).items():
            cells[Place(code, column.code)] = cell
    lines = [line for line in lines if not line.if_any or _has_any(line, cells)]
    kept = {line.code for line in lines}
    cells = {place: cell for place, cell in cells.items() if place.line in kept}
    return judged(Filled(table, region, period, columns, lines, cells, (), ()))


def judged(filled: Filled) -> Filled:
    """The same with its relations and required cells looked at."""
    numbers = filled.numbers
    wrong = judging.broken(filled.table, filled.columns, filled.lines, numbers)
    missing = [
        Place(line.code, column.code)
        for line in filled.lines
        for column in filled.columns
        if _is_required(column, line, numbers)
        and not filled.cells[Place(line.code, column.code)].is_filled
    ]
    return replace(filled, broken=wrong, missing=missing)


def _column(
    column: Column,
    lines: Sequence[StemLine],
    context: Context,
    so_far: Mapping[Place, Cell],
    typed: Mapping[Place, Typed],
) -> Mapping[str, Cell]:
    applying = [line for line in lines if column.code not in line.empty]
    if column.formula is not None:
        numbers = {place: cell.value for place, cell in so_far.items()}
        found = {line.code: _computed(column, line, numbers) for line in applying}
    elif column.is_typed:
        found = {line.code: _typed(typed.get(Place(line.code, column.code))) for line in applying}
    else:
        found = dict(source_of(column.source).fill(column, applying, context))
    return {line.code: found.get(line.code, NOT_APPLYING) for line in lines}


def _computed(column: Column, line: StemLine, numbers: Mapping[Place, Decimal | None]) -> Cell:
    at, formula = At(line=line.code), column.formula
    needed = [Ref(column=code) for code in column.needs]
    if formula is None or is_empty([formula], numbers, at) or is_empty(needed, numbers, at):
        return Cell(origin=Origin.FORMULA)
    return Cell(fitting(column, value_of(formula, numbers, at)), origin=Origin.FORMULA)


def _typed(said: Typed | None) -> Cell:
    return Cell(said.value, said.text, Origin.TYPED) if said else Cell(origin=Origin.TYPED)


def _has_any(line: StemLine, cells: Mapping[Place, Cell]) -> bool:
    return any(cell.value for place, cell in cells.items() if place.line == line.code)


def _is_required(column: Column, line: StemLine, numbers: Mapping[Place, Decimal | None]) -> bool:
    if column.code in line.empty:
        return False
    asked = column.required_when
    return column.required or (
        asked is not None and asked.holds_of_filled(numbers, At(line=line.code))
    )


class CellUnreadable(ValueError):
    """What was typed is no number, or too long."""


def read_typed(column: Column, text: str) -> Typed:
    """What was typed into a cell. Raises CellUnreadable; an empty cell is neither."""
    said = " ".join(text.split())
    if len(said) > LONGEST:
        raise CellUnreadable
    if column.is_words or not said:
        return Typed(None, said)
    try:
        number = Decimal(said.replace(",", "").replace("，", ""))
    except InvalidOperation:
        raise CellUnreadable from None
    if not number.is_finite() or abs(number) >= 10**15 or number != fitting(column, number):
        raise CellUnreadable
    return Typed(number, "")
