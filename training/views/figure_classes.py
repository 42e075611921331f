"""A figure of the ledger taken apart by class, on the figure's own page."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import trail
from core.access import Permission, admits
from core.models import User
from exchange.figures import Figure
from exchange.measures import Measure
from training.models import Enrollment, TrainingClass

AT_ONCE = 30


@admits(Permission.SEE_LEDGER)
@require_safe
def panel(request: HttpRequest) -> HttpResponse:
    """The classes with rows that count, the newest first: how many, leading to class and rows."""
    user: User = request.user  # type: ignore[assignment]
    of = Figure.read(request.GET, user)
    said = of.declared
    if not isinstance(said, Measure) or said.model is not Enrollment:
        raise Http404
    what = Count("person", distinct=True) if said.is_people else Count("pk")
    rows = of.rows().visible_to(user)  # type: ignore[attr-defined]
    counted = rows.order_by().values("training_class").annotate(number=what)
    found = dict(
        counted.order_by("-training_class__start_date", "-training_class").values_list(
            "training_class", "number"
        )[: AT_ONCE + 1]
    )
    shown = list(found)[:AT_ONCE]
    context = {
        "columns": columns(said),
        "rows": lines(request, of, {key: found[key] for key in shown}),
        "more_url": more_url(request, of) if len(found) > AT_ONCE else "",
    }
    return render(request, "training/_figure_classes.html", context)


def columns(of: Measure) -> list[dict[str, Any]]:
    return [
        {"key": "code", "label": _("class number")},
        {"key": "occupation", "label": _("occupation and level")},
        {"key": "institution", "label": _("training institution")},
        {"key": "start", "label": _("start")},
        {"key": "number", "label": _("people") if of.is_people else _("rows"), "kind": "number"},
    ]


def lines(request: HttpRequest, of: Figure, found: dict[int, int]) -> list[dict[str, Any]]:
    classes = TrainingClass.objects.select_related("occupation", "institution").in_bulk(found)
    ledger = f"{reverse('training:ledger')}?{of.query()}"
    return [
        {
            "cells": [
                {
                    "value": taught.code,
                    "url": trail.aside(request, reverse("training:class", args=[key])),
                },
                {"value": f"{taught.occupation.name} {taught.get_level_display()}".strip()},
                {"value": taught.institution.name},
                {"value": date_format(taught.start_date)},
                {
                    "value": number,
                    "kind": "number",
                    "url": trail.aside(request, f"{ledger}&training_class={key}"),
                },
            ]
        }
        for key, number in found.items()
        for taught in [classes[key]]
    ]


def more_url(request: HttpRequest, of: Figure) -> str:
    query = urlencode({"region": of.region_code, "period": of.period.text})
    return trail.aside(request, f"{reverse('training:classes')}?{query}")
