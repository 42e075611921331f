"""Parts of other pages that training serves: for the start page and a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from core.access import Permission, admits, may
from core.models import User
from exchange.periods import Period
from exchange.regions import asked_region
from training.models import DraftRow, Enrollment, TrainingClass
from training.views import classes, tables
from training.views.ledger import NEWEST_FIRST

NEWEST = 8


@admits(Permission.SEE_LEDGER)
def newest(request: HttpRequest) -> HttpResponse:
    """The start page's last rows of the ledger; for an institution, its classes."""
    user: User = request.user  # type: ignore[assignment]
    region = asked_region(user, Permission.SEE_LEDGER, request.GET.get("region", ""))
    context: dict[str, Any] = {"more_url": reverse("training:ledger")}
    if region is None:
        mine = TrainingClass.objects.visible_to(user)
        shown = mine.select_related("institution", "occupation", "program")[:NEWEST]
        context = {"more_url": reverse("training:classes"), "columns": classes.columns()}
        context |= {"classes": classes.class_rows(list(shown))}
    else:
        rows = Enrollment.objects.visible_to(user).within(region.code).active()
        found = list(tables.read(rows.order_by("-id"))[:NEWEST])
        context |= {"columns": tables.columns(), "rows": tables.in_words(found)}
    context["may_import"] = may(user, Permission.IMPORT_ROSTERS)
    context["imports_url"] = reverse("exchange:import-new")
    return render(request, "training/_newest.html", context)


@admits(Permission.SEE_LEDGER)
def of_person(request: HttpRequest, pk: int) -> HttpResponse:
    """What a person was trained in, as far as the user may see it."""
    user: User = request.user  # type: ignore[assignment]
    rows = Enrollment.objects.visible_to(user).filter(person=pk)
    page = NEWEST_FIRST.page(tables.read(rows), size=200)
    context = {"columns": tables.columns(), "rows": tables.in_words(page.rows)}
    return render(request, "training/_of_person.html", context)


@admits(Permission.ENTER_LEDGER)
def unfinished(request: HttpRequest) -> HttpResponse:
    """How many unfinished rows wait on which desk: a county's month and program."""
    user: User = request.user  # type: ignore[assignment]
    rows = DraftRow.objects.visible_to(user, Permission.ENTER_LEDGER)
    desks = rows.desks()
    items = [
        {"text": desk_name(desk), "count": desk["rows"], "url": desk_url(desk)} for desk in desks
    ]
    return render(request, "exchange/todo/_items.html", {"items": items})


def desk_name(desk: Mapping[str, Any]) -> str:
    month = Period.month_of(desk["month"]).name if desk["month"] else _("month not readable yet")
    return f"{month} {desk['program__name']}"


def desk_url(desk: Mapping[str, Any]) -> str:
    asked = {"region": desk["county_code"], "program": desk["program"]}
    if desk["month"]:
        asked["month"] = f"{desk['month']:%Y-%m}"
    return f"{reverse('training:grid')}?{urlencode(asked)}"
