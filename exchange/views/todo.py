"""What waits for a user: a page made of panels, of which each app gives its own."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from core.access import Open, Permission, admits, may
from core.models import Region, User
from exchange.imports.worklist import held_rows_of
from exchange.models import Correction, Notice, ReturnNote, Submission
from exchange.panels import panels_of
from exchange.periods import Period
from exchange.querysets import SubmissionQuerySet
from exchange.submissions.duties import may_accept
from exchange.views.jobs import Request

MOST = 12  # months that are listed one by one
State = Submission.State


@admits(Open.SIGNED_IN)
@require_safe
def todo(request: Request) -> HttpResponse:
    unread = Notice.objects.visible_to(request.user).unread().count()
    context = {"panels": panels_of("todo", request.user), "unread": unread}
    return render(request, "exchange/todo/page.html", context)


@admits(Permission.SEE_FIGURES)
@require_safe
def panel_months(request: Request) -> HttpResponse:
    """The months that wait for this user's step."""
    owed = Submission.objects.visible_to(request.user, Permission.PREPARE_SUBMISSIONS).to_submit()
    items = [*county_months(owed), *_officer_months(request.user)]
    return render(request, "exchange/todo/_items.html", {"items": items})


def county_months(owed: SubmissionQuerySet) -> list[dict[str, Any]]:
    """A county's own months that are missing or came back, the oldest first."""
    today = timezone.localdate()
    rows = list(owed.order_by("month", "county_code")[:MOST])
    names = Region.objects.in_bulk({row.county_code for row in rows})
    return [
        {
            "text": _("%(county)s, %(month)s")
            % {"county": names[row.county_code], "month": Period.month_of(row.month).name},
            "label": row.get_state_display(),
            "tone": "danger" if row.counts_as_late(today) else "warning",
            "due": row.due_on,
            "url": reverse("exchange:submission", args=[row.pk]),
        }
        for row in rows
    ]


def _officer_months(user: User) -> list[dict[str, Any]]:
    """How many months wait to be accepted and to be locked by who may."""
    steps = (
        (Permission.ACCEPT_LEDGER, State.SUBMITTED, _("Months to review")),
        (Permission.LOCK_LEDGER, State.ACCEPTED, _("Months to lock")),
    )
    found = []
    for permission, state, text in steps:
        rows = Submission.objects.visible_to(user, permission).filter(state=state)
        if may(user, permission) and (count := rows.count()):
            found.append({"text": text, "count": count, "url": _listed(state)})
    return [*found, *_corrections(user)]


def _corrections(user: User) -> list[dict[str, Any]]:
    """Requests to correct a locked month that wait for this user's decision."""
    asked = Correction.objects.filter(state=Correction.State.ASKED).exclude(asked_by=user)
    mine = [
        each.county_code
        for each in asked.visible_to(user, Permission.DECIDE_SUBMISSIONS)
        if may_accept(user, each.county_code)
    ]
    url = f"{reverse('exchange:correction-list')}?state={Correction.State.ASKED}"
    return [{"text": _("Corrections to decide"), "count": len(mine), "url": url}] if mine else []


@admits(Permission.SEE_LEDGER)
@require_safe
def panel_mending(request: Request) -> HttpResponse:
    """Rows held back from imports, and notes that want an answer."""
    items: list[dict[str, Any]] = []
    if held := held_rows_of(request.user):
        text = ngettext("%(count)s row is held back", "%(count)s rows are held back", held)
        items.append({"text": text % {"count": held}, "url": reverse("exchange:import-worklist")})
    mine = Submission.objects.visible_to(request.user, Permission.PREPARE_SUBMISSIONS)
    notes = ReturnNote.objects.filter(submission__in=mine.filter(state=State.RETURNED), answer="")
    if count := notes.count():
        text = ngettext("%(count)s note wants an answer", "%(count)s notes want an answer", count)
        items.append({"text": text % {"count": count}, "url": _listed(State.RETURNED)})
    return render(request, "exchange/todo/_items.html", {"items": items})


def _listed(state: str) -> str:
    return f"{reverse('exchange:submission-list')}?state={state}"
