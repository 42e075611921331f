"""The parts of a board that come after its first answer: by month, by category, by program."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from core.access import Permission, admits
from exchange.amounts import By, Number
from exchange.board_figures import Board, all_shown
from exchange.charts import Series, bars, curve
from exchange.figure_filters import of_shown
from exchange.figures import Figure
from exchange.measures import Derived, declared
from exchange.periods import Period
from exchange.views.boards.page import asked_of, board_region
from exchange.views.boards.words import cell, kind_of
from exchange.views.figure import told

MONTHS = range(1, 13)


@admits(Permission.SEE_FIGURES)
@require_safe
def part(request: HttpRequest, region_code: str, part: str) -> HttpResponse:
    """A fragment of the board, by the same filters."""
    region = board_region(request, region_code)
    if part not in PARTS:
        raise Http404
    of = asked_of(request, region).of
    return render(request, "exchange/figures/_part.html", PARTS[part](of))


def keys_of(of: Figure) -> tuple[str, ...]:
    """The measure of the pictures, and what stands beside it."""
    return next((each.keys for each in all_shown() if each.measure == of.measure), (of.measure,))


def months(of: Figure) -> dict[str, Any]:
    """The twelve months of the period's year, beside those of the year before."""
    found = TwoYears.of(of)
    kind = told(of, 0)["kind"]
    names = [Period.parse(str(year)).name for year in (found.year, found.year - 1)]
    series = [
        Series(name, found.line(year))
        for name, year in zip(names, (found.year, found.year - 1), strict=True)
    ]
    numbers = [pgettext("month of a curve", "%(number)d") % {"number": n} for n in MONTHS]
    return {
        "caption": declared(of.measure).label,
        "curve": curve(series, numbers),
        "kind": kind,
        "columns": found.columns(names, kind),
        "rows": [{"cells": found.cells(month)} for month in MONTHS],
    }


@dataclass(frozen=True)
class TwoYears:
    """A measure and what stands beside it, by the months of a year and of the one before."""

    board: Board
    year: int
    found: dict[str, dict[str, Number | None]]

    @classmethod
    def of(cls, of: Figure) -> TwoYears:
        year = of.period.first_day.year
        ends = datetime.date(year - 1, 1, 1), datetime.date(year, 12, 31)
        board = Board(of.narrowed(period=Period.between(*ends)), keys_of(of), [By.MONTH])
        return cls(board, year, board.parts(By.MONTH))

    def figures(self, year: int, month: int) -> dict[str, Number | None]:
        return self.found.get(f"{year}-{month:02}", self.board.nothing)

    def line(self, year: int) -> list[Any]:
        """The figures of a year; of months that have not come, only those that have one."""
        measure, today = self.board.of.measure, timezone.localdate()
        figures = [self.figures(year, month)[measure] for month in MONTHS]
        return [
            told(self.board.of, figure)["value"]
            if figure or datetime.date(year, month, 1) <= today
            else None
            for month, figure in zip(MONTHS, figures, strict=True)
        ]

    def columns(self, names: Sequence[str], kind: str) -> list[dict[str, Any]]:
        this, last = names
        found: list[dict[str, Any]] = [
            {"key": "month", "label": _("month")},
            {"key": "this", "label": this, "kind": kind},
            {"key": "last", "label": last, "kind": kind},
        ]
        if kind == "number":
            found.append({"key": "change", "label": _("change"), "kind": "number"})
        if beside := self.board.measures[1:]:
            unit = declared(self.board.of.measure).unit
            found[1] |= {"unit": unit}
            found[2] |= {"unit": unit}
            of_beside = {"key": "beside", "label": this, "unit": declared(beside[0]).unit}
            found.insert(2, of_beside | {"kind": "number"})
        return found

    def cells(self, month: int) -> list[dict[str, Any]]:
        measure, *beside = self.board.measures
        shown = [
            self._cell(measure, self.year, month),
            *(self._cell(each, self.year, month) for each in beside),
            self._cell(measure, self.year - 1, month),
        ]
        if kind_of(self.board, measure) == "number":
            shown.append({"value": self._change(month), "kind": "number"})
        number = pgettext("month of a curve", "%(number)d") % {"number": month}
        return [{"value": number}, *shown]

    def _cell(self, measure: str, year: int, month: int) -> dict[str, Any]:
        figure = self.figures(year, month)[measure]
        period = Period.parse(f"{year}-{month:02}")
        return cell(self.board, measure, figure, period=period)

    def _change(self, month: int) -> str | None:
        """Against the same month of the year before, in percent with its sign."""
        now, then = (
            self.figures(y, month)[self.board.of.measure] for y in (self.year, self.year - 1)
        )
        return f"{100 * float(now - then) / float(then):+.1f}%" if now and then else None


def categories(of: Figure) -> dict[str, Any]:
    by = of_shown(of.measure)
    return shares(of, By.CATEGORY, by.split_by, by.categories())


def programs(of: Figure) -> dict[str, Any]:
    return shares(of, By.PROGRAM, _("program"), of_shown(of.measure).programs())


def shares(of: Figure, by: By, what: str | Promise, names: Any) -> dict[str, Any]:
    """The measure of the pictures by categories or programs, in the order they are declared in."""
    board = Board(of, keys_of(of), [by])
    found = board.parts(by)
    order = [*(key for key in names if key in found), *(key for key in found if key not in names)]
    lengths = bars(found[key][of.measure] for key in order)
    return {
        "caption": declared(of.measure).label,
        "columns": share_columns(board, what),
        "rows": [
            {"cells": share_cells(board, by, key, names.get(key, key), found[key], length)}
            for key, length in zip(order, lengths, strict=True)
        ],
        "totals": [
            {"value": _("total")},
            *with_share(
                board, [cell(board, key, board.whole[key]) for key in board.measures], None
            ),
        ],
    }


def share_columns(board: Board, what: str | Promise) -> list[dict[str, Any]]:
    figures = [
        {"key": key, "label": declared(key).unit, "kind": kind_of(board, key)}
        for key in board.measures
    ]
    share = {
        "key": "share",
        "label": pgettext_lazy("part of the whole", "share"),
        "kind": "percent",
    }
    return [{"key": "name", "label": what}, *with_share(board, figures, share)]


def share_cells(
    board: Board, by: By, key: str, name: str, figures: dict[str, Number | None], length: int
) -> list[dict[str, Any]]:
    narrower = {f"{'categories' if by is By.CATEGORY else 'programs'}": frozenset({key})}
    cells = [cell(board, each, figures[each], **narrower) for each in board.measures]
    cells[0]["bar"] = length
    whole, figure = board.whole[board.of.measure], figures[board.of.measure]
    share = 100 * float(figure) / float(whole) if whole and figure else None
    return [{"value": name}, *with_share(board, cells, {"value": share, "kind": "percent"})]


def with_share(board: Board, cells: Sequence[Any], share: Any) -> list[Any]:
    """The share stands behind what adds up; people and rates have none."""
    of = declared(board.of.measure)
    if isinstance(of, Derived) or of.is_people:
        return list(cells)
    return [cells[0], share or {"value": " "}, *cells[1:]]


PARTS: dict[str, Callable[[Figure], dict[str, Any]]] = {
    "months": months,
    "categories": categories,
    "programs": programs,
}
