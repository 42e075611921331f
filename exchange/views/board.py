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
from core.models import Region, User
from exchange.board_filters import BoardFilters
from exchange.deadlines import remind_now
from exchange.models import Submission
from exchange.periods import Period
from exchange.querysets import SubmissionQuerySet
from exchange.submissions import moves
from exchange.submissions.duties import is_straight_under_the_province
from exchange.views.jobs import Request
from exchange.views.submission_acts import Move, is_moved

DECIDE = Permission.DECIDE_SUBMISSIONS
MOST = 500  # months that one click may ask for
NEXT_LEVEL = {2: 4, 4: 6, 6: 6}
State = Submission.State
# In which state a month waits to be accepted, and in which to be locked.
MOVES = (State.SUBMITTED, State.ACCEPTED)


@admits(Permission.SEE_FIGURES)
@require_safe
def board(request: Request) -> HttpResponse:
    filters = BoardFilters(request.GET, user=request.user)
    month = filters.meant
    places = _places(filters, month)
    context = {
        "filters": filters,
        "month": month,
        "month_name": Period.month_of(month).name if month else "",
        "places": places,
        "may_remind": may(request.user, DECIDE),
        "steps": _steps(request.user, places),
        "shown_at": timezone.now().isoformat(),
    }
    return render(request, "exchange/board/page.html", context)


def _steps(user: User, places: list[dict[str, Any]]) -> dict[str, bool]:
    """The steps that the user may take with many months at once, and that some month waits for."""
    waits = {state: any(place["waiting"][state] for place in places) for state in MOVES}
    straight = any(is_straight_under_the_province(place["code"]) for place in places)
    accepts = may(user, Permission.ACCEPT_LEDGER) or (straight and may(user, DECIDE))
    return {
        "accept": accepts and waits[State.SUBMITTED],
        "lock": may(user, Permission.LOCK_LEDGER) and waits[State.ACCEPTED],
    }


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
                {"number": each["late"], "url": _listed(each["place"], month, late="1")},
            ],
            "may_tick": each["total"] > each[State.LOCKED] + each[State.REOPENED],
            "waiting": {state: each[state] for state in MOVES},
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
    mine = _ticked(request).to_submit()[:MOST]
    asked = remind_now(submissions=mine, by=request.user, now=timezone.now())
    told = ngettext(
        "%(count)s county was reminded.", "%(count)s counties were reminded.", asked
    ) % {"count": asked}
    passed = _("Months that are not missing, or were asked for today, were passed over.")
    messages.success(request, f"{told} {passed}")
    return _back(request)


def _ticked(request: Request) -> SubmissionQuerySet:
    """The board's months in the ticked places, as far as the user decides on them."""
    ticked = Q(pk__in=[])
    for place in request.POST.getlist("place"):
        ticked |= Q(county_code__startswith=place) if place else Q(pk__in=[])
    rows = BoardFilters(request.GET, user=request.user).rows().filter(ticked)
    return rows.visible_to(request.user, DECIDE)


def _back(request: Request) -> HttpResponse:
    """The board as it was."""
    query = request.GET.urlencode()
    return redirect(f"{reverse('exchange:board')}?{query}" if query else "exchange:board")


@admits(DECIDE)
@require_POST
def board_accept(request: Request) -> HttpResponse:
    """Accept what the counties of the ticked places had submitted when the board was shown."""
    waiting = _ticked(request).filter(state=State.SUBMITTED)
    shown = waiting.filter(submitted_at__lte=_shown_at(request))
    return _moved(request, moves.accept, shown, waiting.count())


@admits(Permission.LOCK_LEDGER)
@require_POST
def board_lock(request: Request) -> HttpResponse:
    """Lock what had been accepted in the ticked places when the board was shown."""
    waiting = _ticked(request).filter(state=State.ACCEPTED)
    shown = waiting.filter(accepted_at__lte=_shown_at(request))
    return _moved(request, moves.lock, shown, waiting.count())


def _shown_at(request: Request) -> datetime.datetime:
    """When the page was made that was ticked; nothing is as old as a page that does not say."""
    try:
        moment = datetime.datetime.fromisoformat(request.POST.get("shown_at", ""))
    except ValueError:
        moment = None
    return (
        moment if moment and moment.tzinfo else datetime.datetime.min.replace(tzinfo=datetime.UTC)
    )


def _moved(request: Request, move: Move, shown: SubmissionQuerySet, waiting: int) -> HttpResponse:
    done = sum(is_moved(request, move, each, each.version) for each in shown[:MOST])
    if done:
        said = ngettext("%(number)s month is done.", "%(number)s months are done.", done)
        messages.success(request, said % {"number": done})
    if not waiting:
        messages.info(request, _("No month of the ticked places waits for this step."))
    if waiting > done:
        left = ngettext(
            "%(number)s month of the ticked places was left as it is.",
            "%(number)s months of the ticked places were left as they are.",
            waiting - done,
        )
        messages.info(request, left % {"number": waiting - done})
    return _back(request)
