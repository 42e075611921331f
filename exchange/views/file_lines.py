"""A line of a file as its office wrote it: where rows of the ledger come from."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from core import trail
from core.access import Permission, admits
from core.models import Region
from exchange.files import FileRefused
from exchange.imports.file_lines import LineCell, read_line, sheet_report, table_above
from exchange.imports.kinds import kind_of
from exchange.imports.moves import ImportNotPossible
from exchange.imports.understood import SheetShown
from exchange.models import ImportBatch
from exchange.views.jobs import Request

HERE = "exchange/imports"


@admits(Permission.SEE_LEDGER)
@require_safe
def import_line(request: Request, public_id: uuid.UUID, sheet: int, line: int) -> HttpResponse:
    """The line with its headings. Its file is read by a fragment, or at once with ?read=1."""
    batches = ImportBatch.objects.visible_to(request.user, Permission.SEE_LEDGER)
    batch: ImportBatch = get_object_or_404(batches, public_id=public_id)
    report = sheet_report(batch, sheet)
    if report is None or not line:
        raise Http404
    context = {"batch": batch, "sheet": report["name"], "line": line}
    if request.htmx or request.GET.get("read"):
        context |= cells_of(batch, sheet, line) | {"is_read": True}
    if request.htmx:
        return render(request, f"{HERE}/_line.html", context)
    table = table_above(report, line)
    shown = SheetShown(kind_of(batch.kind), report | {"tables": [table] if table else []})
    context |= {
        "read_url": trail.aside(request, f"{request.path}?read=1"),
        "facts": facts_of(request, batch, report["name"], line),
        "above": [{"label": fact["title"], "value": fact["content"]} for fact in shown.facts],
    }
    return render(request, f"{HERE}/line.html", context)


def cells_of(batch: ImportBatch, sheet: int, line: int) -> dict[str, Any]:
    """The line's cells as a table, or the sentence that says why there are none."""
    try:
        cells = read_line(batch, sheet, line)
    except ImportNotPossible as refusal:
        return {"trouble": _(str(refusal))}
    except FileRefused as refused:
        return {"trouble": str(refused)}
    if cells is None:
        return {"trouble": _("The sheet has no line %(line)d any more.") % {"line": line}}
    columns = [
        {"key": "address", "label": pgettext("of a sheet", "cell"), "kind": "code"},
        {"key": "title", "label": _("heading in the file")},
        {"key": "content", "label": _("as it stands there")},
    ]
    rows = [
        {
            "cells": [
                {"value": cell.address, "kind": "code"},
                {"value": cell.title},
                {"value": content_of(cell)},
            ]
        }
        for cell in cells
    ]
    return {"columns": columns, "rows": rows}


def content_of(cell: LineCell) -> str:
    """What a cell says, and what computed it or where it is lent from."""
    if cell.formula:
        said = {"content": cell.content, "formula": cell.formula}
        return _("%(content)s (computed by %(formula)s)") % said
    if cell.is_lent:
        return _("%(content)s (from cells merged further up)") % {"content": cell.content}
    return cell.content


def facts_of(request: Request, batch: ImportBatch, sheet: str, line: int) -> list[dict[str, Any]]:
    seen = ImportBatch.objects.overseen_by(request.user).filter(pk=batch.pk).exists()
    url = reverse("exchange:import-detail", args=[batch.public_id]) if seen else ""
    return [
        {"label": _("file"), "value": batch.original_name, "url": trail.onward(request, url)},
        {"label": _("sheet"), "value": sheet},
        {"label": _("line"), "value": str(line)},
        {"label": _("Kind of roster"), "value": kind_of(batch.kind).name},
        {"label": _("Region"), "value": Region.objects.filter(pk=batch.region_code).first()},
        {"label": _("Brought in by"), "value": batch.requested_by or _("at the server")},
        {"label": _("Brought in at"), "value": batch.queued_at, "kind": "time"},
        {"label": _("Written at"), "value": batch.written_at, "kind": "time"},
        {"label": _("State"), "value": batch.get_state_display()},
        {"label": "SHA-256", "value": batch.sha256, "kind": "code"},
    ]
