"""The board: how many months of each place are where on their way, and who is to be reminded."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.db.models.functions import Left
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from core.access import Permission, admits, may
from core.models import Region
from exchange.board_filters import BoardFilters
from exchange.deadlines import remind_now
from exchange.models import Submission
from exchange.periods import Period
from exchange.querysets import SubmissionQuerySet
from exchange.views.jobs import Request

DECIDE = Permission.DECIDE_SUBMISSIONS
MOST = 500  # months that one click may ask for
NEXT_LEVEL = {2: 4, 4: 6, 6: 6}
State = Submission.State


@admits(Permission.SEE_FIGURES)
@require_safe
def board(request: Request) -> HttpResponse:
    filters = BoardFilters(request.GET, user=request.user)
    month = filters.meant
    context = {
        "filters": filters,
        "month": month,
        "month_name": Period.month_of(month).name if month else "",
        "places": _places(filters, month),
        "may_remind": may(request.user, DECIDE),
    }
    return render(request, "exchange/board/page.html", context)


def _places(filters: BoardFilters, month: datetime.date | None) -> list[dict[str, Any]]:
    """How many counties of each place of the next level down are in which state."""
    counted = {state: Count("pk", filter=Q(state=state)) for state in State.values}
    late = SubmissionQuerySet.late_q(timezone.localdate())
    found = list(
        filters.rows()
        .order_by()
        .annotate(place=Left("county_code", NEXT_LEVEL.get(len(filters.place), 6)))
        .values("place")
        .annotate(total=Count("pk"), late=Count("pk", filter=late), **counted)
        .order_by("place")
    )
    names = Region.objects.in_bulk({each["place"] for each in found})
    return [
        {
            "code": each["place"],
            "name": names.get(each["place"], each["place"]),
            "url": _below(each["place"], month),
            "cells": [
                {"number": each["total"], "url": _listed(each["place"], month)},
                *({"number": each[s], "url": _listed(each["place"], month, s)} for s in State),
                {"number": each["late"], "url": _listed(each["place"], month, late="on")},
            ],
            "missing": each[State.DRAFT] + each[State.RETURNED],
        }
        for each in found
    ]


def _below(place: str, month: datetime.date | None) -> str:
    """The board of a place of the next level; a county's months stand in the list."""
    if len(place) == max(NEXT_LEVEL):
        return _listed(place, month)
    return f"{reverse('exchange:board')}?{urlencode({'region': place, 'month': f'{month:%Y-%m}'})}"


def _listed(place: str, month: datetime.date | None, state: str = "", late: str = "") -> str:
    """The list of the months that a number counts."""
    asked = {"region": place, "month": f"{month:%Y-%m}", "state": state, "late": late}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{reverse('exchange:submission-list')}?{query}"


@admits(DECIDE)
@require_POST
def board_remind(request: Request) -> HttpResponse:
    """Ask the counties of the ticked places for the month; back to the board as it was."""
    filters = BoardFilters(request.GET, user=request.user)
    ticked = Q(pk__in=[])
    for place in request.POST.getlist("place"):
        ticked |= Q(county_code__startswith=place) if place else Q(pk__in=[])
    mine = filters.rows().filter(ticked).visible_to(request.user, DECIDE)
    asked = remind_now(submissions=mine.to_submit()[:MOST], by=request.user, now=timezone.now())
    told = ngettext(
        "%(count)s county was reminded.", "%(count)s counties were reminded.", asked
    ) % {"count": asked}
    passed = _("Months that are not missing, or were asked for today, were passed over.")
    messages.success(request, f"{told} {passed}")
    query = request.GET.urlencode()
    return redirect(f"{reverse('exchange:board')}?{query}" if query else "exchange:board")
