"""Parts of the start page: a county's months that are due, an officer's short board."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from core.access import REGION_PATH, Permission, admits
from exchange.board_filters import BoardFilters
from exchange.models import ReturnNote, Submission
from exchange.periods import Period
from exchange.querysets import SubmissionQuerySet
from exchange.submissions.of_row import TONES
from exchange.views.jobs import Request
from exchange.views.todo import county_months

State = Submission.State
PREPARE = Permission.PREPARE_SUBMISSIONS


@admits(PREPARE)
@require_safe
def panel_due(request: Request) -> HttpResponse:
    """The months that the county owes, those it was asked about, and those on their way."""
    mine, place = (
        Submission.objects.visible_to(request.user, PREPARE),
        request.GET.get("region", ""),
    )
    if REGION_PATH.fullmatch(place):
        mine = mine.within(place)
    owed = mine.to_submit()
    items = [*county_months(owed), *_notes(owed, place), *_on_their_way(mine, place)]
    context = {"items": items, "more_url": listed(region=place)}
    return render(request, "exchange/home/_due.html", context)


def _notes(owed: SubmissionQuerySet, place: str) -> list[dict[str, Any]]:
    notes = ReturnNote.objects.filter(submission__in=owed.filter(state=State.RETURNED), answer="")
    count = notes.count()
    if not count:
        return []
    text = ngettext("%(count)s note wants an answer", "%(count)s notes want an answer", count)
    url = listed(region=place, state=State.RETURNED.value)
    return [{"text": text % {"count": count}, "tone": "danger", "url": url}]


def _on_their_way(mine: SubmissionQuerySet, place: str) -> list[dict[str, Any]]:
    """Months that wait for somebody above, so that nobody here asks after them."""
    steps = (
        (State.SUBMITTED, _("Months under review")),
        (State.ACCEPTED, _("Months to be locked")),
    )
    counts = mine.aggregate(**{state: Count("pk", filter=Q(state=state)) for state, _text in steps})
    return [
        {"text": text, "count": counts[state], "url": listed(region=place, state=state.value)}
        for state, text in steps
        if counts[state]
    ]


@admits(Permission.DECIDE_SUBMISSIONS)
@require_safe
def panel_board(request: Request) -> HttpResponse:
    """The newest month of the officer's region in a line of numbers, each leading to its months."""
    filters = BoardFilters(request.GET, user=request.user)
    month, place = filters.meant, filters.place
    counted = {state: Count("pk", filter=Q(state=state)) for state in State.values}
    late = SubmissionQuerySet.late_q(timezone.localdate())
    counts = filters.rows().aggregate(total=Count("pk"), late=Count("pk", filter=late), **counted)
    asked = {"region": place, "month": f"{month:%Y-%m}"} if month else {}
    context = {
        "month": Period.month_of(month).name if month else "",
        "total": counts["total"],
        "up": sum(counts[each] for each in (State.SUBMITTED, State.ACCEPTED, State.LOCKED)),
        "items": [*_states(counts, asked), *_late(counts["late"], asked)],
        "board_url": f"{reverse('exchange:board')}?{urlencode(asked)}",
    }
    return render(request, "exchange/home/_board.html", context)


def _states(counts: dict[str, int], asked: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "label": state.label,
            "count": counts[state],
            "tone": TONES[state],
            "url": listed(**asked, state=state.value),
        }
        for state in State
        if counts[state]
    ]


def _late(count: int, asked: dict[str, str]) -> list[dict[str, Any]]:
    late = {"label": _("Late"), "count": count, "tone": "danger", "url": listed(**asked, late="1")}
    return [late] if count else []


def listed(**asked: str) -> str:
    """The list of months narrowed as asked; what is empty stays out of the address."""
    query = urlencode({name: value for name, value in asked.items() if value})
    address = reverse("exchange:submission-list")
    return f"{address}?{query}" if query else address
