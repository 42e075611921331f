"""Entering rows as in a spreadsheet: a month of a county, or a class. The rows come and go by the API."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.access import Permission, admits
from core.models import Region, User
from exchange.regions import asked_region
from training.forms import SheetForm
from training.models import TrainingClass

ENTER = Permission.ENTER_LEDGER


@admits(ENTER)
def month(request: HttpRequest) -> HttpResponse:
    """All rows of a county whose class starts in a month, of one program."""
    user: User = request.user  # type: ignore[assignment]
    county = asked_region(user, ENTER, request.GET.get("region", ""))
    if county is None or county.level != Region.Level.COUNTY:
        raise Http404
    form = SheetForm.asked(request.GET, user=user, county=county)
    sheet = {"form": form, "month": form.said("month"), "program": form.said("program")}
    return render(request, "training/grid.html", sheet | shown(county, county.name))


@admits(ENTER)
def of_class(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows of one class; what the class says of them is not typed again."""
    user: User = request.user  # type: ignore[assignment]
    visible = TrainingClass.objects.visible_to(user, ENTER)
    found = get_object_or_404(visible.select_related("occupation"), pk=pk)
    county = get_object_or_404(Region, pk=found.county_code)
    sheet = {"class": found, "program": found.program_id, "breadcrumb": path_to(found)}
    return render(
        request, "training/grid.html", sheet | shown(county, f"{found.code} {found.occupation}")
    )


def shown(county: Region, subtitle: str) -> dict[str, Any]:
    return {
        "heading": _("Enter rows"),
        "subtitle": subtitle,
        "region": county,
        "api_url": reverse("api:ledger-row-list"),
    }


def path_to(found: TrainingClass) -> list[dict[str, str]]:
    return [
        {"label": _("Classes"), "url": reverse("training:classes")},
        {"label": found.code, "url": reverse("training:class", args=[found.pk])},
        {"label": _("Enter rows"), "url": ""},
    ]
