"""Imports: the list, a new one, and the page that follows one from upload to ledger."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from core.access import Permission, admits, may
from core.downloads import download
from core.models import Region, User
from core.paging import page_of
from core.rules import Severity
from exchange.forms import ACCEPTED, ImportFilterForm, ImportForm, regions_filing
from exchange.imports import annotating, originals, services
from exchange.imports.asking import forms_of
from exchange.imports.fields import places_offered
from exchange.imports.history import history_of
from exchange.imports.kinds import ImportKind, kind_of, kinds_for
from exchange.imports.moves import ImportNotPossible
from exchange.imports.preview import AT_ONCE, Preview
from exchange.imports.templates import template_of
from exchange.imports.worklist import HeldRow
from exchange.models import ImportBatch
from exchange.querysets import ImportBatchQuerySet
from exchange.views import jobs
from exchange.views.jobs import Request

HERE = "exchange/imports"
STAGE = f"{HERE}/_stage.html"
PAGE = "exchange:import-detail"

DOING: dict[str, Any] = {
    ImportBatch.Step.JUDGE: gettext_lazy("Reading and checking the file."),
    ImportBatch.Step.WRITE: gettext_lazy("Writing the rows."),
    ImportBatch.Step.UNDO: gettext_lazy("Taking the rows back."),
}
SEVERITIES = {
    Severity.BLOCK: pgettext_lazy("severity", "mandatory"),
    Severity.NEAR_BLOCK: pgettext_lazy("severity", "near-mandatory"),
    Severity.EXPLAIN: pgettext_lazy("severity", "to verify"),
}


@admits(Permission.TAKE_BACK_IMPORTS)
@require_safe
def import_list(request: Request) -> HttpResponse:
    form = ImportFilterForm(request.GET, user=request.user)
    rows = form.rows(ImportBatch.objects.overseen_by(request.user))
    page = page_of(rows.select_related("requested_by"), request.GET, ["-id"])
    may_import = may(request.user, Permission.BRING_IN_FILES)
    context = {
        "form": form,
        "page": page,
        "rows": _listed(page.rows, request.user),
        "may_import": may_import,
    }
    return render(request, f"{HERE}/list.html", context)


def _listed(batches: Iterable[ImportBatch], user: User) -> list[dict[str, Any]]:
    """The rows of a list of imports, each with its kind, and its state as it concerns the user."""
    rows = jobs.listed(batches)
    for row in rows:
        batch, kind = row["job"], kind_of(row["job"].kind)
        decides = services.is_entitled(user, batch.region_code, kind)
        waits = batch.state == ImportBatch.State.WAITING and not decides
        state = _("waiting for the decision") if waits else batch.get_state_display()
        row |= {"kind": kind, "state": state}
    return rows


@admits(Permission.BRING_IN_FILES)
def import_new(request: Request) -> HttpResponse:
    kind = _kind(request.user, request.GET.get("kind", ""))
    form = ImportForm(request.POST or None, request.FILES or None, user=request.user, kind=kind)
    if request.method == "POST" and form.is_valid():
        batch = _bring_in(request, form, kind)
        if batch.state != ImportBatch.State.FAILED:
            return redirect(PAGE, batch.public_id)
        form.add_error("file", batch.error_sentence)
    context = {"form": form, "kind": kind, "kinds": kinds_for(request.user), "accepted": ACCEPTED}
    return render(request, f"{HERE}/new.html", context, status=422 if form.errors else 200)


def _bring_in(request: Request, form: ImportForm, kind: ImportKind) -> ImportBatch:
    file = form.cleaned_data["file"]
    return services.bring_in(
        file=file,
        name=file.name,
        kind=kind,
        region_code=form.cleaned_data["region"],
        options=form.options,
        by=request.user,
    )


@admits(Permission.BRING_IN_FILES)
@require_safe
def import_template(request: Request, key: str) -> FileResponse:
    kind = _kind(request.user, key)
    name = _("Template of the %(kind)s") % {"kind": kind.name}
    return download(template_of(kind, region_of_template(request, kind)), f"{name}.xlsx")


def region_of_template(request: Request, kind: ImportKind) -> str:
    """The region asked for, or the only one whose rosters the user brings in; else none."""
    own = [region.code for region in regions_filing(request.user, kind)]
    asked = request.GET.get("region", own[0] if len(own) == 1 else "")
    return asked if asked in own else ""


@admits(Permission.TAKE_BACK_IMPORTS)
@require_safe
def import_detail(request: Request, public_id: uuid.UUID) -> HttpResponse:
    batch = seen(request, public_id)
    return render(request, f"{HERE}/detail.html", context_of(request, batch))


@admits(Permission.TAKE_BACK_IMPORTS)
@require_safe
def import_progress(request: Request, public_id: uuid.UUID) -> HttpResponse:
    batch = seen(request, public_id)
    context = context_of(request, batch)
    return jobs.answer_poll(request, batch, context["progress"], STAGE, context)


@admits(Permission.TAKE_BACK_IMPORTS)
@require_safe
def import_findings(request: Request, public_id: uuid.UUID, rule: str) -> HttpResponse:
    """All findings of one rule, AT_ONCE from number ?from= on."""
    batch = seen(request, public_id)
    asked = request.GET.get("from", "")
    since = int(asked) if asked.isdecimal() and len(asked) < 9 else 0
    preview = _preview(request, batch)
    lines = preview.of_rule(rule, since)
    more = since + AT_ONCE if len(lines) == AT_ONCE else None
    known = preview.kind.all_rules().get(rule)
    context = {"batch": batch, "preview": preview, "rule": rule, "lines": lines, "more": more}
    page = "_findings.html" if request.htmx else "findings.html"
    return render(request, f"{HERE}/{page}", context | {"name": known.name if known else rule})


@admits(Permission.TAKE_BACK_IMPORTS)
@require_safe
def import_held(request: Request, public_id: uuid.UUID) -> HttpResponse:
    """More of the held rows, those after the place ?after=SHEET-LINE."""
    batch = seen(request, public_id)
    preview = _preview(request, batch)
    held = preview.held(request.GET.get("after", ""))
    page = "_held_rows.html" if request.htmx else "held.html"
    return render(request, f"{HERE}/{page}", _held_context(request, preview, held))


@admits(Permission.BRING_IN_FILES)
@require_POST
def import_confirm(request: Request, public_id: uuid.UUID) -> HttpResponse:
    return _decide(request, public_id, services.confirm)


@admits(Permission.BRING_IN_FILES)
@require_POST
def import_stop(request: Request, public_id: uuid.UUID) -> HttpResponse:
    return _decide(request, public_id, services.stop)


@admits(Permission.BRING_IN_FILES)
@require_POST
def import_try_again(request: Request, public_id: uuid.UUID) -> HttpResponse:
    return _decide(request, public_id, services.try_again)


@admits(Permission.BRING_IN_FILES)
@require_safe
def import_file(request: Request, public_id: uuid.UUID) -> HttpResponse | FileResponse:
    batch = visible(request, public_id)
    return jobs.answer_file(
        request,
        batch,
        PAGE,
        lambda: (batch.original_name, originals.take_out(batch, by=request.user)),
    )


@admits(Permission.BRING_IN_FILES)
@require_safe
def import_marked(request: Request, public_id: uuid.UUID) -> HttpResponse | FileResponse:
    """The office's workbook with the troubles of its held rows marked in it."""
    batch = visible(request, public_id)
    return jobs.answer_file(
        request, batch, PAGE, lambda: annotating.annotated(batch, by=request.user)
    )


