"""The board of a region: its figures, the next level down, and the parts that come after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.access import Permission, admits
from core.models import Region, User
from exchange.amounts import By
from exchange.board_figures import Board, all_shown, shown_keys
from exchange.charts import tiles as tile_map
from exchange.figure_filters import FigureFilters
from exchange.figures import Figure, are_counted, years_with_figures
from exchange.filters import without
from exchange.measures import COUNTY, Derived, declared
from exchange.panels import panels_of
from exchange.regions import asked_region, crumbs
from exchange.views.boards.places import mapped, place_table
from exchange.views.figure import reader, told
from exchange.views.restatements import restated_in

SEE = Permission.SEE_FIGURES


@dataclass(frozen=True)
class Asked:
    """What a reader asks of a board: the region of the address, and the filters behind it."""

    user: User
    region: Region
    filters: FigureFilters
    years: Sequence[int]
    query: str
    sort: str

    @property
    def of(self) -> Figure:
        return self.filters.figure()


def asked_of(request: HttpRequest, region: Region) -> Asked:
    years = years_with_figures(region.code, shown_keys())
    return Asked(
        user=reader(request),
        region=region,
        filters=FigureFilters(request.GET, region=region, years=years),
        years=years,
        query=without(request.GET, "sort", "region"),
        sort=request.GET.get("sort", ""),
    )


@admits(SEE)
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The board of the user's own region."""
    region = asked_region(reader(request), SEE)
    if region is None:
        raise Http404
    return redirect("exchange:figures", region.code)


@admits(SEE)
@require_safe
def show(request: HttpRequest, region_code: str) -> HttpResponse:
    region = board_region(request, region_code)
    context = board(asked_of(request, region))
    if context["has_figures"] and context["is_counted"]:
        label = _("Download as a workbook")
        context["actions"] = [{"label": label, "url": context["file_url"], "icon": "download"}]
    context["breadcrumb"] = crumbs(reader(request), SEE, region, "exchange:figures")
    return render(request, "exchange/figures/show.html", context)


def board_region(request: HttpRequest, code: str) -> Region:
    """The region of the address: a county or what is wider, within the reader's scope, or 404."""
    region = asked_region(reader(request), SEE, code)
    if region is None or len(region.code) > COUNTY:
        raise Http404
    return region


def board(asked: Asked) -> dict[str, Any]:
    """What the first answer shows; the other parts are asked for by the page itself."""
    of = asked.of
    found = Board(of, shown_keys(), [By.PLACE])
    places = place_table(found, asked.region, asked.query, asked.sort)
    return {
        "region": asked.region,
        "of": of,
        "filters": asked.filters,
        "has_figures": bool(asked.years),
        "is_counted": are_counted(shown_keys()),
        "tiles": tiles(found),
        "shown": declared(of.measure),
        "places": places,
        "map": tile_map(asked.region.code, mapped(places["rows"])),
        "map_kind": told(of, 0)["kind"],
        "sort": asked.sort,
        "parts": parts(asked),
        "file_url": f"{reverse('exchange:figures-file', args=[asked.region.code])}?{asked.query}",
        **restated_in(asked.user, of),
        "panels": panels_of("figures", asked.user, asked.region.code, **narrowing(of)),
    }


def tiles(board: Board) -> list[dict[str, Any]]:
    """A tile for each measure that boards show, with what stands beside it in the same tile."""
    return [
        {
            **tile(board, shown.measure),
            "beside": tile(board, shown.beside) if shown.beside else None,
        }
        for shown in all_shown()
    ]


def tile(board: Board, measure: str) -> dict[str, Any]:
    of = declared(measure)
    return {
        **told(board.figure(measure), board.whole[measure]),
        "label": of.label,
        "unit": of.unit,
        "as_of": board.as_of(measure),
        "definition": board.figure(measure).definition,
        "url": board.figure(measure).url(),
        "action": _("Show its two figures") if isinstance(of, Derived) else "",
    }


def parts(asked: Asked) -> list[dict[str, str]]:
    """The fragments that come after the first answer."""
    titles = {
        "months": _("By month"),
        "categories": _("By category"),
        "programs": _("By program"),
    }
    return [
        {
            "key": key,
            "title": title,
            "url": f"{reverse('exchange:figures-part', args=[asked.region.code, key])}?{asked.query}",
        }
        for key, title in titles.items()
    ]


def narrowing(of: Figure) -> dict[str, str]:
    """The filters of a board as other parts of its page take them."""
    return {
        "period": of.period.text,
        "program": next(iter(of.programs), ""),
        "category": next(iter(of.categories), ""),
        "area": of.area,
    }
