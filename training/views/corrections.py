"""Asking for a row of a locked month to be corrected: what differs, why, and what shows it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import Permission, admits
from core.models import User
from exchange.jobs import JobRefused
from exchange.models import Correction, Submission
from exchange.submissions import correcting
from training.book import LEDGER_BOOK
from training.canonical import CHAPTER
from training.imports import OWN_COLUMNS
from training.ledger import cells_of
from training.models import Enrollment

KINDS = [(k.value, k.label) for k in (Correction.Kind.CHANGE, Correction.Kind.WITHDRAW)]
# The day a class starts says in which month its rows lie; the township goes with the village.
FIXED = {"start_date"}


class CorrectionForm(forms.Form):
    """The cells of the row as they stand, to be overwritten; then why, and what shows it."""

    kind = forms.ChoiceField(label=gettext_lazy("What is asked"), choices=KINDS)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)
    evidence = forms.FileField(
        label=gettext_lazy("Evidence"),
        help_text=gettext_lazy("A PDF, JPEG or PNG file of 20 MB at most."),
        allow_empty_file=True,
    )

    def __init__(self, *args: Any, row: Enrollment, **more: Any) -> None:
        super().__init__(*args, **more)
        self.cells = cells_of(Enrollment.objects.filter(pk=row.pk), in_full=False)[row.pk]
        for column in OWN_COLUMNS:
            if column.name not in FIXED:
                self.fields[f"cell_{column.name}"] = forms.CharField(
                    label=column.title, required=False, max_length=500
                )
                self.initial[f"cell_{column.name}"] = self.cells[column.name]

    @property
    def changed_cells(self) -> dict[str, str]:
        """The cells that were overwritten; a mask that was left alone is none."""
        said = {
            name: self.cleaned_data.get(f"cell_{name}", was) for name, was in self.cells.items()
        }
        return {name: said[name] for name, was in self.cells.items() if said[name] != was}


@admits(Permission.PREPARE_SUBMISSIONS)
def correction(request: HttpRequest, pk: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    seen = Enrollment.objects.visible_to(user, Permission.PREPARE_SUBMISSIONS)
    row: Enrollment = get_object_or_404(seen.select_related("person", "training_class"), pk=pk)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = CorrectionForm(*sent, row=row)
    if form.is_bound and form.is_valid():
        try:
            asked = _asked(row, form, user)
            return redirect("exchange:correction", asked.public_id)
        except JobRefused as refusal:
            form.add_error(None, _(refusal.sentence) % refusal.params)
    context = {"form": form, "row": row}
    return render(request, "training/correction.html", context, status=422 if form.errors else 200)


def _asked(row: Enrollment, form: CorrectionForm, user: User) -> Correction:
    months = Submission.objects.of(LEDGER_BOOK.key, row.county_code)
    month = months.filter(month=row.start_date.replace(day=1)).first()
    if month is None:
        raise JobRefused(correcting.NOT_LOCKED)
    evidence = form.cleaned_data["evidence"]
    return correcting.ask(
        submission=month,
        kind=Correction.Kind(form.cleaned_data["kind"]),
        row=(CHAPTER, row.pk),
        row_version=row.version,
        cells=form.changed_cells,
        reason=form.cleaned_data["reason"],
        file=evidence,
        name=evidence.name,
        by=user,
    )
