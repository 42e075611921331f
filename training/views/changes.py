"""What became of a row since it was entered: who changed which cells, when and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.access import Permission, admits
from core.models import User
from training.canonical import CHAPTER, SOURCES, Cells, canonical_rows
from training.chapters import LEDGER_TITLES
from training.marks import SIGNS
from training.models import Enrollment, RollCall, RowChange
from training.roll_calls import CHAPTER as ROLL
from training.shown import names_of
from training.views import origins
from training.worded import worded

# The name of a person is the register's; to correct it is a change of the row all the same.
NO_CELL = [("—", "", "")]


@admits(Permission.SEE_LEDGER)
@require_safe
def changes(request: HttpRequest, pk: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    visible = Enrollment.objects.visible_to(user)
    row = get_object_or_404(visible.select_related("person"), pk=pk)
    context = {
        "row": row,
        "columns": columns(),
        "rows": [
            *sorted([*change_rows(row), *roll_rows(row)], key=time_of, reverse=True),
            *coming_rows(request, row),
        ],
        "breadcrumb": [
            {"label": _("Training ledger"), "url": reverse("training:ledger")},
            {"label": row.person.name, "url": reverse("training:row", args=[row.pk])},
            {"label": _("Change history"), "url": ""},
        ],
    }
    return render(request, "training/changes.html", context)


def coming_rows(request: HttpRequest, row: Enrollment) -> list[dict[str, Any]]:
    """How a row came in that no desk entered: from a line of a file, to which it leads."""
    if origins.is_of_desk(row):
        return []
    *_rest, came, by, at = origins.of(request, row)
    cells = [at, by, {"value": _("the whole row")}, {"value": ""}, came, {"value": ""}]
    return [{"cells": cells}]


def columns() -> list[dict[str, Any]]:
    return [
        {"key": "at", "label": _("time"), "kind": "time"},
        {"key": "by", "label": _("by")},
        {"key": "column", "label": _("column")},
        {"key": "before", "label": _("before")},
        {"key": "after", "label": _("after")},
        {"key": "reason", "label": _("reason")},
    ]


def change_rows(row: Enrollment) -> list[dict[str, Any]]:
    """A line for each cell that was changed, the newest change first; one for the entry."""
    made = list(RowChange.objects.of_rows(CHAPTER, [row.pk]).order_by("-version"))
    names = names_of(change.by for change in made)
    now = [cells for *_rest, cells in canonical_rows(Enrollment.objects.filter(pk=row.pk))]
    states = worded([*now, *(change.before or {} for change in made)])
    return [
        line
        for change, after, before in zip(made, states, states[1:], strict=False)
        for line in lines_of(change, before, after, names.get(change.by or 0, ""))
    ]


def lines_of(change: RowChange, before: Cells, after: Cells, by: str) -> list[dict[str, Any]]:
    told: Sequence[tuple[str, Any, Any]] = [
        (LEDGER_TITLES[name], before.get(name), after.get(name))
        for name in SOURCES
        if change.before is not None and before.get(name) != after.get(name)
    ]
    entered = [(_("the whole row"), "", _("entered in the grid"))]
    return [
        line_of(change, by, *cell)
        for cell in told or (entered if change.before is None else NO_CELL)
    ]


def line_of(change: RowChange, by: str, title: str, was: Any, became: Any) -> dict[str, Any]:
    return {
        "cells": [
            {"value": change.at, "kind": "time"},
            {"value": by},
            {"value": title},
            {"value": was or ""},
            {"value": became or ""},
            {"value": reason_of(change)},
        ]
    }


def time_of(line: dict[str, Any]) -> Any:
    return line["cells"][0]["value"]


def roll_rows(row: Enrollment) -> list[dict[str, Any]]:
    """A line for each day that was marked otherwise on the class's roll, the newest change first."""
    made = list(RowChange.objects.of_rows(ROLL, [row.pk]).order_by("-version"))
    names = names_of(change.by for change in made)
    rolls = RollCall.objects.filter(enrollment=row).values_list("marks", flat=True)
    states = [rolls.first() or {}, *(change.before or {} for change in made)]
    return [
        line_of(
            change,
            names.get(change.by or 0, ""),
            _("roll call of %(day)s") % {"day": day},
            sign_of(before.get(day)),
            sign_of(after.get(day)),
        )
        for change, after, before in zip(made, states, states[1:], strict=False)
        for day in sorted({*before, *after})
        if before.get(day) != after.get(day)
    ]


def sign_of(mark: str | None) -> str:
    return SIGNS[RollCall.Mark(mark)] if mark else ""


def reason_of(change: RowChange) -> str:
    if change.correction is None:
        return change.reason
    return _("correction: %(reason)s") % {"reason": change.reason}
