"""What is typed about the filing of a class, and what the list of filings narrows to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.access import Permission
from core.filtering import FilterForm
from core.models import User
from exchange.evidence import ACCEPTED
from exchange.filters import PeriodField
from exchange.forms import EVERY, regions_for, tree
from programs.models import Program
from training.filing import Attached
from training.models import ClassFiling, Institution, Occupation, SkillLevel
from training.planning import ClassFacts, Planned
from training.querysets import OfClassQuerySet

DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
MOST_OFFERED = 300
BEFORE_START = _("The class ends before it starts. Check both dates.")
NO_HOURS = _("Plan at least one hour of theory or practice.")


def occupation_names() -> list[str]:
    """Names to choose from while one types."""
    return list(Occupation.objects.values_list("name", flat=True)[:MOST_OFFERED])


class FilingForm(forms.Form):
    """What is planned of a class."""

    fields: dict[str, Any]

    planned_size = forms.IntegerField(label=_("Planned size"), min_value=1, max_value=9999)
    hours_theory = forms.DecimalField(
        label=_("Hours of theory"), min_value=0, max_digits=6, decimal_places=1
    )
    hours_practice = forms.DecimalField(
        label=_("Hours of practice"), min_value=0, max_digits=6, decimal_places=1
    )
    place = forms.CharField(label=_("Place of teaching"), max_length=200)
    assessor = forms.CharField(
        label=_("Assessed by"),
        max_length=100,
        required=False,
        help_text=_("The body or the person that assesses the trainees; not who teaches them."),
    )
    plan = forms.CharField(
        label=_("Teaching plan"),
        max_length=4000,
        required=False,
        widget=forms.Textarea({"rows": 5}),
    )
    attachment = forms.FileField(
        label=_("Attachment"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput({"accept": ACCEPTED}),
        help_text=_("A PDF, JPEG or PNG file of 20 MB at most."),
    )

    @classmethod
    def of(cls, filing: ClassFiling | None) -> dict[str, Any]:
        """What stands in the fields at first."""
        return {} if filing is None else {n: getattr(filing, n) for n in Planned.__annotations__}

    def clean(self) -> dict[str, Any]:
        hours = [self.cleaned_data.get(name) for name in ("hours_theory", "hours_practice")]
        if None not in hours and not any(hours):
            self.add_error("hours_practice", NO_HOURS)
        return self.cleaned_data

    @property
    def planned(self) -> Planned:
        return Planned(**{name: self.cleaned_data[name] for name in Planned.__annotations__})

    @property
    def taught(self) -> ClassFacts | None:
        return None

    @property
    def attached(self) -> Attached | None:
        file = self.cleaned_data["attachment"]
        return Attached(file, file.name) if file else None


class ClassForm(FilingForm):
    """A class that is to be held, with what is planned of it."""

    institution = forms.ModelChoiceField(
        label=_("Training institution"), queryset=Institution.objects.none(), empty_label=""
    )
    occupation = forms.CharField(
        label=_("Occupation"),
        max_length=100,
        widget=forms.TextInput({"list": "occupations", "autocomplete": "off"}),
        help_text=_("Type a part of it and choose, or write one that is new."),
    )
    level = forms.ChoiceField(
        label=_("Level"), required=False, choices=[("", ""), *SkillLevel.choices]
    )
    program = forms.ModelChoiceField(
        label=_("Program"), queryset=Program.objects.all(), empty_label=""
    )
    code = forms.CharField(label=_("Class number"), max_length=40)
    start_date = forms.DateField(label=_("Start"), widget=DAY)
    end_date = forms.DateField(label=_("End"), widget=DAY)

    field_order = (*ClassFacts.__annotations__, *Planned.__annotations__, "attachment")

    def __init__(self, *args: Any, county: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["institution"].queryset = Institution.objects.filter(county_code=county)

    @classmethod
    def of(cls, filing: ClassFiling | None) -> dict[str, Any]:
        if filing is None:
            return {}
        taught = filing.training_class
        facts = {name: getattr(taught, name) for name in ClassFacts.__annotations__}
        return super().of(filing) | facts | {"occupation": taught.occupation.name}

    def clean(self) -> dict[str, Any]:
        start, end = (self.cleaned_data.get(name) for name in ("start_date", "end_date"))
        if start and end and end < start:
            self.add_error("end_date", BEFORE_START)
        return super().clean()

    @property
    def taught(self) -> ClassFacts:
        return ClassFacts(**{name: self.cleaned_data[name] for name in ClassFacts.__annotations__})

    @property
    def occupations(self) -> list[str]:
        return occupation_names()


class FilingFilters(FilterForm):
    """Filings of which region, in which state, of whom, of classes starting when."""

    fields: dict[str, Any]

    region = forms.ChoiceField(label=_("Region"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    month = PeriodField(label=_("Month or year of the start"))
    institution = forms.CharField(
        label=_("Class number or institution"),
        required=False,
        max_length=50,
        widget=forms.TextInput({"data-search": "", "autocomplete": "off"}),
    )

    def __init__(self, query: QueryDict, *, user: User) -> None:
        super().__init__(query)
        self.user = user
        regions = regions_for(user, Permission.SEE_LEDGER)
        self.fields["region"].choices = EVERY + tree(regions)
        if len(regions) < 2:
            del self.fields["region"]
        self.fields["state"].choices = EVERY + ClassFiling.State.choices

    def rows(self) -> OfClassQuerySet:
        """The filings that are meant, of those the user may see."""
        chosen = self.chosen
        rows: OfClassQuerySet = ClassFiling.objects.visible_to(self.user)
        if "region" in chosen:
            rows = rows.within(chosen["region"])
        if "state" in chosen:
            rows = rows.filter(state=chosen["state"])
        if "month" in chosen:
            rows = rows.of_classes_starting(chosen["month"])
        if "institution" in chosen:
            rows = rows.of_classes_named(chosen["institution"])
        return rows
