"""Follow-ups: who is to be asked, and the table in which a class's answers are entered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.access import Permission, admits, scope_of
from core.models import Region, User
from core.rules import RuleBook
from exchange.jobs import JobRefused
from exchange.periods import months_later
from exchange.views.jobs import Request
from training.follow_up_block import read_block
from training.follow_up_days import due, months_of
from training.follow_up_forms import FollowUpFilters, FollowUpTable
from training.follow_ups import keep_follow_ups
from training.models import Enrollment, FollowUp, TrainingClass
from training.views import class_parts
from training.views.ledger import NEWEST_FIRST

TONES = {"employed": "success", "self-employed": "success", "unemployed": "warning"}
PAGE = "training:class-follow-ups"
EMPLOYMENT = dict(Enrollment.Employment.choices)


@admits(Permission.SEE_LEDGER)
@require_safe
def follow_ups(request: Request) -> HttpResponse:
    filters = FollowUpFilters(request.GET, user=request.user)
    rows = filters.rows().select_related("person", "training_class")
    page = NEWEST_FIRST.page(
        rows, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    context = {
        "filters": filters,
        "region": filters.place,
        "page": page,
        "columns": columns(),
        "rows": list_rows(page.rows),
    }
    return render(request, "training/follow_ups.html", context)


def columns() -> list[dict[str, Any]]:
    return [
        {"key": "name", "label": _("name")},
        {"key": "mask", "label": _("citizen number"), "kind": "code"},
        {"key": "class", "label": _("class")},
        {"key": "end", "label": _("end"), "kind": "date"},
        {"key": "due", "label": _("follow-up due on"), "kind": "date"},
        {"key": "employment", "label": _("employment")},
        {"key": "asked", "label": _("asked on"), "kind": "date"},
        {"key": "way", "label": _("way")},
        {"key": "employer", "label": _("employer or trade")},
    ]


def list_rows(found: Sequence[Enrollment]) -> list[dict[str, Any]]:
    newest, book, today = newest_of(found), RuleBook.load(), timezone.localdate()
    rows = []
    for row in found:
        asked = newest.get(row.pk)
        months = months_of(book, row.county_code, today)
        due_on = None if months is None else months_later(row.end_date, months)
        url = reverse(PAGE, args=[row.training_class_id])
        cells = [
            {"value": row.person.name, "url": reverse("training:row", args=[row.pk])},
            {"value": row.person.id_number_mask, "kind": "code"},
            {"value": row.training_class.code, "url": url},
            {"value": row.end_date, "kind": "date"},
            {"value": due_on, "kind": "date"},
            {"value": EMPLOYMENT[row.employment], "tone": TONES.get(row.employment, "")},
            {"value": asked and asked.visited_on, "kind": "date"},
            {"value": asked and asked.get_way_display()},
            {"value": asked and asked.employer},
        ]
        rows.append({"cells": cells})
    return rows


def newest_of(rows: Iterable[Enrollment]) -> dict[int, FollowUp]:
    """The last follow-up of each row of the ledger that has one."""
    found = FollowUp.objects.filter(enrollment__in=[row.pk for row in rows])
    newest = found.order_by("enrollment_id", "-visited_on", "-id").distinct("enrollment_id")
    return {each.enrollment_id: each for each in newest}


@admits(Permission.SEE_LEDGER)
@require_http_methods(["GET", "HEAD", "POST"])
def of_class(request: Request, pk: int) -> HttpResponse:
    """The people of a class with what is known of each; who may enter fills in what was learned."""
    found = class_parts.visible_class(request.user, pk)
    may_enter = scope_of(request.user, Permission.ENTER_LEDGER).covers(found.county_code)
    if request.method == "POST" and not may_enter:
        raise Http404
    roster = roster_of(found, request.user)
    change = "change" in request.GET
    if request.method == "POST" and "read" not in request.POST:
        return _save(request, found, roster, change)
    newest = newest_of(roster)
    context: dict[str, Any] = {"may_enter": may_enter, "change": change}
    if request.method == "POST":
        block = read_block(request.POST.get("block", ""), roster)
        context |= {"pasted": block, "filled": len(block.cells)}
        table = FollowUpTable(roster, newest, request.POST, cells=block.cells)
    else:
        table = FollowUpTable(roster, newest, change=change)
    return _shown(request, found, table, context)


def roster_of(found: TrainingClass, user: User) -> list[Enrollment]:
    rows = Enrollment.objects.visible_to(user).active().filter(training_class=found)
    return list(rows.select_related("person").order_by("person__name_key", "pk"))


def _save(
    request: Request, found: TrainingClass, roster: list[Enrollment], change: bool
) -> HttpResponse:
    table, refused = FollowUpTable(roster, newest_of(roster), request.POST), ""
    answers = table.answers()
    if answers == []:
        refused = _("Nothing is filled in. Choose what was learned of at least one person.")
    elif answers:
        try:
            new, changed = keep_follow_ups(training_class=found, answers=answers, by=request.user)
        except JobRefused as refusal:
            refused = _(refusal.sentence) % refusal.params
        else:
            said = _("Saved: %(new)s follow-ups entered, %(changed)s changed.")
            messages.success(request, said % {"new": new, "changed": changed})
            return redirect(PAGE, found.pk)
    context = {"may_enter": True, "change": change, "refused": refused}
    return _shown(request, found, table, context, status=422)


def _shown(
    request: Request,
    found: TrainingClass,
    table: FollowUpTable,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    context |= class_parts.opening(found, PAGE) | {
        "table": table,
        "is_over": found.end_date <= timezone.localdate(),
        "has_some": any(form.newest for form in table.forms),
        "wrong": sum(bool(form.errors) for form in table.forms),
    }
    return render(request, "training/class_follow_ups.html", context, status=status)


@admits(Permission.PREPARE_SUBMISSIONS)
@require_safe
def panel(request: Request) -> HttpResponse:
    """How many people of each county of the user's are due."""
    today, permission = timezone.localdate(), Permission.PREPARE_SUBMISSIONS
    items = []
    for code in scope_of(request.user, permission).whole:
        rows = Enrollment.objects.visible_to(request.user, permission).within(code)
        if count := due(rows, today).order_by().values("person").distinct().count():
            address = urlencode({"due": 1, "region": code})
            items.append(
                {
                    "text": str(Region.objects.get(pk=code)),
                    "count": count,
                    "url": f"{reverse('training:follow-ups')}?{address}",
                }
            )
    return render(request, "exchange/todo/_items.html", {"items": items})
