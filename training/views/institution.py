"""One institution: what is on file of it, who teaches there, what its licence covers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from core.access import Permission, admits, scope_of
from core.models import User
from exchange.jobs import JobRefused
from exchange.views.submissions import say
from training import licences
from training.filing_forms import DAY, occupation_names
from training.models import Institution, LicensedScope, SkillLevel, Teacher

PAGE = "training:institution"
ENTER = Permission.ENTER_LEDGER


class TeacherForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("name"), max_length=50)
    qualification = forms.CharField(
        label=gettext_lazy("title or qualification"), max_length=100, required=False
    )


class ScopeForm(forms.Form):
    occupation = forms.CharField(
        label=gettext_lazy("occupation"),
        max_length=100,
        widget=forms.TextInput({"list": "occupations", "autocomplete": "off"}),
    )
    level = forms.ChoiceField(
        label=pgettext_lazy("of a skill", "level"),
        required=False,
        choices=[("", gettext_lazy("all levels")), *SkillLevel.choices],
    )
    licence = forms.CharField(
        label=gettext_lazy("number of the licence"), max_length=60, required=False
    )
    valid_from = forms.DateField(label=gettext_lazy("valid from"), widget=DAY)
    valid_to = forms.DateField(label=gettext_lazy("valid to"), widget=DAY, required=False)


class EndForm(forms.Form):
    valid_to = forms.DateField(label=gettext_lazy("valid to"), widget=DAY)


@admits(Permission.SEE_LEDGER)
@require_safe
def institution(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _visible(request, pk))


@admits(ENTER)
@require_POST
def register_teacher(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = _visible(request, pk, ENTER), TeacherForm(request.POST)
    if not form.is_valid():
        return _page(request, found, teacher_form=form)
    return _done(request, pk, licences.register_teacher, institution=found, **form.cleaned_data)


@admits(ENTER)
@require_POST
def remove_teacher(request: HttpRequest, pk: int, teacher: int) -> HttpResponse:
    of = Teacher.objects.select_related("institution").filter(
        institution=_visible(request, pk, ENTER)
    )
    return _done(request, pk, licences.remove_teacher, teacher=get_object_or_404(of, pk=teacher))


@admits(ENTER)
@require_POST
def add_scope(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = _visible(request, pk, ENTER), ScopeForm(request.POST)
    if not form.is_valid():
        return _page(request, found, scope_form=form)
    return _done(request, pk, licences.add_scope, institution=found, **form.cleaned_data)


@admits(ENTER)
@require_POST
def end_scope(request: HttpRequest, pk: int, scope: int) -> HttpResponse:
    found, form = _visible(request, pk, ENTER), EndForm(request.POST)
    of = LicensedScope.objects.select_related("institution", "occupation").filter(institution=found)
    ending = get_object_or_404(of, pk=scope)
    if not form.is_valid():
        messages.warning(request, _("Give the last day on which the scope is valid."))
        return redirect(PAGE, pk)
    return _done(request, pk, licences.end_scope, scope=ending, **form.cleaned_data)


def _done(request: HttpRequest, pk: int, act: Callable[..., Any], **said: Any) -> HttpResponse:
    try:
        act(**said, by=request.user)
        messages.success(request, _("The institution's file is changed."))
    except JobRefused as refusal:
        say(request, refusal)
    return redirect(PAGE, pk)


def _visible(
    request: HttpRequest, pk: int, permission: Permission = Permission.SEE_LEDGER
) -> Institution:
    user: User = request.user  # type: ignore[assignment]
    return get_object_or_404(Institution.objects.visible_to(user, permission), pk=pk)


def _page(
    request: HttpRequest,
    found: Institution,
    *,
    teacher_form: TeacherForm | None = None,
    scope_form: ScopeForm | None = None,
) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    may_enter = scope_of(user, ENTER).covers(found.county_code)
    scopes = LicensedScope.objects.filter(institution=found).select_related("occupation")
    context: dict[str, Any] = {
        "institution": found,
        "facts": _facts(found),
        "actions": _actions(found),
        "teachers": Teacher.objects.filter(institution=found),
        "scopes": [_scope(scope) for scope in scopes],
        "may_enter": may_enter,
        "breadcrumb": [
            {"label": _("Institutions"), "url": reverse("training:institutions")},
            {"label": found.name, "url": ""},
        ],
    }
    if may_enter:
        context["teacher_form"] = teacher_form or TeacherForm()
        context["scope_form"] = scope_form or ScopeForm()
        context["occupations"] = occupation_names()
    status = 422 if teacher_form or scope_form else 200
    return render(request, "training/institution.html", context, status=status)


def _facts(found: Institution) -> list[dict[str, Any]]:
    until = found.licence_until
    return [
        {"label": _("unified social credit code"), "value": found.key, "kind": "code"},
        {"label": _("address"), "value": found.address},
        {"label": _("licensed until"), "value": date_format(until) if until else ""},
    ]


def _actions(found: Institution) -> list[dict[str, Any]]:
    filings = f"{reverse('training:filings')}?institution={found.name}"
    ledger = f"{reverse('training:ledger')}?institution={found.pk}"
    return [
        {"label": _("Filings of its classes"), "url": filings, "icon": "card-checklist"},
        {"label": _("Its rows in the ledger"), "url": ledger, "icon": "journal-text"},
    ]


def _scope(scope: LicensedScope) -> dict[str, Any]:
    ended = scope.valid_to is not None and scope.valid_to < timezone.localdate()
    return {"scope": scope, "level": scope.get_level_display() or _("all levels"), "ended": ended}
