"""One figure: how it is counted, what it is made of by place and time, and the rows behind it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from core import trail
from core.access import Permission, admits, scope_of
from core.models import PolicyArea, Region, User
from exchange.amounts import By, Number, whole_number
from exchange.figures import Figure, Part, unplaced
from exchange.measures import COUNTY, Measure, measure_of
from exchange.panels import panels_of
from exchange.regions import region_path

SEE = Permission.SEE_FIGURES
PERCENT = "%"


@admits(SEE)
@require_safe
def figure(request: HttpRequest, measure: str) -> HttpResponse:
    """The page of an address; what names no figure of the reader's is missing."""
    user = reader(request)
    of = Figure.read(request.GET, user, measure)
    said = of.declared
    context = {
        "figure": of,
        "measure": said,
        "whole": told(of, of.value()),
        "as_of": of.as_of(),
        "is_counted": of.is_counted(),
        "facts": facts(of),
        "terms": [term(request, each) for each in of.terms()],
        "parts": parts(request, of),
        "is_people": isinstance(said, Measure) and said.is_people,
        "rows_url": trail.onward(request, rows_url(user, of)),
        "panels": panels(request, of),
        "actions": actions(of),
        "breadcrumb": path(request, of),
    }
    return render(request, "exchange/figures/figure.html", context)


def told(of: Figure, value: Number | None) -> dict[str, Any]:
    """A figure as a cell: a rate in percent, money by the hundredth."""
    if of.declared.unit == PERCENT:
        return {"value": None if value is None else value * 100, "kind": "percent"}
    if isinstance(value, Decimal):
        value = whole_number(round(value, 2))
    return {"value": value, "kind": "number"}


def facts(of: Figure) -> list[dict[str, Any]]:
    """What is counted, and all that narrows it, in words."""
    said = of.declared
    return [
        {"label": _("statistical measure"), "value": said.label},
        {"label": _("key and version"), "value": f"{said.key} v{said.version}", "kind": "code"},
        {"label": pgettext("of a figure", "unit"), "value": said.unit},
        {"label": _("How it is counted"), "value": of.definition},
        *filters(of),
    ]


def filters(of: Figure) -> list[dict[str, Any]]:
    names = naming(of)
    return [
        {"label": _("region"), "value": place_of(of)},
        {"label": _("period"), "value": of.period.name},
        *listed(_("program"), of.programs, names.programs()),
        *listed(names.split_by, of.categories, names.categories()),
        *([{"label": _("policy area"), "value": area_of(of)}] if of.area else []),
    ]


def listed(label: Any, codes: frozenset[str], names: Any) -> list[dict[str, Any]]:
    words = "、".join(str(names.get(code, code)) for code in sorted(codes))
    return [{"label": label, "value": words}] if codes else []


def place_of(of: Figure) -> str:
    """The names down to the region, and whether only rows count that say no more."""
    above = Region.objects.filter(pk__in=[of.region_code[:n] for n in (2, 4, 6, 9, 12)])
    name = " ".join(above.order_by("code").values_list("name", flat=True))
    return f"{name} {unplaced(of.region_code)}" if of.here else name


def area_of(of: Figure) -> str:
    return str(PolicyArea.objects.get(key=of.area))


def naming(of: Figure) -> Measure:
    """The measure that names programs and categories: itself, or the first of its terms."""
    said = of.declared
    return said if isinstance(said, Measure) else measure_of(said.parts[0])


def term(request: HttpRequest, of: Figure) -> dict[str, Any]:
    """A figure that a derived one is put together of, with its own address."""
    url = trail.aside(request, of.url())
    return {"label": of.declared.label, **told(of, of.value()), "url": url}


def parts(request: HttpRequest, of: Figure) -> list[dict[str, Any]]:
    """Tables of the figure's parts; what would have a single line is left out."""
    names = naming(of)
    shown: list[tuple[By, Any, bool]] = [
        (By.PLACE, _("place"), len(of.region_code) < COUNTY or bool(names.place)),
        (By.MONTH, _("month"), len(of.period.months) > 1),
        (By.CATEGORY, names.split_by, len(of.categories) != 1 and names.category != "''"),
        (By.PROGRAM, _("program"), len(of.programs) != 1 and names.program != "''"),
    ]
    return [
        part_table(request, of, by, str(label), of.parts(by)) for by, label, is_on in shown if is_on
    ]


def part_table(
    request: HttpRequest, of: Figure, by: By, label: str, found: Sequence[Part]
) -> dict[str, Any]:
    rows = [
        {
            "cells": [
                {"value": part.name, "url": trail.aside(request, part.figure.url())},
                told(part.figure, part.value),
            ]
        }
        for part in found
    ]
    kind = told(of, 0)["kind"]
    columns = [
        {"key": by.value, "label": label},
        {"key": "figure", "label": of.declared.unit, "kind": kind},
    ]
    return {"key": by.value, "title": title_of(by, label), "columns": columns, "rows": rows}


def title_of(by: By, label: str) -> str:
    """What a table of parts is called; what a category is says the measure itself."""
    titles = {By.PLACE: _("By place"), By.MONTH: _("By month"), By.PROGRAM: _("By program")}
    return titles.get(by, capfirst(label))


def rows_url(user: User, of: Figure) -> str:
    """The page that lists the rows, for whoever may see them; a derived figure has none."""
    said = of.declared
    may_see = scope_of(user, Permission.SEE_LEDGER).covers(of.region_code)
    if not isinstance(said, Measure) or not may_see:
        return ""
    if said.listing:
        return f"{reverse(said.listing)}?{of.query()}"
    path = reverse("exchange:figure-rows", args=[of.measure])
    return f"{path}?{of.url().partition('?')[2]}"


def panels(request: HttpRequest, of: Figure) -> list[dict[str, Any]]:
    """Parts that the measure's app takes a figure into, such as its classes; not above a county."""
    said = of.declared
    if not isinstance(said, Measure) or len(of.region_code) < COUNTY:
        return []
    return [
        panel | {"url": trail.onward(request, f"{panel['url']}?{of.query()}")}
        for panel in panels_of("figure", reader(request))
        if panel["key"] == said.listing
    ]


def actions(of: Figure) -> list[dict[str, Any]]:
    """To the board that shows the figure among others."""
    asked = {
        "period": of.period.text,
        "program": min(of.programs, default=""),
        "category": min(of.categories, default=""),
        "area": of.area,
    }
    query = urlencode({name: value for name, value in asked.items() if value})
    url = f"{reverse('exchange:figures', args=[of.region_code[:COUNTY]])}?{query}"
    return [{"label": _("To the board"), "url": url, "icon": "bar-chart"}]


def path(request: HttpRequest, of: Figure) -> list[dict[str, Any]]:
    """The same figure of the regions above, as far up as the reader sees them."""
    region = Region.objects.get(pk=of.region_code)
    above = region_path(reader(request), SEE, region).order_by("code").values_list("code", "name")
    return [
        {
            "label": name,
            "url": trail.aside(request, of.narrowed(region_code=code, here=False).url()),
        }
        for code, name in above
    ] + ([{"label": unplaced(of.region_code), "url": ""}] if of.here else [])


def reader(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User):  # the door has let nobody else in
        raise Http404
    return user
