"""Acts upon the filing of a class: explain, file, give up, approve, return."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.access import Permission, admits
from core.models import User
from exchange.jobs import JobRefused
from exchange.views.submissions import say
from training import filing as acts
from training.models import ClassFiling

PAGE = "training:filing"


@admits(Permission.ENTER_LEDGER)
@require_POST
def explain(request: HttpRequest, pk: int) -> HttpResponse:
    said = {"rule": request.POST.get("rule", ""), "text": request.POST.get("text", "")}
    return _done(request, pk, acts.explain, _("The explanation is kept."), **said)


@admits(Permission.ENTER_LEDGER)
@require_POST
def file(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, pk, acts.file, _("The class is filed. Somebody else decides on it."))


@admits(Permission.ENTER_LEDGER)
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    answer = _done(request, pk, acts.discard, _("The filing is given up."))
    if ClassFiling.objects.filter(training_class=pk).exists():
        return answer
    return redirect("training:filings")


@admits(Permission.REVIEW_LEDGER)
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    decision = request.POST.get("decision", "")
    return _done(request, pk, acts.approve, _("The filing is approved."), decision=decision)


@admits(Permission.REVIEW_LEDGER)
@require_POST
def return_(request: HttpRequest, pk: int) -> HttpResponse:
    decision = request.POST.get("decision", "")
    return _done(request, pk, acts.return_, _("The filing is returned."), decision=decision)


def _done(
    request: HttpRequest, pk: int, act: Callable[..., None], told: str, **said: Any
) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    seen = ClassFiling.objects.visible_to(user).select_related(
        "training_class__institution", "training_class__occupation"
    )
    found = get_object_or_404(seen, training_class=pk)
    version = request.POST.get("version", "")
    shown = int(version) if version.isdecimal() and len(version) < 10 else 0
    try:
        act(filing=found, version=shown, by=user, **said)
        messages.success(request, told)
    except PermissionError:
        raise Http404 from None
    except JobRefused as refusal:
        say(request, refusal)
    return redirect(PAGE, pk)
