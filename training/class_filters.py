"""What a reader of the classes may pick, and the classes that are then meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from core.access import Permission
from core.models import User
from exchange.figures import years_with_figures
from exchange.filters import PeriodField, with_every, year_choices
from exchange.periods import Period
from exchange.regions import asked_region, region_choices
from training.models import Enrollment, TrainingClass
from training.querysets import TrainingClassQuerySet
from training.rollups import program_names

COUNTY = 6


class ClassForm(forms.Form):
    """The filter bar of the classes."""

    region = forms.ChoiceField(label=gettext_lazy("region"), required=False)
    year = forms.ChoiceField(label=gettext_lazy("year"), required=False)
    program = forms.ChoiceField(label=gettext_lazy("program"), required=False)
    period = PeriodField(label=gettext_lazy("period"), max_length=None, widget=forms.HiddenInput)
    q = forms.CharField(
        label=gettext_lazy("class number or institution"),
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs={"data-search": "", "autocomplete": "off"}),
    )

    def __init__(self, data: Mapping[str, Any], *, user: User) -> None:
        super().__init__(data)
        self.user = user
        self.place = asked_region(user, Permission.SEE_LEDGER, data.get("region", ""))
        today = timezone.localdate().year
        years = years_with_figures(self.place.code[:COUNTY]) if self.place else [today, today - 1]
        offered = {"year": year_choices(years), "program": program_names().items()}
        for name, choices in offered.items():
            self.fields[name].choices = with_every(choices)  # type: ignore[attr-defined]
        if self.place is None:
            del self.fields["region"]
        else:
            choices = region_choices(user, Permission.SEE_LEDGER, self.place)
            self.fields["region"].choices = choices  # type: ignore[attr-defined]
            self.initial["region"] = self.place.code

    def rows(self) -> TrainingClassQuerySet:
        rows: TrainingClassQuerySet = TrainingClass.objects.visible_to(self.user)
        if not self.is_valid():
            return rows.none()
        picked = self.cleaned_data
        if self.place is not None:
            rows = self._there(rows, self.place.code)
        if self.span:
            rows = rows.starting(self.span)
        if picked["program"]:
            rows = rows.filter(program=picked["program"])
        if picked["q"]:
            named = Q(code__startswith=picked["q"]) | Q(institution__name__contains=picked["q"])
            rows = rows.filter(named)
        return rows

    @property
    def span(self) -> Period | None:
        picked = self.cleaned_data
        return picked["period"] or (Period.parse(picked["year"]) if picked["year"] else None)

    def _there(self, rows: TrainingClassQuerySet, code: str) -> TrainingClassQuerySet:
        """Of a township or village: the classes in which somebody from there is enrolled."""
        if len(code) <= COUNTY:
            return rows.within(code)
        enrolled = Enrollment.objects.visible_to(self.user).active().within(code)
        taught = enrolled.filter(county_code=code[:COUNTY], training_class=OuterRef("pk"))
        return rows.within(code[:COUNTY]).filter(Exists(taught))