def _decide(request: Request, public_id: uuid.UUID, act: Callable[..., None]) -> HttpResponse:
    """Confirm, stop or try again; who comes second is told so."""
    batch = visible(request, public_id)
    try:
        act(batch, by=request.user)
    except ImportNotPossible as refusal:
        messages.warning(request, _(str(refusal)))
        batch.refresh_from_db()
    return jobs.answer_act(request, batch, STAGE, context_of(request, batch), PAGE)


def _kind(user: User, key: str) -> ImportKind:
    """The kind of the key, '' for the first, among those the user may bring in."""
    for kind in kinds_for(user):
        if key in {"", kind.key}:
            return kind
    raise Http404


def seen(request: Request, public_id: uuid.UUID) -> ImportBatch:
    """An import that the user may look at and take back."""
    return _found(ImportBatch.objects.overseen_by(request.user), public_id)


def visible(request: Request, public_id: uuid.UUID) -> ImportBatch:
    """An import of a kind that the user may bring in there, and so decide upon."""
    return _found(ImportBatch.objects.visible_to(request.user), public_id)


def _found(rows: ImportBatchQuerySet, public_id: uuid.UUID) -> ImportBatch:
    batch: ImportBatch = get_object_or_404(rows, public_id=public_id)
    return batch


def _preview(request: Request, batch: ImportBatch) -> Preview:
    asked = request.GET.get("severity", "")
    return Preview(
        batch,
        in_full=originals.may_take_out(batch, request.user),
        severity=asked if asked in Severity.values else "",
    )


