"""Filings of classes: the list, one with what the gates say of it, and the form it is drawn up in."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.access import Permission, admits, may, scope_of
from core.downloads import download
from core.models import Region, User
from core.paging import page_of
from exchange.jobs import JobRefused
from exchange.regions import asked_region
from training import filing as acts
from training import gates
from training.filing_forms import ClassForm, FilingFilters, FilingForm
from training.models import ClassFiling, TrainingClass
from training.planning import nobody_is_enrolled
from training.views import class_parts, tables
from training.views.shown_findings import acts_upon, shown_findings

ENTER, REVIEW = Permission.ENTER_LEDGER, Permission.REVIEW_LEDGER
PAGE = "training:filing"
TONES = {"draft": "neutral", "filed": "warning", "approved": "success", "returned": "danger"}
RELATED = ("training_class__institution", "training_class__occupation", "filed_by", "decided_by")
COUNTY = 6


@admits(Permission.SEE_LEDGER)
@require_safe
def filings(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    filters = FilingFilters(request.GET, user=user)
    page = page_of(filters.rows().select_related(*RELATED), request.GET, ["-id"])
    context = {
        "filters": filters,
        "page": page,
        "rows": [{"filing": each, "tone": TONES[each.state]} for each in page.rows],
        "may_enter": may(user, ENTER),
    }
    return render(request, "training/filings.html", context)


@admits(Permission.SEE_LEDGER)
@require_safe
def filing(request: HttpRequest, pk: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    found = class_parts.visible_class(user, pk)
    context = class_parts.opening(found, PAGE) | _offers(user, found)
    drawn_up = ClassFiling.objects.filter(training_class=found).select_related(*RELATED).first()
    if drawn_up is not None:
        drawn_up.training_class = found
        context |= _shown(drawn_up)
    return render(request, "training/filing.html", context)


def _offers(user: User, found: TrainingClass) -> dict[str, bool]:
    return {
        "may_enter": scope_of(user, ENTER).covers(found.county_code),
        "may_review": scope_of(user, REVIEW).covers(found.county_code),
    }


def _shown(filing: ClassFiling) -> dict[str, Any]:
    findings = gates.findings_of(filing, timezone.localdate())
    return {
        "filing": filing,
        "tone": TONES[filing.state],
        "is_open": filing.state in acts.OPEN,
        "planned": _planned(filing),
        "findings": shown_findings(filing, findings),
        "hindered": gates.hindrance(filing, findings) is not None,
        "history": acts_upon(filing),
    }


def _planned(filing: ClassFiling) -> list[dict[str, Any]]:
    hours = (filing.hours_theory, filing.hours_practice)
    return [
        {"label": _("planned size"), "value": filing.planned_size, "kind": "number"},
        {"label": _("hours of theory"), "value": tables.plain(hours[0])},
        {"label": _("hours of practice"), "value": tables.plain(hours[1])},
        {"label": _("place of teaching"), "value": filing.place},
        {"label": _("assessed by"), "value": filing.assessor},
    ]


@admits(ENTER)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A class that is to be held in a county, with its filing."""
    user: User = request.user  # type: ignore[assignment]
    county = asked_region(user, ENTER, request.GET.get("region", ""))
    if county is None or county.level != Region.Level.COUNTY:
        raise Http404
    form = ClassForm(*_sent(request), county=county.code)
    if form.is_bound and form.is_valid():
        try:
            made = acts.draw_up(
                county=county.code,
                taught=form.taught,
                planned=form.planned,
                attached=form.attached,
                by=user,
            )
            return redirect(PAGE, made.training_class_id)
        except JobRefused as refusal:
            form.add_error(None, _(refusal.sentence) % refusal.params)
    context = {
        "form": form,
        "subtitle": county.name,
        "heading": _("File a class"),
        "breadcrumb": [
            {"label": _("Filings of classes"), "url": reverse("training:filings")},
            {"label": _("File a class"), "url": ""},
        ],
        "cancel_url": reverse("training:filings"),
    }
    return render(request, "training/filing_form.html", context, status=422 if form.errors else 200)


@admits(ENTER)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What is planned of a class: drawn up when it has no filing yet, changed when it has one."""
    user: User = request.user  # type: ignore[assignment]
    found = class_parts.visible_class(user, pk, ENTER)
    filing = ClassFiling.objects.filter(training_class=found).first()
    form = _form_of(request, found, filing)
    if form.is_bound and form.is_valid():
        try:
            _save(found, filing, form, request.POST.get("version", ""), user)
            return redirect(PAGE, pk)
        except JobRefused as refusal:
            form.add_error(None, _(refusal.sentence) % refusal.params)
    context = class_parts.opening(found, PAGE) | {
        "form": form,
        "filing": filing,
        "heading": found.code,
        "subtitle": found.occupation.name,
        "cancel_url": reverse(PAGE, args=[pk]),
    }
    return render(request, "training/filing_form.html", context, status=422 if form.errors else 200)


def _form_of(
    request: HttpRequest, found: TrainingClass, filing: ClassFiling | None
) -> FilingForm | ClassForm:
    if filing is None or not nobody_is_enrolled(found):
        return FilingForm(*_sent(request), initial=FilingForm.of(filing))
    filing.training_class = found
    return ClassForm(*_sent(request), county=found.county_code, initial=ClassForm.of(filing))


def _save(
    found: TrainingClass, filing: ClassFiling | None, form: FilingForm, version: str, by: User
) -> None:
    said = {"planned": form.planned, "attached": form.attached, "by": by}
    if filing is None:
        acts.draw_up_for(training_class=found, **said)
    else:
        seen = int(version) if version.isdecimal() and len(version) < 10 else 0
        acts.change(filing=filing, version=seen, taught=form.taught, **said)


def _sent(request: HttpRequest) -> tuple[Any, ...]:
    return (request.POST, request.FILES) if request.method == "POST" else ()


@admits(Permission.SEE_LEDGER)
@require_safe
def attachment(request: HttpRequest, pk: int) -> FileResponse:
    user: User = request.user  # type: ignore[assignment]
    seen = ClassFiling.objects.visible_to(user).exclude(attachment_stored_as="")
    found = get_object_or_404(seen, training_class=pk)
    try:
        name, file = acts.open_attachment(found, by=user)
    except FileNotFoundError:
        raise Http404 from None
    return download(file, name)


@admits(Permission.SEE_LEDGER)
@require_safe
def panel(request: HttpRequest) -> HttpResponse:
    """Filings that wait for this user: to decide on, or to mend."""
    user: User = request.user  # type: ignore[assignment]
    to_decide = ClassFiling.objects.visible_to(user, REVIEW).filter(state="filed")
    steps = (
        (to_decide.filter(~Q(filed_by=user)), "filed", _("Filings waiting for a decision")),
        (
            ClassFiling.objects.visible_to(user, ENTER).filter(state="returned"),
            "returned",
            _("Filings returned"),
        ),
    )
    listed = reverse("training:filings")
    items = [
        {"text": text, "count": count, "url": f"{listed}?state={state}"}
        for rows, state, text in steps
        if (count := rows.count())
    ]
    return render(request, "exchange/todo/_items.html", {"items": items})
