"""Matching columns: which heading of the file is which column."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.access import Permission, admits
from core.models import User
from exchange.imports.asking import LayoutForm, forms_of
from exchange.imports.matching import match
from exchange.imports.moves import NO_LONGER_WAITING, ImportNotPossible
from exchange.models import ImportBatch
from exchange.views.imports import HERE, PAGE, visible
from exchange.views.jobs import Request


@admits(Permission.BRING_IN_FILES)
@require_http_methods(["GET", "HEAD", "POST"])
def import_columns(request: Request, public_id: uuid.UUID) -> HttpResponse:
    """The columns of an import that nobody has decided on; sent, its file is read again."""
    batch = visible(request, public_id)
    if not batch.takes_advice:
        messages.warning(request, _(NO_LONGER_WAITING))
        return redirect(PAGE, batch.public_id)
    layouts = forms_of(batch, request.POST or None)
    if request.method == "POST" and all(form.is_valid() for form in layouts):
        if any(form.is_said for form in layouts):
            _match(request, batch, layouts, by=request.user)
            return redirect(PAGE, batch.public_id)
        messages.info(request, _("No column was changed."))
    wrong = any(form.errors for form in layouts if form.is_bound)
    context = {"batch": batch, "layouts": layouts}
    return render(request, f"{HERE}/columns.html", context, status=422 if wrong else 200)


def _match(request: Request, batch: ImportBatch, layouts: list[LayoutForm], *, by: User) -> None:
    try:
        match(batch, [form.said for form in layouts if form.is_said], by=by)
    except ImportNotPossible as refusal:
        messages.warning(request, _(str(refusal)))
