"""A filed table as it was filed: put down with all it needs to be drawn again, and read back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from core.models import Region
from exchange.figures import Figure
from exchange.models import TableCell, TableFiling
from exchange.periods import Period
from exchange.reports.forms import Form
from exchange.submissions.digests import sm3
from exchange.tables.filling import Filled, judged
from exchange.tables.heads import as_json, from_json
from exchange.tables.reading import read
from exchange.tables.relations import Place
from exchange.tables.sources import Cell, Origin
from exchange.tables.stems import StemLine

LINE = ("code", "titles", "region_code", "here", "total", "part_of", "empty")


def kept(filled: Filled, form: Form) -> dict[str, Any]:
    """What is kept of a filing beside its cells: form, lines, and the declaration itself."""
    return {
        "form": as_json(form),
        "lines": [_line(line) for line in filled.lines],
        "declaration": filled.table.text,
    }


def _line(line: StemLine) -> dict[str, Any]:
    said = {name: getattr(line, name) for name in LINE}
    return said | {"titles": list(line.titles), "empty": sorted(line.empty)}


def cells_of(
    filing: TableFiling, filled: Filled, notes: Mapping[Place, TableCell]
) -> list[TableCell]:
    """The cells to be kept, in the order of lines and columns, with what was typed and explained.

    `notes` are the cells of the draft.
    """
    regions = {line.code: line.region_code for line in filled.lines}
    found = []
    for line in filled.lines:
        for column in filled.columns:
            place = Place(line.code, column.code)
            cell = _cell(filled.cells[place], notes.get(place))
            cell.filing, cell.line, cell.column = filing, place.line, place.column
            cell.place = regions[line.code]
            found.append(cell)
    whole = [note for place, note in notes.items() if not place.line]
    return [*found, *(_copied(filing, note) for note in whole)]


def _cell(cell: Cell, note: TableCell | None) -> TableCell:
    return TableCell(
        value=cell.value,
        text=cell.text,
        origin=cell.origin,
        figure=cell.figure.query() if cell.figure else "",
        typed_by=note.typed_by if note and cell.origin is Origin.TYPED else None,
        typed_at=note.typed_at if note and cell.origin is Origin.TYPED else None,
        explanation=note.explanation if note else "",
    )


def _copied(filing: TableFiling, note: TableCell) -> TableCell:
    """What was said of the table as a whole."""
    return TableCell(
        filing=filing,
        line=note.line,
        column=note.column,
        origin=Origin.NONE,
        explanation=note.explanation,
    )


def digest_of(filing: TableFiling, cells: list[TableCell]) -> bytes:
    """The SM3 of all that is filed."""
    said = {
        "table": filing.table,
        "region": filing.region_code,
        "period": filing.period,
        "round": filing.round,
        "kept": filing.form,
        "cells": [
            [c.line, c.column, _number(c), c.text, c.origin, c.figure, c.explanation] for c in cells
        ],
    }
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sm3(text.encode())


def _number(cell: TableCell) -> str | None:
    return None if cell.value is None else f"{cell.value:.4f}"


def read_back(filing: TableFiling) -> tuple[Filled, Form]:
    """The table as it was filed, whatever became of the figures, divisions and declarations."""
    said: dict[str, Any] = filing.form or {}
    table = read(said["declaration"])
    lines = [StemLine(**_plain(line)) for line in said["lines"]]
    cells = {
        Place(cell.line, cell.column): Cell(
            cell.value, cell.text, Origin(cell.origin), figure_from(cell.figure)
        )
        for cell in filing.cells.all()
        if cell.line
    }
    region = Region.objects.get(pk=filing.region_code)
    period, columns = Period.parse(filing.period), table.columns_for(region.code)
    filled = Filled(table, region, period, columns, lines, cells, (), ())
    return judged(filled), from_json(said["form"])


def _plain(line: Mapping[str, Any]) -> dict[str, Any]:
    return {**line, "titles": tuple(line["titles"]), "empty": frozenset(line["empty"])}


def figure_from(query: str) -> Figure | None:
    """The figure of an address that was kept; None for none."""
    if not query:
        return None
    said = QueryDict(query)
    return Figure(
        said["measure"],
        said["region"],
        Period.span(said["period"]),
        programs=frozenset(said.getlist("program")),
        categories=frozenset(said.getlist("category")),
        here=said.get("here") == "1",
    )
