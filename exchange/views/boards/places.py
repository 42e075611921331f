"""The next level down: a table that can be sorted, with bars, and the tiles of its map."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from core.models import Region
from exchange.amounts import By
from exchange.board_figures import Board, Cells
from exchange.charts import Place, bars
from exchange.figures import unplaced
from exchange.measures import COUNTY, declared
from exchange.views.boards.words import cell, kind_of


def place_table(board: Board, region: Region, query: str, sort: str) -> dict[str, Any]:
    """What `_components/table.html` takes: a line for each place of the next level down."""
    found = board.parts(By.PLACE)
    places = beneath(region, found)
    order = in_order(places, found, sort)
    figures = [found.get(code, board.nothing) for code in order]
    lengths = bars(each[board.of.measure] for each in figures)
    rows = [
        place_row(board, places[code], each, query, length)
        for code, each, length in zip(order, figures, lengths, strict=True)
    ]
    return {"columns": columns(board, sort=True), "rows": rows, "totals": totals(board)}


def beneath(region: Region, found: Iterable[str]) -> dict[str, Region]:
    """The divisions of the next level down; zones of the statistics only where they have figures.

    Where rows name no place below, the region itself stands for them.
    """
    shown = Q(parent=region.code) & (Q(statistical_only=False) | Q(pk__in=list(found)))
    places = {place.code: place for place in Region.objects.filter(shown).order_by("code")}
    if region.code in found:
        places[region.code] = Region(code=region.code, name=unplaced(region.code))
    return places


def in_order(places: dict[str, Region], found: dict[str, Cells], sort: str) -> Sequence[str]:
    """By code, or by the figure asked for; places without any stand last."""
    key = sort.removeprefix("-")
    measures = {measure for cells in found.values() for measure in cells}
    if key not in measures:
        return sorted(places, reverse=sort == "-name")
    figures = {code: found[code][key] for code in places if code in found}
    some = {code: figure for code, figure in figures.items() if figure is not None}
    known = sorted(some, key=lambda code: some[code], reverse=sort.startswith("-"))
    return [*known, *(code for code in places if code not in some)]


def columns(board: Board, sort: bool = False) -> list[dict[str, Any]]:
    figures = [
        {
            "key": key,
            "label": declared(key).label,
            "kind": kind_of(board, key),
            "sort": sort,
        }
        for key in board.measures
    ]
    return [{"key": "name", "label": _("place"), "sort": sort}, *figures]


def place_row(
    board: Board, place: Region, figures: Cells, query: str, length: int
) -> dict[str, Any]:
    here = place.code == board.of.region_code
    cells = {
        key: cell(board, key, figures[key], region_code=place.code, here=here)
        for key in board.measures
    }
    shown = cells[board.of.measure]
    shown["bar"] = length
    head = {"value": place.name, "url": address(board, place, query)}
    return {"cells": [head, *cells.values()], "place": place, "shown": shown["value"]}


def address(board: Board, place: Region, query: str) -> str:
    """The board of a place, or the page of its figure below the counties, where no boards are."""
    if place.code == board.of.region_code:
        return ""
    if len(place.code) > COUNTY:
        return board.figure(board.of.measure, region_code=place.code).url()
    return f"{reverse('exchange:figures', args=[place.code])}?{query}".rstrip("?")


def totals(board: Board) -> list[dict[str, Any]]:
    """The whole, as it is counted: people of several places are not a sum."""
    whole = board.whole
    return [{"value": _("total")}, *(cell(board, key, whole[key]) for key in board.measures)]


def mapped(rows: Iterable[dict[str, Any]]) -> list[Place]:
    """The places of the table as tiles."""
    return [
        Place(place.code, place.short_name or place.name, row["shown"], row["cells"][0]["url"])
        for row in rows
        if (place := row["place"])
    ]
