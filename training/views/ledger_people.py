"""The people behind a figure that counts people: one line each, with how many rows of theirs count."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from core import trail
from core.paging import ROWS, Keyset, Page
from exchange.board_figures import counted
from exchange.figures import Figure
from exchange.measures import measure_of
from exchange.people_sets import people_of
from talent.models import Person
from training.filters import LedgerForm
from training.views import tables

BY_PERSON = Keyset("person_id")


def people_page(request: HttpRequest, form: LedgerForm) -> tuple[Page, Any]:
    """A page of (person_id, rows); their total and its time from the figure, where that knows it."""
    of, rows = form.figure(), form.rows().order_by()
    if of is not None and not request.GET.get("before"):
        rows = rows.filter(person__in=keys_of_page(of, request.GET.get("after", "")))
    people = rows.values("person_id").annotate(rows=Count("pk"))
    total, as_of = counted(of)
    page = BY_PERSON.page(
        people.values_list("person_id", "rows", named=True),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        total=total,
    )
    return page, as_of


def keys_of_page(of: Figure, after: str) -> list[int]:
    """The people of a page, in order, as the kept sets know them: nobody else's rows are read."""
    start = int(after) if after.isascii() and after.isdecimal() and len(after) < 10 else 0
    return people_of(measure_of(of.measure), of.bounds(), start, ROWS + 1)


def columns() -> list[dict[str, Any]]:
    return [
        {"key": "name", "label": _("name")},
        {"key": "mask", "label": _("citizen number"), "kind": "code"},
        {"key": "sex", "label": _("sex")},
        {"key": "home", "label": _("home")},
        {"key": "rows", "label": _("rows that count"), "kind": "number"},
    ]


def people_lines(request: HttpRequest, page: Page) -> dict[str, Any]:
    return {"columns": columns(), "rows": lines(request, page)}


def lines(request: HttpRequest, page: Page) -> list[dict[str, Any]]:
    """Each leads to the rows of theirs; where somebody lives now does not matter to a figure."""
    who = Person.objects.in_bulk([row.person_id for row in page.rows])
    homes = tables.place_names(person.region_code for person in who.values())
    return [
        {
            "cells": [
                {"value": person.name, "url": rows_url(request, person.pk)},
                {"value": person.id_number_mask, "kind": "code"},
                {"value": person.get_sex_display()},
                {"value": homes[person.region_code]},
                {"value": row.rows, "kind": "number", "url": rows_url(request, person.pk)},
            ]
        }
        for row in page.rows
        for person in [who[row.person_id]]
    ]


def rows_url(request: HttpRequest, person: int) -> str:
    """The same list, of this person's rows alone."""
    own = request.GET.copy()
    for name in ("after", "before", trail.FROM):
        own.pop(name, None)
    query = urlencode([*own.lists(), ("person", person)], doseq=True)
    return trail.onward(request, f"{reverse('training:ledger')}?{query}")
