"""Held rows mended in the browser: row by row, and the list of all that wait for it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.access import Permission, admits
from core.paging import Keyset, page_of
from exchange.forms import WorkListForm
from exchange.imports import mending, originals, staging
from exchange.imports.fields import places_offered
from exchange.imports.moves import ImportNotPossible
from exchange.imports.preview import Preview
from exchange.imports.worklist import HeldRow, RowForm, held_rows
from exchange.models import ImportBatch, StagedRow
from exchange.views.imports import HERE, PAGE, seen, visible
from exchange.views.jobs import Request


@admits(Permission.BRING_IN_FILES)
@require_safe
def import_worklist(request: Request) -> HttpResponse:
    """Every held row of the user's regions, the oldest import first."""
    batches = ImportBatch.objects.visible_to(request.user).with_held_rows()
    form = WorkListForm(request.GET, batches=batches)
    rows = form.rows(StagedRow.objects.filter(batch__in=batches))
    page = page_of(rows.select_related("batch"), request.GET, ["id"])
    held = held_rows(page.rows, lambda batch: originals.may_take_out(batch, request.user))
    every = {row.batch.pk: row.batch for row in held}
    counties = {batch.region_code for batch in every.values()}
    context = {
        "form": form,
        "page": page,
        "held": held,
        "batches": list(every.values()),
        "may_mend": True,
        # Places of several counties would be one long list.
        "places": places_offered(counties.pop()) if len(counties) == 1 else {},
    }
    return render(request, f"{HERE}/worklist.html", context)


@admits(Permission.TAKE_BACK_IMPORTS)
@require_safe
def import_row(request: Request, public_id: uuid.UUID, sheet: int, line: int) -> HttpResponse:
    """One row: a held one with all its cells, an accepted one as it will be written."""
    batch = seen(request, public_id)
    row = batch.rows.filter(sheet=sheet, line=line).first()
    if row:
        return _held(request, batch, row, whole=True)
    accepted = staging.row_at(batch, sheet, line)
    if accepted is None:
        raise Http404
    preview = Preview(batch)
    (cells,) = preview.cells_of([accepted])
    shown = [
        {"label": source.column.title, "value": cell}
        for source, cell in zip(preview.accepted_columns, cells, strict=True)
    ]
    context = {"batch": batch, "line": line, "sheet": preview.names.get(sheet), "cells": shown}
    return render(request, f"{HERE}/accepted_row.html", context)


@admits(Permission.TAKE_BACK_IMPORTS)
@require_safe
def import_accepted(request: Request, public_id: uuid.UUID) -> HttpResponse:
    """All accepted rows as they will be written, personal numbers masked."""
    batch = seen(request, public_id)
    preview = Preview(batch)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    pages = Keyset("sheet", "line")
    page = pages.page(batch.pages, after=after, before=before, size=1, total=batch.accepted)
    rows = [row for staged in page.rows for row in preview.accepted_of(staged)]
    context = {"batch": batch, "preview": preview, "page": page, "rows": rows}
    return render(request, f"{HERE}/accepted.html", context)


@admits(Permission.BRING_IN_FILES)
@require_POST
def import_mend(request: Request, public_id: uuid.UUID, sheet: int, line: int) -> HttpResponse:
    """Write over the cells that were changed, and answer with what the rules say now."""
    batch = visible(request, public_id)
    row = _row(batch, sheet, line)
    held = _one(request, row)
    form = RowForm(held, held.columns, request.POST)
    if not form.is_valid():
        told = [f"{form[name].label}: {error[0]}" for name, error in form.errors.items()]
        messages.warning(request, " ".join(told))
    elif form.changed or held.is_left_out:
        try:
            mending.mend_row(batch, sheet=sheet, line=line, cells=form.changed, by=request.user)
        except ImportNotPossible as refusal:
            messages.warning(request, _(str(refusal)))
    return _answer(request, batch, row)


@admits(Permission.BRING_IN_FILES)
@require_POST
def import_leave_out(request: Request, public_id: uuid.UUID, sheet: int, line: int) -> HttpResponse:
    """Say that a held row is nobody's."""
    batch = visible(request, public_id)
    row = _row(batch, sheet, line)
    try:
        mending.leave_out(batch, sheet=sheet, line=line, by=request.user)
    except ImportNotPossible as refusal:
        messages.warning(request, _(str(refusal)))
    return _answer(request, batch, row)


@admits(Permission.BRING_IN_FILES)
@require_POST
def import_take_proposal(
    request: Request, public_id: uuid.UUID, sheet: int, line: int
) -> HttpResponse:
    """Take the number of the registered person whom the row can only mean."""
    batch = visible(request, public_id)
    row = _row(batch, sheet, line)
    mask = request.POST.get("mask", "")
    try:
        mending.take_proposal(batch, sheet=sheet, line=line, mask=mask, by=request.user)
    except ImportNotPossible as refusal:
        messages.warning(request, _(str(refusal)))
    return _answer(request, batch, row)


@admits(Permission.BRING_IN_FILES)
@require_POST
def import_check_again(request: Request, public_id: uuid.UUID) -> HttpResponse:
    batch = visible(request, public_id)
    try:
        mending.check_again(batch, by=request.user)
    except ImportNotPossible as refusal:
        messages.warning(request, _(str(refusal)))
    return redirect(PAGE, batch.public_id)


def _row(batch: ImportBatch, sheet: int, line: int) -> StagedRow:
    row: StagedRow | None = batch.rows.filter(sheet=sheet, line=line).first()
    if row is None:
        raise Http404
    return row


def _one(request: Request, row: StagedRow) -> HeldRow:
    (held,) = held_rows([row], lambda batch: originals.may_take_out(batch, request.user))
    return held


def _answer(request: Request, batch: ImportBatch, row: StagedRow) -> HttpResponse:
    """The row as it stands now, for a page that asked by script; else its page."""
    if request.htmx:
        return _held(request, batch, row, whole=False)
    return redirect("exchange:import-row", batch.public_id, row.sheet, row.line)


def _held(request: Request, batch: ImportBatch, row: StagedRow, *, whole: bool) -> HttpResponse:
    held = _one(request, row)
    on_page = (request.htmx.current_url_abs_path or "").partition("?")[0].partition("#")[0]
    visible_to_user = ImportBatch.objects.visible_to(request.user)
    context: dict[str, Any] = {
        "batch": batch,
        "preview": Preview(batch),
        "row": held,
        "whole": whole,
        "may_mend": batch.takes_mends and visible_to_user.filter(pk=batch.pk).exists(),
        "show_import": on_page == reverse("exchange:import-worklist"),
        "shows_decision": on_page == reverse(PAGE, args=[batch.public_id]),
    }
    if request.htmx:
        return render(request, f"{HERE}/_held_row_alone.html", context)
    later = batch.rows.after(row.sheet, row.line).order_by("sheet", "line")
    context |= {"next": later.first(), "places": places_offered(batch.region_code)}
    return render(request, f"{HERE}/row.html", context)
