"""Lists of names or numbers: asked for on one page, answered on another and as a workbook."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from core.access import Permission, admits
from core.downloads import download
from core.paging import ROWS, Page
from core.rules import say
from exchange.files import FileRefused
from exchange.forms import ACCEPTED
from exchange.jobs import JobRefused
from exchange.reports.forms import LABELS
from exchange.views import jobs
from exchange.views.jobs import Request
from exchange.workbooks import Column, Kind, SheetSpec, write_workbook
from training.forms import ListForm
from training.list_checks import services
from training.list_checks.answers import SHOWN, Answer
from training.list_checks.reading import MOST_LINES
from training.models import ListCheck

HERE = "training/list_checks"
STAGE = f"{HERE}/_stage.html"
PAGE = "training:list-check"
NEWEST = 20
KINDS = {
    "own": gettext_lazy("in a class of your region"),
    "elsewhere": gettext_lazy("in a class elsewhere in the province"),
    "registered": gettext_lazy("registered here, in no class"),
    "several": gettext_lazy("several people of this name"),
    "many": gettext_lazy("too many people of this name"),
    "unknown": gettext_lazy("not found"),
    "unsound": gettext_lazy("the number is not sound"),
}
HEADS = {
    gettext_lazy("line"): "number",
    gettext_lazy("name on the list"): "",
    gettext_lazy("citizen number"): "code",
    gettext_lazy("answer"): "",
    gettext_lazy("person in the register"): "",
    gettext_lazy("classes"): "",
}
TONES = {"own": "success", "elsewhere": "info", "several": "warning", "many": "warning"}
TONES |= {"unsound": "danger"}


@admits(Permission.IMPORT_ROSTERS)
@require_http_methods(["GET", "POST"])
def ask(request: Request) -> HttpResponse:
    """The form, and the user's newest lists."""
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        given = {"file": file, "name": file.name} if file else {"text": form.cleaned_data["text"]}
        try:
            return redirect(PAGE, services.ask(by=request.user, **given).public_id)
        except FileRefused as refusal:
            form.add_error("file", say(refusal.sentence, refusal.facts))
        except JobRefused as refusal:
            form.add_error(None, say(refusal.sentence, refusal.params))
    found = ListCheck.objects.visible_to(request.user)[:NEWEST]
    context = {
        "form": form,
        "accepted": ACCEPTED,
        "most": MOST_LINES,
        "columns": _heads(
            {_("asked for at"): "time", _("list"): "", _("lines"): "number", _("state"): ""}
        ),
        "rows": [{"cells": _line_of_list(check)} for check in found],
    }
    return render(request, f"{HERE}/ask.html", context, status=422 if form.errors else 200)


def _heads(titles: Mapping[Any, str]) -> list[dict[str, Any]]:
    return [{"key": "", "label": label, "kind": kind or "text"} for label, kind in titles.items()]


def _line_of_list(check: ListCheck) -> list[dict[str, Any]]:
    url = reverse(PAGE, args=[check.public_id])
    return [
        {"value": check.queued_at, "kind": "time", "url": url},
        {"value": check.name or _("pasted")},
        {"value": sum(check.answers.values()) or None, "kind": "number"},
        {"value": check.get_state_display(), "tone": jobs.tone_of(check)},
    ]


@admits(Permission.IMPORT_ROSTERS)
@require_safe
def show(request: Request, public_id: uuid.UUID) -> HttpResponse:
    check = _visible(request, public_id)
    return render(request, f"{HERE}/show.html", _context(request, check))


@admits(Permission.IMPORT_ROSTERS)
@require_safe
def progress(request: Request, public_id: uuid.UUID) -> HttpResponse:
    check = _visible(request, public_id)
    context = _context(request, check)
    return jobs.answer_poll(request, check, context["progress"], STAGE, context)


