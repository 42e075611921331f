"""Taking an import back: the page that says what will go and asks why, and reading its file anew."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.access import Permission, admits
from core.rules import say
from exchange.forms import TakeBackForm
from exchange.imports import originals, undoing
from exchange.imports.kinds import kind_of
from exchange.imports.moves import ImportNotPossible
from exchange.jobs import JobRefused
from exchange.models import ImportBatch
from exchange.views.imports import HERE, PAGE, seen, visible
from exchange.views.jobs import Request


@admits(Permission.TAKE_BACK_IMPORTS)
def import_take_back(request: Request, public_id: uuid.UUID) -> HttpResponse:
    """What will go, and the reason asked for; sent, a worker takes the rows back."""
    batch = seen(request, public_id)
    form = TakeBackForm(request.POST or None)
    refusal = undoing.refusal_of(batch)
    if request.method == "POST" and refusal is None and form.is_valid():
        refusal = _ask(request, batch, form.cleaned_data["reason"])
        if refusal is None:
            return redirect(PAGE, batch.public_id)
    if request.method == "POST" and refusal:
        messages.warning(request, say(refusal.sentence, refusal.params))
        return redirect(PAGE, batch.public_id)
    context = {"batch": batch, "form": form, "kind": kind_of(batch.kind)}
    context |= _refused(refusal) if refusal else {"going": _going(batch)}
    return render(request, f"{HERE}/take_back.html", context, status=422 if form.errors else 200)


def _ask(request: Request, batch: ImportBatch, reason: str) -> JobRefused | None:
    try:
        undoing.take_back(batch, by=request.user, reason=reason)
    except JobRefused as refusal:
        return refusal
    return None


def _refused(refusal: JobRefused) -> dict[str, Any]:
    return {"refusal": say(refusal.sentence, refusal.params)}


def _going(batch: ImportBatch) -> list[dict[str, Any]]:
    """How many of each table's rows will go, those first of which there are none left out."""
    undo = kind_of(batch.kind).undo
    counted = undo.would_go(batch) if undo else {}
    return [
        {"label": capfirst(str(model._meta.verbose_name_plural)), "value": number, "kind": "number"}
        for model, number in counted.items()
        if number
    ]


@admits(Permission.BRING_IN_FILES)
@require_POST
def import_again(request: Request, public_id: uuid.UUID) -> HttpResponse:
    """The kept file of an import that was taken back, brought in as a new one."""
    batch = visible(request, public_id)
    try:
        batch = originals.bring_in_again(batch, by=request.user)
    except ImportNotPossible as refusal:
        messages.warning(request, _(str(refusal)))
    return redirect(PAGE, batch.public_id)
