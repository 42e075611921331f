"""Where a row of the ledger comes from: a line of a file, or somebody who entered it by hand."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from core import trail
from core.access import Permission
from core.models import User
from exchange.models import ImportBatch
from training.canonical import CHAPTER
from training.models import Enrollment, RowChange


def of(request: HttpRequest, row: Enrollment) -> list[dict[str, Any]]:
    """Facts: the file and its line, or that there was none; who entered the row and when."""
    return [
        *(file_of(request, row) if row.import_batch_id else [by_hand(request, row)]),
        {"label": _("entered by"), "value": entered_by(row)},
        {"label": _("entered at"), "value": row.created_at, "kind": "time"},
    ]


def file_of(request: HttpRequest, row: Enrollment) -> list[dict[str, Any]]:
    """The import, for who may look at it, and the line, for who reads the county's ledger."""
    batches = ImportBatch.objects.filter(pk=row.import_batch_id)
    batch = batches.get()
    names = {sheet["number"]: sheet["name"] for sheet in batch.sheets}
    place = {"sheet": names.get(row.sheet, ""), "line": row.line}
    url = reverse("exchange:import-detail", args=[batch.public_id])
    line_url = reverse("exchange:import-line", args=[batch.public_id, row.sheet, row.line])
    user: User = request.user  # type: ignore[assignment]
    is_seen = batches.visible_to(user).exists()
    is_read = batches.visible_to(user, Permission.SEE_LEDGER).exists()
    return [
        {
            "label": _("file"),
            "value": batch.original_name,
            "url": trail.onward(request, url if is_seen else ""),
        },
        {
            "label": _("sheet and line"),
            "value": _("%(sheet)s, line %(line)s") % place,
            "url": trail.onward(request, line_url if is_read else ""),
        },
    ]


def by_hand(request: HttpRequest, row: Enrollment) -> dict[str, Any]:
    url = trail.onward(request, reverse("training:row-changes", args=[row.pk]))
    value = _("entered by hand") if is_of_desk(row) else _("sent by another program")
    return {"label": _("came in"), "value": value, "url": url}


def is_of_desk(row: Enrollment) -> bool:
    """Whether a desk entered the row: it keeps that as the first change."""
    first = RowChange.objects.of_rows(CHAPTER, [row.pk]).filter(version=1)
    return row.import_batch_id is None and first.exists()


def entered_by(row: Enrollment) -> str:
    by = User.objects.filter(pk=row.entered_by).first() if row.entered_by else None
    return str(by) if by else _("at the server")
