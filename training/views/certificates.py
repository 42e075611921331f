"""The certificates of a class: those that are on file, and a table to enter the next ones."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from core.access import Permission, admits, scope_of
from core.models import User
from exchange.jobs import JobRefused
from talent.models import Credential
from training.certificate_forms import IssueForm
from training.certifying import certify
from training.certifying import withdraw as withdraw_certificate
from training.models import Enrollment, TrainingClass
from training.refusing import RowsRefused
from training.views import certificate_sheets
from training.views.certificate_sheets import Sheet
from training.views.class_parts import opening, visible_class

PAGE = "training:certificates"
# What fills the table in without saving it: the user looks at it first.
FILLS = {"paste": certificate_sheets.take_pasted, "count": certificate_sheets.count_up}


@admits(Permission.SEE_LEDGER)
@require_safe
def certificates(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, visible_class(request.user, pk))  # type: ignore[arg-type]


def _page(
    request: HttpRequest,
    found: TrainingClass,
    *,
    form: IssueForm | None = None,
    sheet: Sheet | None = None,
    **more: Any,
) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    may = scope_of(user, Permission.ENTER_LEDGER).covers(found.county_code)
    context = opening(found, PAGE) | {
        "given": given(user, found),
        "sheet": (sheet or certificate_sheets.of_class(found)) if may else None,
        "form": form or IssueForm(initial=IssueForm.usual()),
        "may_enter": may,
    }
    refused = "refused" in more or (form is not None and bool(form.errors))
    context |= more
    status = 422 if refused else 200
    return render(request, "training/certificates.html", context, status=status)


def given(user: User, found: TrainingClass) -> list[Credential]:
    """The certificates of a class, withdrawn ones too, by person."""
    rows = Enrollment.objects.visible_to(user).filter(training_class=found).values("pk")
    seen = Credential.objects.visible_to(user).filter(enrollment_key__in=rows)
    return list(seen.select_related("person").order_by("enrollment_key", "pk"))


@admits(Permission.ENTER_LEDGER)
@require_POST
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    found = visible_class(user, pk, Permission.ENTER_LEDGER)
    sheet = certificate_sheets.of_class(found, request.POST.dict())
    form = IssueForm(request.POST)
    fill = FILLS.get(request.POST.get("act", ""))
    if fill:
        fill(sheet)
        form = IssueForm(initial=request.POST.dict())
        return _page(request, found, form=form, sheet=sheet, is_filled=True)
    if not form.is_valid():
        return _page(request, found, form=form, sheet=sheet)
    return _save(request, found, form, sheet, user)


def _save(
    request: HttpRequest, found: TrainingClass, form: IssueForm, sheet: Sheet, user: User
) -> HttpResponse:
    numbers = sheet.numbers
    try:
        to_explain = certify(training_class=found, issue=form.issue, numbers=numbers, by=user)
    except JobRefused as refusal:
        if isinstance(refusal, RowsRefused):
            certificate_sheets.say_findings(sheet, refusal.findings)
        said = _(refusal.sentence) % refusal.params
        return _page(request, found, form=form, sheet=sheet, refused=said)
    told = ngettext("%(number)s certificate saved.", "%(number)s certificates saved.", len(numbers))
    messages.success(request, told % {"number": len(numbers)})
    for sentence in dict.fromkeys(map(str, to_explain)):
        later = _("To be explained when the month is submitted: %(sentence)s")
        messages.warning(request, later % {"sentence": sentence})
    return redirect(PAGE, found.pk)


@admits(Permission.ENTER_LEDGER)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    seen = Credential.objects.visible_to(user, Permission.ENTER_LEDGER)
    credential: Credential = get_object_or_404(seen, pk=pk)
    row = get_object_or_404(Enrollment.objects.visible_to(user), pk=credential.enrollment_key)
    try:
        withdraw_certificate(credential=credential, by=user, reason=request.POST.get("reason", ""))
    except JobRefused as refusal:
        taught = visible_class(user, row.training_class_id)
        return _page(request, taught, refused=_(refusal.sentence) % refusal.params)
    messages.success(request, _("The certificate was withdrawn; its number is free again."))
    return redirect(PAGE, row.training_class_id)
