"""Requests to correct a row of a locked month: the list, one request, and the decision on it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.access import Permission, admits
from core.downloads import download
from core.models import Region
from core.paging import page_of
from exchange.jobs import JobRefused
from exchange.models import Correction
from exchange.periods import Period
from exchange.submission_forms import CorrectionFilters
from exchange.submissions import correcting, duties
from exchange.submissions.books import ShownRow, book_of
from exchange.submissions.findings import GONE
from exchange.views.jobs import Request
from exchange.views.submissions import say

HERE = "exchange/corrections"
PAGE = "exchange:correction"
PERSON = {"name", "id_number"}
TONES = {"asked": "warning", "applied": "success", "refused": "danger"}


@admits(Permission.SEE_LEDGER)
@require_safe
def correction_list(request: Request) -> HttpResponse:
    filters = CorrectionFilters(request.GET, user=request.user)
    rows = filters.rows().select_related("submission", "asked_by", "decided_by")
    page = page_of(rows, request.GET, ["-id"])
    names = Region.objects.in_bulk({each.county_code for each in page.rows})
    listed = [_shown(each) | {"county": names.get(each.county_code)} for each in page.rows]
    context = {"filters": filters, "page": page, "rows": listed}
    return render(request, f"{HERE}/list.html", context)


def _shown(correction: Correction) -> dict[str, Any]:
    """A request with whom and what class its row is about; one to be added is about none yet."""
    key = (correction.chapter, correction.row_key or 0)
    row = book_of(correction.submission.book).shown([key]).get(key, GONE)
    if correction.row_key is None:
        row = ShownRow(_("A row to be added"), "", "")
    return {
        "correction": correction,
        "row": row,
        "month": Period.month_of(correction.submission.month).name,
        "tone": TONES.get(correction.state, "neutral"),
    }


@admits(Permission.SEE_LEDGER)
@require_safe
def correction(request: Request, public_id: uuid.UUID) -> HttpResponse:
    found = _visible(request, public_id)
    is_asked, county = found.state == Correction.State.ASKED, found.county_code
    context = _shown(found) | {
        "cells": _cells(found),
        "may_decide": is_asked and duties.may_accept(request.user, county),
        "may_withdraw": is_asked and duties.may_enter(request.user, county),
    }
    if context["may_decide"] or context["may_withdraw"]:
        context |= _judged(found)
    return render(request, f"{HERE}/detail.html", context)


def _cells(found: Correction) -> list[tuple[str, str | None, str | None]]:
    """Heading, before and after of each cell, in words."""
    book = book_of(found.submission.book)
    titles, cells = book.titles.get(found.chapter, {}), correcting.cells_of(found)
    before, after = book.worded(
        [{name: was for name, was, _now in cells}, {name: now for name, _was, now in cells}]
    )
    if found.state == Correction.State.ASKED and found.row_key is not None:
        before = _standing(found, before)
    return [(titles.get(name, name), before[name], after[name]) for name in before]


def _standing(found: Correction, asked: Collection[str]) -> dict[str, str | None]:
    """What the row has now in the columns that are asked for; its person in those of a person."""
    book, month, row = (
        book_of(found.submission.book),
        found.submission,
        (found.chapter, found.row_key or 0),
    )
    lines = book.lines(month.county_code, month.month, {row})
    said = next(iter(book.worded([cells for *_of, cells in lines])), {})
    return {name: said.get("person" if name in PERSON else name) for name in asked}


def _judged(found: Correction) -> dict[str, Any]:
    """What rules say of what is asked, as things stand now, and what stands against it besides."""
    try:
        return {"findings": correcting.findings_of(found)}
    except JobRefused as refusal:
        return {"trouble": _(refusal.sentence) % refusal.params}


@admits(Permission.SEE_LEDGER)
@require_safe
def correction_evidence(request: Request, public_id: uuid.UUID) -> FileResponse:
    found = _visible(request, public_id)
    try:
        name, file = correcting.open_evidence(found, by=request.user)
    except FileNotFoundError:
        raise Http404 from None
    return download(file, name)


@admits(Permission.DECIDE_SUBMISSIONS)
@require_POST
def correction_approve(request: Request, public_id: uuid.UUID) -> HttpResponse:
    asked = {"decision": request.POST.get("decision", "")}
    return _done(request, public_id, correcting.approve, _("The row is corrected."), **asked)


@admits(Permission.DECIDE_SUBMISSIONS)
@require_POST
def correction_refuse(request: Request, public_id: uuid.UUID) -> HttpResponse:
    asked = {"decision": request.POST.get("decision", "")}
    return _done(request, public_id, correcting.refuse, _("The request is refused."), **asked)


@admits(Permission.PREPARE_SUBMISSIONS)
@require_POST
def correction_withdraw(request: Request, public_id: uuid.UUID) -> HttpResponse:
    return _done(request, public_id, correcting.withdraw, _("The request is withdrawn."))


def _done(
    request: Request, public_id: uuid.UUID, act: Callable[..., None], said: str, **asked: Any
) -> HttpResponse:
    found, version = _visible(request, public_id), request.POST.get("version", "")
    shown = int(version) if version.isdecimal() and len(version) < 10 else 0
    try:
        act(correction=found, version=shown, by=request.user, **asked)
        messages.success(request, said)
    except PermissionError:
        raise Http404 from None
    except JobRefused as refusal:
        say(request, refusal)
    return redirect(PAGE, public_id)


def _visible(request: Request, public_id: uuid.UUID) -> Correction:
    rows = Correction.objects.visible_to(request.user).select_related("submission")
    found: Correction = get_object_or_404(rows, public_id=public_id)
    return found
