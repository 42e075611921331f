"""Figures of a region by the next level down, by month and category, one click from the rows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import Permission, admits
from core.models import Region, User
from exchange.figures import Figures, Row, Slice, years_with_figures
from exchange.filters import chips, month_choices, with_every, without, year_choices
from exchange.measures import additive
from exchange.panels import panels_of
from exchange.regions import asked_region, crumbs
from exchange.views.restatements import restated_in

COUNTY = 6


class SliceForm(forms.Form):
    """Year, month and program; what is not a choice is passed over."""

    year = forms.ChoiceField(label=gettext_lazy("year"), required=False)
    month = forms.ChoiceField(label=gettext_lazy("month"), required=False)
    program = forms.ChoiceField(label=gettext_lazy("program"), required=False)

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {code: name for m in additive() for code, name in m.programs().items()}
        self.fields["year"].choices = year_choices(years)  # type: ignore[attr-defined]
        self.fields["month"].choices = with_every(month_choices())  # type: ignore[attr-defined]
        self.fields["program"].choices = with_every(names.items())  # type: ignore[attr-defined]


@admits(Permission.SEE_FIGURES)
def start(request: HttpRequest) -> HttpResponse:
    """The figures of the user's own region."""
    region = asked_region(_user(request), Permission.SEE_FIGURES)
    if region is None:
        raise Http404
    return redirect("exchange:figures", region.code)


@admits(Permission.SEE_FIGURES)
def show(request: HttpRequest, region_code: str) -> HttpResponse:
    user = _user(request)
    region = asked_region(user, Permission.SEE_FIGURES, region_code)
    if region is None or len(region.code) > COUNTY:
        raise Http404
    context = board(request, region)
    context["breadcrumb"] = crumbs(user, Permission.SEE_FIGURES, region, "exchange:figures")
    return render(request, "exchange/figures/show.html", context)


def board(request: HttpRequest, region: Region) -> dict[str, Any]:
    """The figures of a region as its page and the start page show them."""
    years = years_with_figures(region.code)
    form = slice_form(request.GET, years or [timezone.localdate().year])
    picked = form.cleaned_data
    of = Slice(
        region=region,
        year=int(picked["year"]),
        month=int(picked.get("month") or 0) or None,
        program=picked.get("program", ""),
    )
    found = Figures(of)
    query = {"year": of.year, "month": of.month, "program": of.program}
    return {
        "region": region,
        "slice": of,
        "has_figures": bool(years),
        "form": form,
        "chips": chips(form, request.GET, leave_out=["year"]),
        "tiles": tiles(found),
        **restated_in(_user(request), of),
        **tables(found, without(request.GET)),
        "panels": panels_of("figures", _user(request), region.code, **query),
    }


def slice_form(query: QueryDict, years: list[int]) -> SliceForm:
    """The form as asked for; the newest year where none is asked for that has figures."""
    asked = query.copy()
    if asked.get("year") not in [str(year) for year in years]:
        asked["year"] = str(years[0])
    form = SliceForm(asked, years=years)
    form.is_valid()
    return form


def tiles(found: Figures) -> list[dict[str, Any]]:
    whole = found.whole()
    return [
        {
            "label": measure.label,
            "unit": measure.unit,
            "value": amount,
            "as_of": whole.as_of,
            "definition": measure.definition,
            "url": found.slice.rows_url(measure),
        }
        for measure, amount in zip(found.measures, whole.amounts, strict=True)
    ]


def tables(found: Figures, query: str) -> dict[str, Any]:
    of = found.slice
    first = {"places": _("place"), "months": _("month"), "categories": _("category")}
    shown = {
        "places": place_rows(found, query) if len(of.region.code) < COUNTY else [],
        "months": month_rows(found),
        "categories": category_rows(found),
    }
    made = {
        name: {"columns": columns(found, first[name]), "rows": rows, "totals": totals(rows)}
        for name, rows in shown.items()
    }
    made["places"]["columns"] += [{"key": "as_of", "label": _("last change"), "kind": "time"}]
    return made


def columns(found: Figures, first: str) -> list[dict[str, Any]]:
    amounts = [{"key": m.key, "label": m.label, "kind": "number"} for m in found.measures]
    return [{"key": "name", "label": first}, *amounts]


def place_rows(found: Figures, query: str) -> list[dict[str, Any]]:
    """The divisions of the next level down; zones of the statistics only where they have figures."""
    by_place = found.places()
    here = found.slice.region.code
    below = Region.objects.beneath(here).filter(Q(statistical_only=False) | Q(pk__in=by_place))
    asked = f"?{query}" if query else ""
    rows = []
    for place in below.order_by("code"):
        row = by_place.get(place.code) or found.nothing(place.code)
        url = reverse("exchange:figures", args=[place.code]) + asked
        made = _row(found, {"value": place.name, "url": url}, row, region=place.code)
        made["cells"].append({"value": row.as_of, "kind": "time"})
        rows.append(made)
    return rows


def month_rows(found: Figures) -> list[dict[str, Any]]:
    return [
        _row(found, {"value": date_format(month, "YEAR_MONTH_FORMAT")}, row, month=month.month)
        for month, row in found.months().items()
    ]


def category_rows(found: Figures) -> list[dict[str, Any]]:
    names = {code: name for m in found.measures for code, name in m.categories().items()}
    by_category = found.categories()
    known = [code for code in names if code in by_category]
    return [
        _row(found, {"value": names.get(code, code)}, by_category[code], category=code)
        for code in dict.fromkeys([*known, *by_category])
    ]


def _row(found: Figures, head: dict[str, Any], row: Row, **narrower: Any) -> dict[str, Any]:
    amounts = [
        {
            "value": amount,
            "kind": "number",
            "url": found.slice.rows_url(measure, **narrower) if amount else "",
        }
        for measure, amount in zip(found.measures, row.amounts, strict=True)
    ]
    return {"cells": [head, *amounts]}


def totals(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The sums under a table of more than one row."""
    if len(rows) < 2:
        return []
    _head, *columns = zip(*(row["cells"] for row in rows), strict=True)
    return [
        {"value": _("total")},
        *(
            {"value": sum(cell["value"] for cell in column), "kind": "number"}
            if column[0].get("kind") == "number"
            else {"value": " "}
            for column in columns
        ),
    ]


def _user(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User):  # the door has let nobody else in
        raise Http404
    return user
