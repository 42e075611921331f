"""The timetable of a class: looked at, entered line by line or by pasting, printed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from core.access import Permission, admits, scope_of
from core.downloads import download
from core.models import User
from exchange.jobs import JobRefused
from training import timetable as acts
from training.lessons import KINDS, NAMES, Cells, LinesRead, cells_of, lines_pasted, read_lines
from training.models import ClassFiling, Lesson, Teacher, TrainingClass
from training.timetable_papers import TITLE, print_timetable
from training.views import class_parts, tables

PAGE = "training:timetable"
EMPTY_LINES = 5
MOST_LINES = 500


@admits(Permission.SEE_LEDGER)
@require_safe
def timetable(request: HttpRequest, pk: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    found = class_parts.visible_class(user, pk)
    lessons = acts.lessons_of(found)
    return _page(request, found, lessons, cells_of(lessons))


@admits(Permission.ENTER_LEDGER)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Fill in what was pasted, or keep the lines as they are typed."""
    user: User = request.user  # type: ignore[assignment]
    found = class_parts.visible_class(user, pk, Permission.ENTER_LEDGER)
    lessons = acts.lessons_of(found)
    if request.method != "POST":
        return redirect(PAGE, pk)
    written, seen = _written(request), request.POST.get("seen", "")
    if request.POST.get("act") == "paste":
        pasted = lines_pasted(request.POST.get("pasted", ""))
        written = _merged(written, pasted)
        return _page(request, found, lessons, written, seen=seen, pasted=len(pasted))
    read = read_lines(written)
    refused = "" if read.is_sound else _("Mend the marked lines; nothing was saved yet.")
    if read.is_sound:
        try:
            acts.keep_timetable(training_class=found, lines=read.lines, seen=seen, by=user)
            messages.success(request, _("The timetable is saved."))
            return redirect(PAGE, pk)
        except JobRefused as refusal:
            refused = _(refusal.sentence) % refusal.params
    return _page(request, found, lessons, written, seen=seen, refused=refused)


def _written(request: HttpRequest) -> list[Cells]:
    """The lines as they were typed; without those that are empty or to be removed."""
    columns = [request.POST.getlist(name)[:MOST_LINES] for name in NAMES]
    removed = set(request.POST.getlist("remove"))
    lines = [dict(zip(NAMES, row, strict=True)) for row in zip(*columns, strict=False)]
    kept = [line for place, line in enumerate(lines) if str(place) not in removed]
    return [line for line in kept if any(line[name].strip() for name in NAMES if name != "kind")]


def _merged(written: Sequence[Cells], pasted: Sequence[Cells]) -> list[Cells]:
    """What was pasted after what stands; a line of the same day and subject takes its place."""
    found = {(line["date"], line["subject"]): line for line in written}
    for line in pasted:
        read = read_lines([line]).lines
        if read:
            line = line | {"date": read[0].date.isoformat(), "kind": _kind(read[0].is_practice)}
        found[line["date"], line["subject"]] = line
    return list(found.values())[:MOST_LINES]


def _kind(is_practice: bool) -> str:
    return KINDS["practice" if is_practice else "theory"]


def _page(
    request: HttpRequest,
    found: TrainingClass,
    lessons: list[Lesson],
    written: Sequence[Cells],
    *,
    seen: str = "",
    refused: str = "",
    pasted: int | None = None,
) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    may_enter = scope_of(user, Permission.ENTER_LEDGER).covers(found.county_code)
    waits = acts.waits(found)
    read = read_lines(written)
    context = class_parts.opening(found, PAGE, _actions(found, lessons)) | {
        "lines": _lines(written, read, may_enter and not waits),
        "may_enter": may_enter and not waits,
        "waits": waits and may_enter,
        "kinds": list(KINDS.values()),
        "teachers": _names(found) if may_enter else [],
        "seen": seen or acts.digest_of(lessons),
        "sums": _sums(found, read),
        "refused": refused,
        "filled": _filled(pasted),
    }
    return render(request, "training/timetable.html", context, status=422 if refused else 200)


def _filled(pasted: int | None) -> str:
    if pasted is None:
        return ""
    if not pasted:
        return _("Nothing was pasted. Copy the lines in Excel or WPS and paste them into the box.")
    text = ngettext(
        "%(count)s line is filled in below and not saved yet. Look through it, then save.",
        "%(count)s lines are filled in below and not saved yet. Look through them, then save.",
        pasted,
    )
    return text % {"count": pasted}


def _actions(found: TrainingClass, lessons: list[Lesson]) -> list[dict[str, Any]]:
    url = reverse("training:timetable-paper", args=[found.pk])
    return [{"label": _("Print the timetable"), "url": url, "icon": "printer"}] if lessons else []


def _lines(written: Sequence[Cells], read: LinesRead, editable: bool) -> list[dict[str, Any]]:
    lines = [
        {"cells": cells | {"kind": _worded(cells["kind"])}, "troubles": troubles}
        for cells, troubles in zip(written, read.troubles, strict=True)
    ]
    blank = {"cells": dict.fromkeys(NAMES, ""), "troubles": []}
    return lines + [blank] * EMPTY_LINES if editable else lines


def _worded(kind: str) -> str:
    """The official word of a kind that can be read; what cannot be stands as it is."""
    read = read_lines([{"kind": kind, "date": "2000-01-01", "subject": "-", "hours": "1"}]).lines
    return _kind(read[0].is_practice) if read else kind


def _names(found: TrainingClass) -> list[str]:
    teachers = Teacher.objects.filter(institution=found.institution_id).order_by("name")
    return list(teachers.values_list("name", flat=True))


def _sums(found: TrainingClass, read: LinesRead) -> list[dict[str, Any]]:
    """Hours of the timetable beside those that are filed."""
    filing = ClassFiling.objects.filter(training_class=found).first()
    practice = sum((each.hours for each in read.lines if each.is_practice), Decimal(0))
    theory = sum((each.hours for each in read.lines), Decimal(0)) - practice
    filed = (filing.hours_theory, filing.hours_practice) if filing else (None, None)
    labels = (_("hours of theory"), _("hours of practice"))
    return [
        {"label": label, "value": _beside(given, planned)}
        for label, given, planned in zip(labels, (theory, practice), filed, strict=True)
    ]


def _beside(given: Decimal, planned: Decimal | None) -> str:
    if planned is None:
        return tables.plain(given)
    text = _("%(given)s of %(planned)s planned")
    return text % {"given": tables.plain(given), "planned": tables.plain(planned)}


@admits(Permission.SEE_LEDGER)
@require_safe
def paper(request: HttpRequest, pk: int) -> FileResponse:
    user: User = request.user  # type: ignore[assignment]
    found = class_parts.visible_class(user, pk)
    return download(print_timetable(found, by=user), f"{TITLE}{found.code}.pdf")
