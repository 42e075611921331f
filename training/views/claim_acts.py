"""Acts upon a claim: each is a POST that leads back to its page, with what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.access import Permission, admits
from exchange.jobs import JobRefused
from exchange.views.jobs import Request
from exchange.views.submissions import say
from training import claims as acts
from training.claim_forms import ObjectionForm
from training.models import Claim
from training.rules.claims import LINE_RULES
from training.views.claim_rows import PAGE
from training.views.claims import context_of, is_key, visible

Act = Callable[[Claim, int], Any]


def _done(request: Request, pk: int, act: Act, said: str) -> HttpResponse:
    """Do the act upon the claim as the user saw it; 404 for whom it is not the turn of."""
    found = visible(request.user, pk)
    version = request.POST.get("version", "")
    try:
        act(found, int(version) if is_key(version) and len(version) < 10 else 0)
        messages.success(request, said)
    except PermissionError:
        raise Http404 from None
    except JobRefused as refusal:
        say(request, refusal)
    return redirect(PAGE, pk)


@admits(Permission.ENTER_LEDGER)
@require_POST
def publish(request: Request, pk: int) -> HttpResponse:
    """Publish the claim; what was written stays in its fields when it is not taken."""
    found, version = visible(request.user, pk), request.POST.get("version", "")
    said = {rule.key: request.POST.get(rule.key, "") for rule in LINE_RULES}
    shown = int(version) if is_key(version) and len(version) < 10 else 0
    try:
        acts.publish(claim=found, version=shown, explanations=said, by=request.user)
    except PermissionError:
        raise Http404 from None
    except JobRefused as refusal:
        told = _(refusal.sentence) % refusal.params
        context = context_of(request.user, found, said) | {"refused": told}
        return render(request, "training/claim.html", context, status=422)
    messages.success(request, _("Published. Print the notice and post it in the villages."))
    return redirect(PAGE, pk)


@admits(Permission.PREPARE_SUBMISSIONS)
@require_POST
def object_to(request: Request, pk: int) -> HttpResponse:
    found, form = visible(request.user, pk), ObjectionForm(request.POST)
    if not form.is_valid():
        context = context_of(request.user, found) | {"objection_form": form}
        return render(request, "training/claim.html", context, status=422)
    asked = {**form.cleaned_data, "by": request.user}
    said = _("The objection is written down. The claim waits until it is settled.")
    return _done(request, pk, lambda c, v: acts.raise_objection(claim=c, version=v, **asked), said)


@admits(Permission.REVIEW_LEDGER)
@require_POST
def settle(request: Request, pk: int, objection: int) -> HttpResponse:
    found = get_object_or_404(visible(request.user, pk).objections, pk=objection)
    asked = {"settlement": request.POST.get("settlement", ""), "by": request.user}
    said = _("The objection is settled.")
    return _done(request, pk, lambda c, v: acts.settle(objection=found, version=v, **asked), said)


@admits(Permission.REVIEW_LEDGER)
@require_POST
def approve(request: Request, pk: int) -> HttpResponse:
    said = _("Approved. The amounts stand at the rows of the ledger.")
    return _done(request, pk, lambda c, v: acts.approve(claim=c, version=v, by=request.user), said)


@admits(Permission.REVIEW_LEDGER)
@require_POST
def refuse(request: Request, pk: int) -> HttpResponse:
    asked = {"decision": request.POST.get("decision", ""), "by": request.user}
    said = _("Refused. Its people may be claimed for again.")
    return _done(request, pk, lambda c, v: acts.refuse(claim=c, version=v, **asked), said)


@admits(Permission.ENTER_LEDGER)
@require_POST
def withdraw(request: Request, pk: int) -> HttpResponse:
    asked = {"reason": request.POST.get("reason", ""), "by": request.user}
    said = _("Withdrawn. Its people may be claimed for again.")
    return _done(request, pk, lambda c, v: acts.withdraw(claim=c, version=v, **asked), said)
