"""The roll of a class as a grid of people and days, and on paper."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.access import Permission, admits, scope_of
from core.downloads import download
from core.models import Region, User
from exchange.periods import Period
from training.marks import days_of
from training.models import TrainingClass
from training.roll_calls import active_rows
from training.roll_sheets import TITLE, print_roll, sheets_of
from training.views import class_parts

SEE = Permission.SEE_LEDGER


@admits(SEE)
def roll_call(request: HttpRequest, pk: int) -> HttpResponse:
    """Who was there on which day; whoever may only see the ledger reads it."""
    user: User = request.user  # type: ignore[assignment]
    found = class_parts.visible_class(user, pk)
    may_write = scope_of(user, Permission.ENTER_LEDGER).covers(found.county_code)
    context = class_parts.opening(found, "training:roll-call", acts(found)) | {
        "heading": _("Roll call"),
        "matrix": True,
        "may_write": may_write,
        "has_people": active_rows(found).exists(),
        "rows_url": reverse("training:class-grid" if may_write else "training:class", args=[pk]),
        "region": get_object_or_404(Region, pk=found.county_code),
        "program": found.program_id,
        "api_url": reverse("api:roll-call-detail", args=[found.pk]),
    }
    return render(request, "training/roll_call.html", context)


def acts(found: TrainingClass) -> list[dict[str, Any]]:
    return [printing(found, month) for month in sheets_of(days_of(found))]


def printing(found: TrainingClass, month: Period | None) -> dict[str, Any]:
    url = reverse("training:roll-call-sheet", args=[found.pk])
    if month is None:
        return {"label": _("Print the roll"), "url": url, "icon": "printer"}
    label = _("Print %(month)s") % {"month": month.name}
    return {"label": label, "url": f"{url}?month={month.first_day:%Y-%m}", "icon": "printer"}


@admits(SEE)
@require_safe
def sheet(request: HttpRequest, pk: int) -> FileResponse:
    """The roll as PDF: all days, or those of the month in the address."""
    user: User = request.user  # type: ignore[assignment]
    found = class_parts.visible_class(user, pk)
    try:
        written = request.GET.get("month", "")
        month = Period.parse(written) if written else None
    except ValueError as trouble:
        raise Http404 from trouble
    file = print_roll(found, month=month, by=user)
    return download(file, f"{TITLE}{found.code}.pdf")
