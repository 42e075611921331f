"""Visits of a class while it is held: looked at and entered; and which classes wait for one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from core.access import Permission, admits, scope_of
from core.models import User
from exchange.jobs import JobRefused
from exchange.views.submissions import say
from training import visiting
from training.filing_forms import DAY
from training.models import ClassVisit, TrainingClass
from training.views import class_parts

PAGE = "training:visits"
VISIT = Permission.VISIT_CLASSES
LISTED = 12


class VisitForm(forms.Form):
    visited_on = forms.DateField(label=gettext_lazy("visited on"), widget=DAY)
    seen = forms.IntegerField(label=gettext_lazy("present"), min_value=0, max_value=9999)
    asked = forms.IntegerField(label=gettext_lazy("asked"), min_value=0, max_value=9999)
    remark = forms.CharField(
        label=gettext_lazy("what was found"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )


@admits(Permission.SEE_LEDGER)
@require_safe
def visits(request: HttpRequest, pk: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    return _page(request, class_parts.visible_class(user, pk))


@admits(VISIT)
@require_POST
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    found, form = class_parts.visible_class(user, pk, VISIT), VisitForm(request.POST)
    if form.is_valid():
        try:
            visiting.enter_visit(training_class=found, by=user, **form.cleaned_data)
            messages.success(request, _("The visit is written down."))
            return redirect(PAGE, pk)
        except JobRefused as refusal:
            form.add_error(None, _(refusal.sentence) % refusal.params)
    return _page(request, found, form)


@admits(VISIT)
@require_POST
def remove(request: HttpRequest, pk: int, visit: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    of = ClassVisit.objects.visible_to(user, VISIT).filter(training_class=pk)
    found = get_object_or_404(of.select_related("training_class"), pk=visit)
    try:
        visiting.remove_visit(visit=found, by=user)
        messages.success(request, _("The visit is removed."))
    except JobRefused as refusal:
        say(request, refusal)
    return redirect(PAGE, pk)


def _page(
    request: HttpRequest, found: TrainingClass, form: VisitForm | None = None
) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    rows = ClassVisit.objects.visible_to(user).filter(training_class=found)
    may_visit = scope_of(user, VISIT).covers(found.county_code)
    context = class_parts.opening(found, PAGE) | {
        "visits": [_shown(visit, user) for visit in rows.select_related("visited_by")],
        "enrolled": visiting.enrolled_in(found),
        "form": (form or VisitForm(initial=_usual(found))) if may_visit else None,
    }
    return render(request, "training/visits.html", context, status=422 if form else 200)


def _shown(visit: ClassVisit, user: User) -> dict[str, Any]:
    fresh = timezone.localdate(visit.at) == timezone.localdate()
    return {
        "visit": visit,
        "finding": visiting.finding_of(visit),
        "removable": fresh and visit.visited_by_id == user.pk,
    }


def _usual(found: TrainingClass) -> dict[str, Any]:
    today = timezone.localdate()
    return {"visited_on": today} if found.start_date <= today <= found.end_date else {}


@admits(VISIT)
@require_safe
def panel(request: HttpRequest) -> HttpResponse:
    """Classes in session that nobody has visited yet, those that end first before the others."""
    user: User = request.user  # type: ignore[assignment]
    rows = TrainingClass.objects.visible_to(user, VISIT).in_session(timezone.localdate())
    waiting = rows.not_visited().select_related("institution").order_by("end_date", "id")
    items: list[dict[str, Any]] = [
        {
            "text": f"{each.code} {each.institution.name}",
            "url": reverse(PAGE, args=[each.pk]),
            "due": each.end_date,
        }
        for each in waiting[:LISTED]
    ]
    if (count := waiting.count()) > LISTED:
        url = reverse("training:classes")
        items.append({"text": _("Classes in session, not visited yet"), "count": count, "url": url})
    return render(request, "exchange/todo/_items.html", {"items": items})
