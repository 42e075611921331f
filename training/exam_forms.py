"""What is typed about an exam."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from training.exams import NOBODY, Sitting


class SittingForm(forms.Form):
    """The day of an exam, who assesses, and who sits it; `free` are the keys of who may."""

    exam_on = forms.DateField(
        label=_("day of the exam"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    assessor = forms.CharField(
        label=_("assessed by"),
        max_length=100,
        help_text=_("The body or the people who assess; who teaches the class cannot."),
    )
    people = forms.TypedMultipleChoiceField(coerce=int, error_messages={"required": NOBODY})

    def __init__(self, *args: Any, free: Collection[int], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["people"].choices = [(key, key) for key in free]  # type: ignore[attr-defined]

    @property
    def ticked(self) -> set[str]:
        return {str(key) for key in self["people"].value() or ()}

    @property
    def sitting(self) -> Sitting:
        said = self.cleaned_data
        return Sitting(said["exam_on"], said["assessor"].strip(), frozenset(said["people"]))
