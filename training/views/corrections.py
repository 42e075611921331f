"""Asking for a row of a locked month to be corrected: what differs, why, and what shows it."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Container, Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from core.access import Permission, admits
from core.models import User
from exchange.imports.columns import date
from exchange.jobs import JobRefused
from exchange.models import Correction, Submission
from exchange.periods import Period
from exchange.submissions import correcting
from exchange.submissions.forbidding import RulesForbid
from training.book import LEDGER_BOOK
from training.chapters import CERTIFICATES, CHAPTERS, LEDGER, Chapter
from training.checking import OVER_BUDGET
from training.correcting import PROGRAM
from training.correcting_facts import COLUMNS, form_of
from training.imports import OWN_COLUMNS, program_choices
from training.judging import count_judged
from training.ledger import cells_of
from training.models import Enrollment

KINDS = [(k.value, k.label) for k in (Correction.Kind.CHANGE, Correction.Kind.WITHDRAW)]
# The day a class starts says in which month its rows lie; the township goes with the village.
FIXED = {"start_date"}


CELL = "cell_"


class RequestForm(forms.Form):
    """Why something is asked for, and what shows it; whoever inherits it says what."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)
    evidence = forms.FileField(
        label=gettext_lazy("Evidence"),
        help_text=gettext_lazy("A PDF, JPEG or PNG file of 20 MB at most."),
        allow_empty_file=True,
    )

    def add_cells(self, names: Container[str], cells: Mapping[str, str]) -> None:
        """A field for each column of the roster that is named, with what stands in the cell."""
        for column in OWN_COLUMNS:
            if column.name in names:
                self.fields[CELL + column.name] = forms.CharField(
                    label=column.title, required=False, max_length=500
                )
                self.initial[CELL + column.name] = cells.get(column.name, "")

    def tell(self, refusal: JobRefused) -> None:
        """Say what stands against it: what rules forbid at the cell, anything else above all."""
        if not isinstance(refusal, RulesForbid):
            self.add_error(None, _(refusal.sentence) % refusal.params)
            return
        for finding in refusal.findings:
            field = CELL + finding.column
            self.add_error(field if field in self.fields else None, str(finding))


class CorrectionForm(RequestForm):
    """The cells of the row as they stand, to be overwritten; then why, and what shows it."""

    kind = forms.ChoiceField(label=gettext_lazy("What is asked"), choices=KINDS)
    field_order = ("kind", "reason", "evidence")

    def __init__(self, *args: Any, row: Enrollment, **more: Any) -> None:
        super().__init__(*args, **more)
        self.cells = cells_of(Enrollment.objects.filter(pk=row.pk), in_full=False)[row.pk]
        self.add_cells(set(self.cells) - FIXED, self.cells)

    @property
    def changed_cells(self) -> dict[str, str]:
        """The cells that were overwritten; a mask that was left alone is none."""
        said = {name: self.cleaned_data.get(CELL + name, was) for name, was in self.cells.items()}
        return {name: said[name] for name, was in self.cells.items() if said[name] != was}


