"""Reports: the list of those made, asking for one, and taking it out."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.access import Permission, admits
from core.models import Region
from core.paging import page_of
from exchange.forms import ReportFilterForm, ReportForm
from exchange.models import ReportRun
from exchange.periods import Period
from exchange.reports import archive, is_made, name_of, services
from exchange.reports.bundles import NOBODY_BENEATH
from exchange.reports.estimates import estimate, in_words, seconds_left
from exchange.reports.services import ReportNotPossible
from exchange.submissions import codes
from exchange.views import jobs
from exchange.views.jobs import Request

HERE = "exchange/reports"
STAGE = f"{HERE}/_stage.html"
PAGE = "exchange:report-detail"


@admits(Permission.MAKE_REPORTS)
@require_safe
def report_list(request: Request) -> HttpResponse:
    form = ReportFilterForm(request.GET, user=request.user)
    rows = form.rows(ReportRun.objects.visible_to(request.user))
    page = page_of(rows.select_related("requested_by"), request.GET, ["-id"])
    context = {"form": form, "page": page, "rows": _listed(request, page.rows)}
    return render(request, f"{HERE}/list.html", context)


def _listed(request: Request, runs: list[ReportRun]) -> list[dict[str, Any]]:
    made = ReportRun.objects.filter(pk__in=[run.pk for run in runs]).openable_by(request.user)
    openable = set(made.values_list("pk", flat=True))
    return [
        row
        | {
            "name": name_of(row["job"].report),
            "period": Period.parse(row["job"].period).name,
            "openable": row["job"].pk in openable,
            "expired": _is_expired(row["job"]),
        }
        for row in jobs.listed(runs)
    ]


@admits(Permission.MAKE_REPORTS)
def report_new(request: Request) -> HttpResponse:
    form = ReportForm(request.POST or None, user=request.user, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        try:
            run = services.request_report(by=request.user, **form.asked)
            return redirect(PAGE, run.public_id)
        except ReportNotPossible as refusal:
            form.add_error(field_of(form, refusal), _(str(refusal)))
    return render(request, f"{HERE}/new.html", {"form": form}, status=422 if form.errors else 200)


def field_of(form: Form, refusal: ReportNotPossible) -> str:
    """The field of a form that a refusal is about."""
    about = {
        services.NO_SUCH_FORMAT: "format",
        services.NOT_OF_THIS_LEVEL: "region",
        NOBODY_BENEATH: "breadth",
    }
    fields = [about.get(str(refusal), "part"), "period_kind", "report"]
    return next(field for field in fields if field in form.fields)


@admits(Permission.MAKE_REPORTS)
@require_safe
def report_estimate(request: Request) -> HttpResponse:
    """How large the report that the form asks for would be; nothing while it asks for none."""
    form = ReportForm(request.GET, user=request.user)
    context: dict[str, Any] = {}
    if form.is_valid():
        try:
            services.look_at(by=request.user, **form.asked)
            context["estimate"] = found = estimate(**form.asked)
            context["time"] = in_words(found.seconds) if found.seconds else ""
        except ReportNotPossible as refusal:
            context["trouble"] = _(str(refusal))
    return render(request, f"{HERE}/_estimate.html", context)


@admits(Permission.MAKE_REPORTS)
@require_safe
def report_detail(request: Request, public_id: uuid.UUID) -> HttpResponse:
    run = _visible(request, public_id)
    return render(request, f"{HERE}/detail.html", _context(request, run))


@admits(Permission.MAKE_REPORTS)
@require_safe
def report_progress(request: Request, public_id: uuid.UUID) -> HttpResponse:
    run = _visible(request, public_id)
    context = _context(request, run)
    return jobs.answer_poll(request, run, context["progress"], STAGE, context)


@admits(Permission.MAKE_REPORTS)
@require_POST
def report_retry(request: Request, public_id: uuid.UUID) -> HttpResponse:
    """Make a report that failed again."""
    run = _visible(request, public_id)
    try:
        services.retry(run, by=request.user)
    except ReportNotPossible as refusal:
        messages.warning(request, _(str(refusal)))
        run.refresh_from_db()
    return jobs.answer_act(request, run, STAGE, _context(request, run), PAGE)


@admits(Permission.MAKE_REPORTS)
@require_POST
def report_again(request: Request, public_id: uuid.UUID) -> HttpResponse:
    """Make a report anew, with the figures of now, as a run of its own."""
    run = _visible(request, public_id)
    try:
        again = services.request_report(
            report=run.report,
            region_code=run.region_code,
            period=run.period,
            format=run.format,
            breadth=run.breadth,
            by=request.user,
        )
    except ReportNotPossible as refusal:
        messages.warning(request, _(str(refusal)))
        return redirect(PAGE, run.public_id)
    return redirect(PAGE, again.public_id)


@admits(Permission.MAKE_REPORTS)
@require_safe
def report_file(request: Request, public_id: uuid.UUID) -> HttpResponse | FileResponse:
    run = _visible(request, public_id)
    return jobs.answer_file(
        request, run, PAGE, lambda: (run.file_name, services.open_file(run, by=request.user))
    )


def _visible(request: Request, public_id: uuid.UUID) -> ReportRun:
    rows = ReportRun.objects.visible_to(request.user)
    run: ReportRun = get_object_or_404(rows, public_id=public_id)
    return run


def _is_expired(run: ReportRun) -> bool:
    if run.state != ReportRun.State.DONE:
        return False
    in_time = run.expires_at is None or run.expires_at > timezone.now()
    return not (run.stored_as and in_time)


def _context(request: Request, run: ReportRun) -> dict[str, Any]:
    """What the page of a run shows, whichever stage it is in."""
    region = Region.objects.filter(pk=run.region_code).first()
    period = Period.parse(run.period).name
    title = f"{region or run.region_code} {period} {name_of(run.report)}"
    progress = jobs.progress_of(
        run,
        title=title,
        url=reverse("exchange:report-progress", args=[run.public_id]),
        doing=_("Making the table."),
        counted=_("rows so far"),
    )
    left = seconds_left(run, timezone.now())
    if left is not None:
        progress["phase"] += " " + _("Still %(time)s.") % {"time": in_words(left)}
    return {
        "run": run,
        "title": title,
        "progress": progress,
        "tone": jobs.tone_of(run),
        "openable": services.openable(run, request.user),
        "is_made": is_made(run),
        "expired": _is_expired(run),
        "facts": _facts(run),
        "receipts": _receipts(run),
        "equal_to": archive.equal_to(run),
    }


def _receipts(run: ReportRun) -> list[dict[str, str]]:
    """The receipts that a made report rests on, each with its page."""
    return [
        {"code": codes.shown(code), "url": reverse("exchange:receipt", args=[code])}
        for code in run.parameters.get("receipts", ())
    ]


def _kept(run: ReportRun) -> dict[str, Any]:
    if run.basis:
        return {"label": _("Kept until"), "value": _("without end")}
    return {"label": _("Kept until"), "value": run.expires_at, "kind": "date"}


def _facts(run: ReportRun) -> list[dict[str, Any]]:
    return [
        {"label": _("Whose"), "value": run.get_breadth_display()},
        {"label": _("Made by"), "value": run.requested_by or _("made on schedule")},
        {"label": _("Asked for at"), "value": run.queued_at, "kind": "time"},
        {"label": _("Figures as of"), "value": run.as_of, "kind": "time"},
        {"label": _("Rows"), "value": run.rows, "kind": "number"},
        {"label": _("Size"), "value": filesizeformat(run.size) if run.size else None},
        {"label": "SHA-256", "value": run.sha256, "kind": "code"},
        _kept(run),
        *jobs.attempts_of(run),
    ]