@admits(Permission.IMPORT_ROSTERS)
@require_safe
def file(request: Request, public_id: uuid.UUID) -> FileResponse:
    """The answers as a workbook; the taking out is written down."""
    check = _visible(request, public_id)
    answers = services.take_out(check, by=request.user)
    sheet = SheetSpec(name=_("list check"), columns=_columns(), rows=_rows(answers))
    kept = BytesIO()
    write_workbook(kept, [sheet], labels=LABELS)
    return download(kept.getvalue(), f"{_('list check')}.xlsx")


def _visible(request: Request, public_id: uuid.UUID) -> ListCheck:
    rows = ListCheck.objects.visible_to(request.user)
    check: ListCheck = get_object_or_404(rows, public_id=public_id)
    return check


def _context(request: Request, check: ListCheck) -> dict[str, Any]:
    kind = request.GET.get("answer", "")
    answers = [a for a in services.answers_of(check) if not kind or a.kind == kind]
    page = _page(answers, request.GET.get("after", ""))
    return {
        "check": check,
        "page": page,
        "rows": [_shown(answer) for answer in page.rows],
        "tabs": _tabs(check, kind),
        "columns": _heads(HEADS),
        "progress": jobs.progress_of(
            check,
            title=check.name or _("pasted list"),
            url=reverse("training:list-check-progress", args=[check.public_id]),
            doing=_("Looking the people up."),
            counted=_("lines so far"),
        ),
    }


def _tabs(check: ListCheck, kind: str) -> list[dict[str, Any]]:
    every = {
        "label": _("all"),
        "url": "?",
        "active": not kind,
        "count": sum(check.answers.values()),
    }
    return [every] + [
        {"label": name, "url": f"?answer={key}", "active": key == kind, "count": check.answers[key]}
        for key, name in KINDS.items()
        if key in check.answers
    ]


def _page(answers: Sequence[Answer], after: str) -> Page:
    """Some of the answers, from the place that the address names."""
    start = int(after) if after.isdecimal() and len(after) < 6 else 0
    end = start + ROWS
    return Page(
        rows=list(answers[start:end]),
        previous=str(max(0, start - ROWS)) if start else None,
        next=str(end) if end < len(answers) else None,
        total=len(answers),
    )


def _shown(answer: Answer) -> dict[str, Any]:
    tone = TONES.get(answer.kind, "neutral")
    return {"answer": answer, "kind": KINDS[answer.kind], "tone": tone, "said": _said(answer)}


def _said(answer: Answer) -> str:
    """What an officer does about the answer, where it does not speak for itself."""
    if answer.kind == "many":
        told = ngettext(
            "The first %(shown)s person is shown. Add citizen numbers to the list.",
            "The first %(shown)s people are shown. Add citizen numbers to the list.",
            SHOWN,
        )
        return told % {"shown": SHOWN}
    return _(answer.trouble) if answer.trouble else ""


def _columns() -> list[Column]:
    titles = {
        _("sheet"): Kind.TEXT,
        _("line"): Kind.INTEGER,
        _("name on the list"): Kind.TEXT,
        _("citizen number"): Kind.TEXT,
        _("answer"): Kind.TEXT,
        _("person in the register"): Kind.TEXT,
        _("county"): Kind.TEXT,
        _("class"): Kind.TEXT,
        _("start"): Kind.TEXT,
        _("end"): Kind.TEXT,
    }
    return [Column(title, kind) for title, kind in titles.items()]


def _rows(answers: Sequence[Answer]) -> Iterator[list[Any]]:
    """One line a class; one without where there is none."""
    for each in answers:
        people = "、".join(f"{name} {mask}" for _key, name, mask in each.people)
        said = " ".join(filter(None, (str(KINDS[each.kind]), _said(each))))
        told = [each.sheet, each.line, each.name, each.mask, said, people]
        classes = [found[2:] for found in each.own]
        classes += [[*found, None, None] for found in each.elsewhere]
        yield from ([*told, *one] for one in classes or [[None] * 4])
