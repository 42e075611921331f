"""By how much figures of closed months were moved, and by which act: the list."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from core.access import Permission, admits, may
from core.models import Region, User
from core.paging import page_of
from exchange.amounts import whole_number
from exchange.figures import Figure
from exchange.models import Restatement
from exchange.periods import Period
from exchange.submission_forms import RestatementFilters
from exchange.submissions.restating import in_words
from exchange.views.jobs import Request


@admits(Permission.SEE_FIGURES)
@require_safe
def restatement_list(request: Request) -> HttpResponse:
    filters = RestatementFilters(request.GET, user=request.user)
    page = page_of(filters.rows().select_related("correction", "by"), request.GET, ["-id"])
    names = Region.objects.in_bulk({each.county_code for each in page.rows})
    context = {
        "filters": filters,
        "page": page,
        "columns": columns(),
        "rows": [_cells(each, names, request.user) for each in page.rows],
    }
    return render(request, "exchange/submissions/restatements.html", context)


def columns() -> list[dict[str, Any]]:
    return [
        {"key": "at", "label": _("At"), "kind": "time"},
        {"key": "county", "label": _("County")},
        {"key": "month", "label": _("Month")},
        {"key": "measure", "label": _("Measure")},
        {"key": "program", "label": _("Program")},
        {"key": "category", "label": _("Category")},
        {"key": "amount", "label": _("Moved by"), "kind": "number"},
        {"key": "act", "label": _("Because of")},
        {"key": "by", "label": _("By whom")},
    ]


def _cells(moved: Restatement, names: dict[str, Region], user: User) -> dict[str, Any]:
    said = in_words((moved.measure, moved.program, moved.category))
    amount = whole_number(moved.amount)
    return {
        "cells": [
            {"value": moved.at, "kind": "time"},
            {"value": names.get(moved.county_code, moved.county_code)},
            {"value": Period.month_of(moved.month).name},
            {"value": said["measure"]},
            {"value": said["program"]},
            {"value": said["category"]},
            {"value": f"{amount:+}", "kind": "text"},
            _act(moved, user),
            {"value": moved.by},
        ]
    }


def _act(moved: Restatement, user: User) -> dict[str, Any]:
    if moved.correction is None:
        return {"value": _("a fact that became known later")}
    address = reverse("exchange:correction", args=[moved.correction.public_id])
    seen = may(user, Permission.SEE_LEDGER)
    return {"value": pgettext("page", "Correction"), "url": address if seen else ""}


def restated_in(user: User, of: Figure) -> dict[str, Any]:
    """How many entries moved figures of a region's closed months in a period, and their list."""
    rows = Restatement.objects.visible_to(user).within(of.region_code).during(of.period)
    asked = {"region": of.region_code, "month": of.period.text}
    address = reverse("exchange:restatement-list")
    return {"restated": rows.count(), "restated_url": f"{address}?{urlencode(asked)}"}
