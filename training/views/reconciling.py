"""Workbooks of other offices: handed in, compared, and their differences page by page."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.access import Permission, admits
from core.downloads import download
from core.models import Region
from core.paging import page_of
from core.rules import say
from exchange.files import FileRefused
from exchange.forms import ACCEPTED
from exchange.periods import Period
from exchange.reports.forms import LABELS
from exchange.tables.declared import all_tables
from exchange.tables.frozen import figure_from
from exchange.views import jobs
from exchange.views.jobs import Request
from exchange.workbooks import Column, Kind, SheetSpec, write_workbook
from training.models import ReconciledLine, Reconciliation
from training.querysets import ReconciledLineQuerySet
from training.reconciling import services, worded
from training.reconciling.forms import LinesForm, WorkbookForm
from training.rollups import program_names

HERE = "training/reconciling"
STAGE = f"{HERE}/_stage.html"
PAGE = "training:reconciliation"
AT_ONCE, MOST_CELLS = 2_000, 500


@admits(Permission.MAKE_REPORTS)
@require_safe
def listing(request: Request) -> HttpResponse:
    found = Reconciliation.objects.visible_to(request.user).select_related("requested_by")
    page = page_of(found, request.GET, ["-id"])
    rows = [
        row
        | {
            "period": Period.parse(row["job"].period).name,
            "differences": sum(map(row["job"].counts.get, worded.WAYS.keys() & row["job"].counts)),
        }
        for row in jobs.listed(page.rows)
    ]
    return render(request, f"{HERE}/list.html", {"page": page, "rows": rows})


@admits(Permission.MAKE_REPORTS)
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    form = WorkbookForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            job = services.reconcile(by=request.user, **form.asked)
            return redirect(PAGE, job.public_id)
        except FileRefused as refusal:
            form.add_error("file", say(refusal.sentence, refusal.facts))
    context = {"form": form, "accepted": ACCEPTED}
    return render(request, f"{HERE}/new.html", context, status=422 if form.errors else 200)


@admits(Permission.MAKE_REPORTS)
@require_safe
def show(request: Request, public_id: uuid.UUID) -> HttpResponse:
    return render(request, f"{HERE}/show.html", _context(_visible(request, public_id)))


@admits(Permission.MAKE_REPORTS)
@require_safe
def progress(request: Request, public_id: uuid.UUID) -> HttpResponse:
    job = _visible(request, public_id)
    context = _context(job)
    return jobs.answer_poll(request, job, context["progress"], STAGE, context)


@admits(Permission.MAKE_REPORTS)
@require_safe
def lines(request: Request, public_id: uuid.UUID) -> HttpResponse:
    """The differences of people, page by page; those behind a cell of the table with ?cell=."""
    job = _visible(request, public_id)
    form, found, cell = LinesForm(request.GET), job.lines.of_people(), None
    if key := request.GET.get("cell", ""):
        cell = get_object_or_404(job.lines.of_cells(), pk=key if key.isdecimal() else 0)
        figure = figure_from(cell.ours["figure"])
        found = found.behind(figure) if figure else found.none()
    page = page_of(form.rows(found), request.GET, ["id"])
    context = {
        "job": job,
        "cell": cell,
        "form": form,
        "page": page,
        "rows": worded.in_words(page.rows),
        "columns": [
            {"key": key, "label": label}
            for key, label in {
                "way": _("difference"),
                "name": _("name"),
                "line": _("sheet and line"),
                "theirs": _("theirs"),
                "ours": _("ours"),
            }.items()
        ],
        "breadcrumb": _crumbs(job),
    }
    return render(request, f"{HERE}/lines.html", context)


@admits(Permission.MAKE_REPORTS)
@require_safe
def file(request: Request, public_id: uuid.UUID) -> FileResponse:
    """Figures and differences as a workbook; the taking out is written down."""
    job = _visible(request, public_id)
    found = services.take_out(job, by=request.user)
    kept = BytesIO()
    sheets = [_cells_sheet(job)] if job.kind == Reconciliation.Kind.TABLE else []
    if job.cells:
        sheets += [_figures_sheet(job), _lines_sheet(found.of_people())]
    write_workbook(kept, sheets, labels=LABELS)
    return download(kept.getvalue(), f"{_('Reconciliation')} {job.period}.xlsx")


def _visible(request: Request, public_id: uuid.UUID) -> Reconciliation:
    rows = Reconciliation.objects.visible_to(request.user).select_related("requested_by")
    job: Reconciliation = get_object_or_404(rows, public_id=public_id)
    return job


def _crumbs(job: Reconciliation) -> list[dict[str, str]]:
    return [
        {"label": _("Reconciliation"), "url": reverse("training:reconciliations")},
        {"label": job.name, "url": reverse(PAGE, args=[job.public_id])},
        {"label": _("Differences"), "url": ""},
    ]


def _context(job: Reconciliation) -> dict[str, Any]:
    return _of_people(job) | {
        "job": job,
        "facts": _facts(job),
        "table_cells": _table_cells(job),
        "progress": jobs.progress_of(
            job,
            title=job.name,
            url=reverse("training:reconciliation-progress", args=[job.public_id]),
            doing=_("Reading and comparing the workbook."),
            counted=_("lines so far"),
        ),
    }


def _table_cells(job: Reconciliation) -> list[dict[str, Any]]:
    """The cells of the table that differ, each with our figure and the people behind it."""
    people = reverse("training:reconciliation-lines", args=[job.public_id]) if job.cells else ""
    found = []
    for line in job.lines.of_cells()[:MOST_CELLS]:
        figure = figure_from(line.ours["figure"])
        url = figure.url() if figure else ""
        behind = f"{people}?cell={line.pk}" if people and figure else ""
        found.append({"line": line, "url": url, "people": behind})
    return found


def _of_people(job: Reconciliation) -> dict[str, Any]:
    """What is shown of a list of people."""
    heads = [{"key": "", "label": label} for label in worded.heads(job)]
    numbers = {"theirs": _("theirs"), "ours": _("ours"), "difference": _("ours less theirs")}
    heads += [{"key": key, "label": label, "kind": "number"} for key, label in numbers.items()]
    return {
        "ways": _ways(job),
        "equation": worded.equation(job.cells[0]["terms"]) if job.cells else "",
        "columns": [*heads, {"key": "", "label": _("how the difference comes about")}],
        "rows": [{"cells": _figure_cells(each)} for each in worded.figures(job)],
    }


def _figure_cells(figure: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        *(
            {"value": told, "kind": "code" if told[:1].isdigit() else "text"}
            for told in figure["told"]
        ),
        {"value": figure["theirs"], "kind": "number"},
        {"value": figure["ours"], "kind": "number", "url": figure["url"]},
        {"value": figure["difference"], "kind": "number"},
        {"value": figure["equation"]},
    ]


def _ways(job: Reconciliation) -> list[dict[str, Any]]:
    """How many differences there are of each way, with the page of each."""
    url = reverse("training:reconciliation-lines", args=[job.public_id])
    return [
        {"label": label, "value": job.counts[way], "url": f"{url}?{urlencode({'way': way})}"}
        for way, label in worded.WAYS.items()
        if job.counts.get(way) and way != ReconciledLine.Way.CELL
    ]


def _facts(job: Reconciliation) -> list[dict[str, Any]]:
    return [
        {"label": _("Region"), "value": Region.objects.filter(pk=job.region_code).first()},
        {"label": _("Period"), "value": job.span.name},
        *(_facts_of_table(job) if job.kind == Reconciliation.Kind.TABLE else []),
        *(_facts_of_people(job) if job.cells else []),
        {"label": _("Asked for by"), "value": job.requested_by},
        {"label": _("Kept until"), "value": job.expires_at, "kind": "date"},
        *jobs.attempts_of(job),
    ]


def _facts_of_table(job: Reconciliation) -> list[dict[str, Any]]:
    titles = {table.key: str(table) for table in all_tables()}
    return [
        {"label": _("table"), "value": titles.get(job.table, job.table)},
        {"label": _("list of people"), "value": job.roster_name},
        {"label": _("cells compared"), "value": job.counts.get("cells"), "kind": "number"},
        {"label": _("lines that theirs lacks"), "value": "、".join(job.counts.get("lacking", ()))},
    ]


def _facts_of_people(job: Reconciliation) -> list[dict[str, Any]]:
    compared = " · ".join(str(label) for label in worded.heads(job))
    numbers = {
        _("lines of theirs"): "theirs",
        _("lines of another period or program"): "beside",
        _("rows of ours"): "ours",
    }
    return [
        {"label": _("Program"), "value": program_names().get(job.program) or _("all")},
        {"label": _("compared beside the people"), "value": compared},
        *(
            {"label": label, "value": job.counts.get(key), "kind": "number"}
            for label, key in numbers.items()
        ),
    ]


def _cells_sheet(job: Reconciliation) -> SheetSpec:
    titles = (_("line"), _("column"), _("heading"), _("theirs"), _("ours"), _("sheet"), _("line"))
    rows = (
        [
            c.name,
            *map(c.theirs.get, ("code", "title", "value")),
            c.ours["value"],
            c.sheet,
            str(c.line),
        ]
        for c in job.lines.of_cells()
    )
    return SheetSpec(name=_("Cells"), columns=[Column(title) for title in titles], rows=rows)


def _figures_sheet(job: Reconciliation) -> SheetSpec:
    numbers = [Column(title, Kind.INTEGER) for title in (_("theirs"), _("ours"))]
    told = [Column(str(label)) for label in worded.heads(job)]
    columns = [*told, *numbers, Column(_("how the difference comes about"))]
    rows = [[*f["told"], f["theirs"], f["ours"], f["equation"]] for f in worded.figures(job)]
    return SheetSpec(name=_("Figures"), columns=columns, rows=rows)


SAID = ("mask", "category", "program", "month", "place", "class_code")


def _lines_sheet(found: ReconciledLineQuerySet) -> SheetSpec:
    said = (
        _("citizen number"),
        _("category"),
        _("program"),
        _("month"),
        _("place"),
        _("class"),
    )
    columns = [Column(_("difference")), Column(_("name")), Column(_("sheet"))]
    columns += [Column(_("line"), Kind.INTEGER)]
    columns += [Column(title, group=side) for side in (_("theirs"), _("ours")) for title in said]
    return SheetSpec(name=_("Differences"), columns=columns, rows=_line_rows(found))


def _line_rows(found: ReconciledLineQuerySet) -> Iterator[list[Any]]:
    after = 0
    while chunk := list(found.filter(pk__gt=after).order_by("pk")[:AT_ONCE]):
        after = chunk[-1].pk
        for each in worded.in_words(chunk):
            line, sides = each["line"], (each["theirs"], each["ours"])
            told = [side.get(name, "") for side in sides for name in SAID]
            ways = "、".join(map(str, each["ways"]))
            yield [ways, line.name, line.sheet, line.line, *told]
