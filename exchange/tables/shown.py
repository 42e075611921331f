"""A filled table as a page shows it: headings, lines, and cells that lead to what is behind them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from exchange.tables.declared import Column
from exchange.tables.filling import Filled
from exchange.tables.relations import Place
from exchange.tables.sheets import STEMS, line_number
from exchange.tables.sources import Cell, Origin
from exchange.workbooks import Kind

Linked = Callable[[Place, Cell], str]


@dataclass(frozen=True)
class Marks:
    """What is marked on a shown table: cells that findings speak of, cells that are explained,
    and whether typed cells are fields."""

    found: Collection[Place] = ()
    explained: Mapping[Place, str] | None = None
    is_form: bool = False


def shown(filled: Filled, link: Linked, marks: Marks | None = None) -> dict[str, Any]:
    """What `exchange/tables/_table.html` takes. `link` says where a cell leads, '' for nowhere."""
    marks = marks or Marks()
    stem = filled.table.stem
    return {
        "stems": [{"title": title, "code": STEMS[n]} for n, title in enumerate(stem.titles)],
        "line_codes": stem.line_codes,
        "line_letter": STEMS[len(stem.titles)],
        "groups": _groups(filled),
        "titles": [column for column in filled.columns if column.group],
        "columns": filled.columns,
        "has_groups": any(column.group for column in filled.columns),
        "rows": [_row(filled, row, link, marks) for row in range(len(filled.lines))],
    }


def _groups(filled: Filled) -> list[dict[str, Any]]:
    """The upper line of headings: a group over its columns, or a title over both lines."""
    found = []
    for group, members in groupby(filled.columns, key=lambda column: column.group):
        columns = list(members)
        if group:
            found.append({"title": group, "across": len(columns)})
        else:
            found += [{"title": column.title, "down": 2} for column in columns]
    return found


def _row(filled: Filled, row: int, link: Linked, marks: Marks) -> dict[str, Any]:
    line = filled.lines[row]
    fixed = filled.table.stem.lines == "fixed"
    return {
        "titles": line.titles,
        "number": line.code if fixed else line_number(row),
        "total": line.total,
        "cells": [
            _cell(filled, Place(line.code, column.code), column, link, marks)
            for column in filled.columns
        ],
    }


def _cell(
    filled: Filled, place: Place, column: Column, link: Linked, marks: Marks
) -> dict[str, Any]:
    cell = filled.cells[place]
    is_field = marks.is_form and column.is_typed and cell.origin is Origin.TYPED
    return {
        "text": text_of(column, cell),
        "url": link(place, cell),
        "words": column.is_words,
        "found": place in marks.found,
        "explained": (marks.explained or {}).get(place, ""),
        "field": field_name(place) if is_field else "",
        "typed": typed_text(cell) if is_field else "",
        "missing": place in filled.missing,
        "label": f"{column.code} {column.title}",
    }


def field_name(place: Place) -> str:
    return f"cell {place.column} {place.line}"


def place_of(name: str) -> Place | None:
    """The cell that a field is named for; None for another field."""
    kind, _space, rest = name.partition(" ")
    column, _space, line = rest.partition(" ")
    return Place(line, column) if kind == "cell" and column and line else None


def typed_text(cell: Cell) -> str:
    return cell.text if cell.value is None else f"{cell.value.normalize():f}"


def text_of(column: Column, cell: Cell) -> str:
    """A cell as it is read on a page, in the unit of the table."""
    return cell.text if cell.value is None else number_of(column, cell.value)


def number_of(column: Column, value: Decimal) -> str:
    if column.kind is Kind.PERCENT:
        return f"{value:.2%}"
    if column.kind is Kind.WAN:
        return f"{value.scaleb(-4):,.2f}"
    return f"{value:,.2f}" if column.kind is Kind.DECIMAL else f"{value:,.0f}"
