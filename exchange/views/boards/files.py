"""What a board shows, as a workbook: the whole, the next level down, months, categories, programs."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.access import Permission, admits
from core.downloads import download
from core.models import Region
from exchange.amounts import By, Number
from exchange.board_figures import Board, shown_keys
from exchange.figure_filters import of_shown
from exchange.figures import are_counted
from exchange.measures import Measure, declared
from exchange.reports.forms import LABELS
from exchange.views.boards.page import Asked, asked_of, board_region
from exchange.views.boards.places import beneath, in_order
from exchange.views.boards.words import kind_of
from exchange.workbooks import Column, Foot, Head, Kind, SheetSpec, write_workbook

Cells = Mapping[str, Number | None]


@admits(Permission.SEE_FIGURES)
@require_safe
def file(request: HttpRequest, region_code: str) -> FileResponse | HttpResponse:
    """The board as it is shown, every part of it, as xlsx. A few hundred lines at most."""
    asked = asked_of(request, board_region(request, region_code))
    if not are_counted(shown_keys()):
        return redirect("exchange:figures", region_code)
    out = io.BytesIO()
    write_workbook(out, sheets(asked), labels=LABELS, created=timezone.now())
    name = _("%(region)s figures %(period)s") % {
        "region": asked.region.name,
        "period": asked.of.period.text,
    }
    return download(out.getvalue(), f"{name}.xlsx")


def sheets(asked: Asked) -> list[SheetSpec]:
    of, region = asked.of, asked.region
    board = Board(of, shown_keys(), list(By))
    names = of_shown(of.measure)
    tables: list[tuple[str, str | Promise, Sequence[tuple[str, Cells]]]] = [
        (_("By place"), _("place"), by_place(board, region, asked.sort)),
        (
            _("By month"),
            _("month"),
            [(month, cells) for month, cells in board.parts(By.MONTH).items()],
        ),
        (_("By category"), names.split_by, named(board, By.CATEGORY, names.categories())),
        (_("By program"), _("program"), named(board, By.PROGRAM, names.programs())),
    ]
    return [
        SheetSpec(
            name=name,
            columns=[Column(str(what)), *(column(board, key) for key in board.measures)],
            rows=[line(board, label, cells) for label, cells in rows],
            totals=[line(board, _("total"), board.whole)],
            totals_at="last",
            head=head(asked, name),
            foot=Foot(notes=notes(board, asked)),
            freeze=1,
        )
        for name, what, rows in tables
        if rows
    ]


def by_place(board: Board, region: Region, sort: str) -> list[tuple[str, Cells]]:
    found = board.parts(By.PLACE)
    places = beneath(region, found)
    order = in_order(places, found, sort)
    return [(places[code].name, found.get(code, board.nothing)) for code in order]


def named(board: Board, by: By, names: Mapping[str, Any]) -> list[tuple[str, Cells]]:
    found = board.parts(by)
    return [(str(names.get(key, key)), cells) for key, cells in found.items()]


def column(board: Board, key: str) -> Column:
    of = declared(key)
    return Column(f"{of.label}（{of.unit}）", kind_in_workbook(board, key))


def kind_in_workbook(board: Board, key: str) -> Kind:
    of = declared(key)
    if kind_of(board, key) == "percent":
        return Kind.PERCENT
    whole = isinstance(of, Measure) and (of.is_people or of.amount == "1")
    return Kind.INTEGER if whole else Kind.DECIMAL


def line(board: Board, label: str, cells: Cells) -> list[Any]:
    return [label, *(cells[key] for key in board.measures)]


def head(asked: Asked, name: str) -> Head:
    return Head(
        title=f"{asked.region.name} {name}",
        period=asked.of.period.name,
        reporting_office=asked.region.name,
    )


def notes(board: Board, asked: Asked) -> list[str]:
    """The filters, when the figures were last changed, and how each measure is counted."""
    filters = [f"{chip['label']}: {chip['value']}" for chip in asked.filters.chips]
    moment = timezone.localtime(board.newest) if board.newest else timezone.localtime()
    as_of = _("As of %(time)s") % {"time": f"{moment:%Y-%m-%d %H:%M}"}
    counted = [f"{declared(key).label}: {board.figure(key).definition}" for key in board.measures]
    return [*filters, as_of, *counted]
