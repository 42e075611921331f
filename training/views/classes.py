"""Classes, and the roster of one."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import trail
from core.access import Permission, admits, may, scope_of
from core.downloads import download
from core.models import User
from exchange.filters import chips
from training.class_filters import ClassForm
from training.models import Enrollment, TrainingClass
from training.name_lists import TITLE, print_name_list
from training.quality import rates_of
from training.views import class_parts, tables
from training.views.ledger import NEWEST_FIRST


@admits(Permission.SEE_LEDGER)
def classes(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    form = ClassForm(request.GET, user=user)
    page = NEWEST_FIRST.page(
        form.rows().select_related("institution", "occupation", "program"),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "form": form,
        "region": form.place,
        "chips": chips(form, request.GET, leave_out=["region"]),
        "page": page,
        "columns": columns(),
        "rows": class_rows(page.rows, trail.way(request)),
        "may_import": may(user, Permission.IMPORT_ROSTERS),
        "imports_url": reverse("exchange:import-new"),
    }
    return render(request, "training/classes.html", context)


def columns() -> list[dict[str, Any]]:
    return [
        {"key": "code", "label": _("class number")},
        {"key": "occupation", "label": _("occupation and level")},
        {"key": "institution", "label": _("training institution")},
        {"key": "program", "label": _("program")},
        {"key": "start", "label": _("start")},
        {"key": "end", "label": _("end")},
        {"key": "hours", "label": _("hours"), "kind": "number"},
        {"key": "enrolled", "label": _("enrolled"), "kind": "number"},
    ]


def class_rows(found: list[TrainingClass], way: str = "") -> list[dict[str, Any]]:
    """The cells of a page of classes; how many are enrolled is one query for all of them.

    `way` follows their links: how the reader came (`core.trail`).
    """
    numbers = enrolled(found)
    return [
        {
            "cells": [
                {"value": c.code, "url": reverse("training:class", args=[c.pk]) + way},
                {"value": f"{c.occupation.name} {c.get_level_display()}".strip()},
                {"value": c.institution.name},
                {"value": c.program.name},
                {"value": date_format(c.start_date)},
                {"value": date_format(c.end_date)},
                {"value": tables.plain(c.hours), "kind": "number"},
                {"value": numbers.get(c.pk, 0), "kind": "number"},
            ]
        }
        for c in found
    ]


def enrolled(found: list[TrainingClass]) -> dict[int, int]:
    rows = Enrollment.objects.active().filter(training_class__in=[c.pk for c in found]).order_by()
    return dict(rows.values_list("training_class").annotate(Count("pk")))


@admits(Permission.SEE_LEDGER)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    found = class_parts.visible_class(user, pk)
    roster = Enrollment.objects.visible_to(user).active().filter(training_class=found)
    page = NEWEST_FIRST.page(
        tables.read(roster),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = class_parts.opening(found, "training:class", acts(user, found)) | {
        "page": page,
        "columns": tables.columns(of_class=True),
        "rows": tables.in_words(page.rows, trail.way(request)),
        "rates": rates_of(found),
        "may_enter": scope_of(user, Permission.ENTER_LEDGER).covers(found.county_code),
    }
    return render(request, "training/class.html", context)


def acts(user: User, found: TrainingClass) -> list[dict[str, Any]]:
    printing = {
        "label": _("Print name list"),
        "url": reverse("training:name-list", args=[found.pk]),
        "icon": "printer",
    }
    if not scope_of(user, Permission.ENTER_LEDGER).covers(found.county_code):
        return [printing]
    entering = {
        "label": _("Enter rows"),
        "url": reverse("training:class-grid", args=[found.pk]),
        "icon": "table",
    }
    funding = {
        "label": _("Source of funds"),
        "url": reverse("training:class-fund", args=[found.pk]),
        "icon": "cash-coin",
    }
    return [entering, funding, printing]


@admits(Permission.SEE_LEDGER)
@require_safe
def name_list(request: HttpRequest, pk: int) -> FileResponse:
    """The class's name list as PDF, to be printed and signed."""
    user: User = request.user  # type: ignore[assignment]
    found = class_parts.visible_class(user, pk)
    return download(print_name_list(found, by=user), f"{TITLE}{found.code}.pdf")
