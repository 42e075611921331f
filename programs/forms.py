"""What an officer types: which plan to look at, and what each place beneath is given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import Region
from core.repairs import half_width
from programs.models import Plan, Quota
from programs.quota_book import Paper

MOST = 10**12


class QuotasForm(forms.Form):
    """Which region and which plan."""

    region = forms.ChoiceField(label=_("region"), required=False)
    plan = forms.ChoiceField(label=_("plan"), required=False)

    def __init__(
        self, data: Mapping[str, Any], *, regions: list[tuple[str, str]], plans: Iterable[Plan]
    ) -> None:
        super().__init__(data)
        self.fields["region"].choices = regions  # type: ignore[attr-defined]
        self.fields["plan"].choices = [(str(p.pk), p.name) for p in plans]  # type: ignore[attr-defined]


class Amount(forms.IntegerField):
    """A whole number as officers write and pages show it: 1,200 is 1200."""

    def to_python(self, value: Any) -> int | None:
        written = half_width(value).replace(",", "") if isinstance(value, str) else value
        return super().to_python(written)


class DistributeForm(forms.Form):
    """One document: an amount for each region beneath. An empty field leaves it as it is."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    document_number = forms.CharField(
        label=_("document number"),
        max_length=100,
        help_text=_("The document that sets these amounts."),
    )
    dated = forms.DateField(
        label=_("dated"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(
        self, *args: Any, parent: Quota, places: list[Region], held: dict[str, int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.places = places
        self.initial.update(version=parent.version, dated=timezone.localdate())
        for place in places:
            self.fields[f"to_{place.code}"] = Amount(
                label=place.name,
                required=False,
                min_value=0,
                max_value=MOST,
                initial=held.get(place.code),
            )

    def paper(self) -> Paper:
        return Paper(number=self.cleaned_data["document_number"], dated=self.cleaned_data["dated"])

    def amounts(self) -> dict[str, int]:
        """What was typed, by region code."""
        given = {p.code: self.cleaned_data[f"to_{p.code}"] for p in self.places}
        return {code: amount for code, amount in given.items() if amount is not None}