def context_of(request: Request, batch: ImportBatch) -> dict[str, Any]:
    """What the page of an import shows, whichever stage it is in."""
    preview = _preview(request, batch)
    progress = jobs.progress_of(
        batch,
        title=batch.original_name,
        url=reverse("exchange:import-progress", args=[batch.public_id]),
        doing=str(DOING.get(batch.step, "")),
        counted=_("lines so far"),
    )
    is_judged = batch.people is not None and not batch.is_moving
    context = {"batch": batch, "preview": preview, "progress": progress, "is_judged": is_judged}
    context["may_decide"] = services.is_entitled(request.user, batch.region_code, preview.kind)
    context["can_try_again"] = context["may_decide"] and services.can_try_again(batch)
    context["history"] = [] if batch.is_moving else history_of(batch)
    if batch.state == ImportBatch.State.WAITING and batch.step == ImportBatch.Step.MATCH:
        context["layouts"] = forms_of(batch)
    if is_judged:
        held = preview.held() if batch.state != ImportBatch.State.STOPPED else []
        context |= _held_context(request, preview, held) | {"severities": _tabs(preview, batch)}
    region = Region.objects.filter(pk=batch.region_code).first()
    return context | {"facts": _facts(batch, preview, region), "tone": jobs.tone_of(batch)}


def _facts(batch: ImportBatch, preview: Preview, region: Region | None) -> list[dict[str, Any]]:
    chosen = [
        {
            "label": capfirst(str(option.label)),
            "value": dict(option.choices()).get(batch.options.get(option.name)),
        }
        for option in preview.kind.options
    ]
    return [
        {"label": _("Kind of roster"), "value": preview.kind.name},
        {"label": _("Region"), "value": region or batch.region_code},
        *chosen,
        {"label": _("Brought in by"), "value": batch.requested_by},
        {"label": _("Brought in at"), "value": batch.queued_at, "kind": "time"},
        {"label": "SHA-256", "value": batch.sha256, "kind": "code"},
        *jobs.attempts_of(batch),
    ]


def _tabs(preview: Preview, batch: ImportBatch) -> list[dict[str, Any]]:
    """All findings, or those of one severity; the choice stands in the address."""
    page = reverse(PAGE, args=[batch.public_id])
    every = [("", _("all")), *SEVERITIES.items()]
    return [
        {
            "label": label,
            "url": f"{page}?severity={value}#findings" if value else f"{page}#findings",
            "active": preview.severity == value,
            "count": preview.found(value),
        }
        for value, label in every
    ]


def _held_context(request: Request, preview: Preview, held: list[HeldRow]) -> dict[str, Any]:
    batch = preview.batch
    may_mend = batch.takes_mends and services.is_entitled(
        request.user, batch.region_code, preview.kind
    )
    more = held[-1].place if len(held) == AT_ONCE else ""
    places = places_offered(batch.region_code) if held and may_mend else {}
    context = {"batch": batch, "preview": preview, "held": held, "more_held": more}
    return context | {"may_mend": may_mend, "places": places}