class FactCorrectionForm(RequestForm):
    """What a fact says, to be overwritten; then why, and what shows it."""

    def __init__(self, *args: Any, chapter: Chapter, fact: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.said = form_of(chapter, fact).initial
        kinds = KINDS if chapter is CERTIFICATES else KINDS[:1]
        self.fields["kind"] = forms.ChoiceField(label=gettext_lazy("What is asked"), choices=kinds)
        for name, field in form_of(chapter, fact).fields.items():
            field.label = chapter.titles[name]
            self.fields[CELL + name] = field
            self.initial[CELL + name] = self.said[name]
        self.order_fields(["kind", "reason", "evidence"])

    @property
    def changed_cells(self) -> dict[str, str]:
        changed = [name for name in self.said if CELL + name in self.changed_data]
        return {name: str(self.cleaned_data[CELL + name]) for name in changed}


class ForgottenRowForm(RequestForm):
    """All cells of a row that the month lacks, and the program that its class is of."""

    program = forms.ChoiceField(label=gettext_lazy("program"))
    field_order = ("program",)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["program"].choices = program_choices()  # type: ignore[attr-defined]
        self.add_cells({column.name for column in OWN_COLUMNS}, {})
        for column in OWN_COLUMNS:
            field = self.fields[CELL + column.name]
            field.required = column.required
            if column.read is date:
                field.widget = forms.DateInput({"type": "date"})
        self.order_fields([name for name in self.fields if name not in {"reason", "evidence"}])

    @property
    def cells(self) -> dict[str, str]:
        said = {
            name.removeprefix(CELL): cell
            for name, cell in self.cleaned_data.items()
            if name.startswith(CELL) and cell
        }
        return said | {PROGRAM: self.cleaned_data["program"]}


@admits(Permission.PREPARE_SUBMISSIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def correction(request: HttpRequest, pk: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    seen = Enrollment.objects.visible_to(user, Permission.PREPARE_SUBMISSIONS)
    row: Enrollment = get_object_or_404(seen.select_related("person", "training_class"), pk=pk)
    form = CorrectionForm(*_sent(request), row=row)

    def ask() -> Correction:
        return _asked(
            _month_of(row.county_code, row.start_date),
            form,
            user,
            kind=Correction.Kind(form.cleaned_data["kind"]),
            row=(LEDGER.key, row.pk),
            row_version=row.version,
            cells=form.changed_cells,
        )

    return _answer(request, form, ask, "training/correction.html", {"row": row})


@admits(Permission.PREPARE_SUBMISSIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def fact_correction(request: HttpRequest, pk: int, chapter: str) -> HttpResponse:
    """Ask for a fact of a locked month to be corrected: a result, a certificate, an employment."""
    user: User = request.user  # type: ignore[assignment]
    if chapter not in COLUMNS:
        raise Http404
    of = CHAPTERS[chapter]
    seen = of.model.objects.visible_to(user, Permission.PREPARE_SUBMISSIONS)
    fact: Any = get_object_or_404(seen.filter(**{f"{of.day}__isnull": False}), pk=pk)
    of_person = Enrollment.objects.visible_to(user, Permission.PREPARE_SUBMISSIONS)
    row = get_object_or_404(of_person.select_related("person"), pk=getattr(fact, of.row))
    form = FactCorrectionForm(*_sent(request), chapter=of, fact=fact)

    def ask() -> Correction:
        return _asked(
            _month_of(fact.county_code, getattr(fact, of.day)),
            form,
            user,
            kind=Correction.Kind(form.cleaned_data["kind"]),
            row=(chapter, fact.pk),
            row_version=fact.version,
            cells=form.changed_cells,
        )

    return _answer(request, form, ask, "training/correction.html", {"row": row})


@admits(Permission.PREPARE_SUBMISSIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten_row(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a row to be added to a locked month, by the key of its submission."""
    user: User = request.user  # type: ignore[assignment]
    mine = Submission.objects.visible_to(user, Permission.PREPARE_SUBMISSIONS)
    month: Submission = get_object_or_404(mine.filter(book=LEDGER_BOOK.key), pk=pk)
    form = ForgottenRowForm(*_sent(request))

    def ask() -> Correction:
        return _asked(
            month,
            form,
            user,
            kind=Correction.Kind.ADD,
            row=(LEDGER.key, None),
            row_version=None,
            cells=form.cells,
        )

    context = {"month": month, "month_name": Period.month_of(month.month).name}
    return _answer(request, form, ask, "training/forgotten_row.html", context)


def _sent(request: HttpRequest) -> tuple[Any, ...]:
    return (request.POST, request.FILES) if request.method == "POST" else ()


def _answer(
    request: HttpRequest,
    form: RequestForm,
    ask: Callable[[], Correction],
    template: str,
    context: dict[str, Any],
) -> HttpResponse:
    """The page of what was asked for, or the form with what stands against it."""
    if form.is_bound and form.is_valid():
        try:
            return redirect("exchange:correction", ask().public_id)
        except JobRefused as refusal:
            form.tell(refusal)
    return render(request, template, context | {"form": form}, status=422 if form.errors else 200)


def _month_of(county_code: str, day: datetime.date) -> Submission:
    months = Submission.objects.of(LEDGER_BOOK.key, county_code)
    month = months.filter(month=day.replace(day=1)).first()
    if month is None:
        raise JobRefused(correcting.NOT_LOCKED)
    return month


def _asked(
    month: Submission, form: RequestForm, user: User, *, cells: dict[str, str], **asked: Any
) -> Correction:
    """Ask for it. What rules answer of a number counts against the budget of asking."""
    wait = count_judged(county=month.county_code, rows=[cells], by=user)
    if wait:
        raise JobRefused(OVER_BUDGET, minutes=math.ceil(wait / 60))
    evidence = form.cleaned_data["evidence"]
    return correcting.ask(
        submission=month,
        reason=form.cleaned_data["reason"],
        file=evidence,
        name=evidence.name,
        by=user,
        cells=cells,
        **asked,
    )
