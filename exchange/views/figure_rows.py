"""The rows behind a figure whose app lists them nowhere itself: a page at a time, masked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from core import trail
from core.access import Permission, admits
from core.models import Region
from core.paging import Keyset
from exchange.figures import Figure
from exchange.measures import COUNTING, Measure
from exchange.models import ImportBatch
from exchange.models.imports import Imported
from exchange.views.figure import filters, reader

# How a row names whom it is about; the first that the model has.
PEOPLE = ("person", "enrollment__person")
TOLD = ("name", "id_number_mask")
SOURCE = {"key": "source", "label": gettext_lazy("file and line")}


@admits(Permission.SEE_LEDGER)
@require_safe
def figure_rows(request: HttpRequest, measure: str) -> HttpResponse:
    """The rows of a figure in the order of their keys; a measure with a list of its own leads there."""
    user = reader(request)
    of = Figure.read(request.GET, user, measure)
    said = of.declared
    if not isinstance(said, Measure):
        raise Http404
    if said.listing:
        return redirect(trail.aside(request, f"{reverse(said.listing)}?{of.query()}"))
    page = Keyset(said.model._meta.pk.name).page(
        of.rows().visible_to(user),  # type: ignore[attr-defined]
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "figure": of,
        "measure": said,
        "page": page,
        "facts": filters(of),
        "columns": [*columns(said), *([SOURCE] if issubclass(said.model, Imported) else [])],
        "rows": lines(request, said, [row.pk for row in page.rows]),
    }
    return render(request, "exchange/figures/rows.html", context)


def columns(of: Measure) -> list[dict[str, Any]]:
    return [
        {"key": "name", "label": _("row")},
        {"key": "mask", "label": _("citizen number"), "kind": "code"},
        {"key": "place", "label": _("place")},
        {"key": "day", "label": _("day"), "kind": "date"},
        {"key": "program", "label": _("program")},
        {"key": "category", "label": of.split_by},
        {"key": "amount", "label": of.unit, "kind": "number"},
    ]


def lines(request: HttpRequest, of: Measure, keys: list[int]) -> list[dict[str, Any]]:
    """What the measure reads of these rows, in words, in the order of the keys."""
    found = read(of, keys)
    who, sources = people(of.model, keys), sources_of(request, of.model, keys)
    places = names_of_places(cell["place"] for cell in found.values())
    programs, categories = of.programs(), of.categories()
    return [
        {
            "cells": [
                {"value": who.get(key, (f"{key}", ""))[0], "url": row_url(request, of, cell)},
                {"value": who.get(key, ("", ""))[1], "kind": "code"},
                {"value": places.get(cell["place"], cell["place"])},
                {"value": date_format(cell["day"]), "kind": "date"},
                {"value": programs.get(cell["program"], cell["program"])},
                {"value": categories.get(cell["category"], cell["category"])},
                {"value": cell["amount"], "kind": "number"},
                *([sources.get(key, {"value": ""})] if sources is not None else []),
            ]
        }
        for key in keys
        if (cell := found.get(key))
    ]


def read(of: Measure, keys: list[int]) -> dict[int, Mapping[str, Any]]:
    """Place, day, program, category and amount of each row, and the key of its page, by key."""
    key = f"{{row}}.{of.model._meta.pk.column}"
    told = (
        f"SELECT {key}, ({of.place or of.county})::text, ({of.day})::date, ({of.program})::text,"
        f" ({of.category})::text, {of.amount}, {of.row_key}"
    )
    with connection.cursor() as cursor:
        sql = f"{of.over(COUNTING, told)} {of.source(of.table, f'{key} = ANY(%s)')}"
        cursor.execute(sql, [keys])
        names = ("place", "day", "program", "category", "amount", "page")
        return {first: dict(zip(names, rest, strict=True)) for first, *rest in cursor}


def people(model: type[models.Model], keys: list[int]) -> dict[int, tuple[str, str]]:
    """Name and masked number of whom each row is about, where its model says so."""
    way = next((way for way in PEOPLE if has(model, way)), None)
    if way is None:
        return {}
    rows = model._default_manager.filter(pk__in=keys)
    told = rows.values_list("pk", *(f"{way}__{name}" for name in TOLD))
    return {key: (name, mask) for key, name, mask in told}


def has(model: type[models.Model], way: str) -> bool:
    for step in way.split("__"):
        try:
            model = model._meta.get_field(step).related_model  # type: ignore[assignment]
        except FieldDoesNotExist:
            return False
    return True


def names_of_places(codes: Iterable[str]) -> dict[str, str]:
    asked = set(codes)
    return dict(Region.objects.filter(pk__in=asked).values_list("code", "name"))


def row_url(request: HttpRequest, of: Measure, cell: Mapping[str, Any]) -> str:
    return trail.onward(request, reverse(of.row_url, args=[cell["page"]]) if of.row_url else "")


def sources_of(
    request: HttpRequest, model: type[models.Model], keys: list[int]
) -> dict[int, dict[str, Any]] | None:
    """The line of a file that brought each row, where files bring such rows; else None."""
    if not issubclass(model, Imported):
        return None
    rows = model._default_manager.filter(pk__in=keys, import_batch__isnull=False)
    found = rows.values_list("pk", "import_batch", "sheet", "line")
    seen = ImportBatch.objects.visible_to(reader(request), Permission.SEE_LEDGER)
    batches = seen.in_bulk({batch for _key, batch, _sheet, _line in found})
    return {
        key: {
            "value": f"{batches[batch].original_name} {line}",
            "url": trail.onward(
                request,
                reverse("exchange:import-line", args=[batches[batch].public_id, sheet, line]),
            ),
        }
        for key, batch, sheet, line in found
        if batch in batches
    }
