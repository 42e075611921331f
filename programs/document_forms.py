"""What is typed about quota documents and plans, and what the list of documents narrows to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.access import Permission, scope_of
from core.filtering import FilterForm
from core.models import Region, User
from exchange.evidence import ACCEPTED
from exchange.forms import EVERY, regions_for, tree
from exchange.pasting import read_lines
from programs.forms import MOST, Amount
from programs.models import Plan, Program, QuotaDocument
from programs.querysets import QuotaDocumentQuerySet
from programs.quota_book import Attached, Line, Paper

DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
# An opening balance is what stood before there were documents; nobody draws one up.
KINDS = [choice for choice in QuotaDocument.Kind.choices if choice[0] != "opening"]
SETS = _("%(place)s %(program)s")


class DocumentFilters(FilterForm):
    region = forms.ChoiceField(label=_("region"), required=False)
    plan = forms.ModelChoiceField(
        label=_("plan"), required=False, queryset=Plan.objects.none(), empty_label=_("all")
    )
    kind = forms.ChoiceField(label=_("kind"), required=False)
    state = forms.ChoiceField(label=_("state"), required=False)

    fields: dict[str, Any]

    def __init__(self, query: QueryDict, *, user: User) -> None:
        super().__init__(query)
        self.user = user
        seen = QuotaDocument.objects.visible_to(user)
        self.fields["region"].choices = EVERY + tree(regions_for(user, Permission.SEE_FIGURES))
        self.fields["plan"].queryset = Plan.objects.filter(pk__in=seen.values("plan"))
        self.fields["kind"].choices = EVERY + QuotaDocument.Kind.choices
        self.fields["state"].choices = EVERY + QuotaDocument.State.choices

    def rows(self) -> QuotaDocumentQuerySet:
        """The documents that are meant, of those the user may see."""
        chosen = self.chosen
        rows: QuotaDocumentQuerySet = QuotaDocument.objects.visible_to(self.user)
        if "region" in chosen:
            rows = rows.naming(chosen["region"])
        return rows.filter(**{n: chosen[n] for n in ("plan", "kind", "state") if n in chosen})


def regions_that_hand_down(user: User) -> list[Region]:
    """Provinces and prefectures where the user allots quotas."""
    found = regions_for(user, Permission.ALLOT_QUOTAS)
    return [region for region in found if region.level < Region.Level.COUNTY]


def _hands_down(plan: Plan, region_code: str) -> bool:
    """Whether a region has something of a plan to hand down."""
    own = plan.quotas.filter(region_code=region_code)
    return plan.region_code == region_code or bool(own.exists())


class NewDocumentForm(forms.Form):
    """Who moves quotas of which plan, and in which way."""

    region = forms.ChoiceField(label=_("region that hands down"))
    plan = forms.ModelChoiceField(label=_("plan"), queryset=Plan.objects.none(), empty_label="")
    kind = forms.ChoiceField(label=_("kind"), choices=KINDS)

    fields: dict[str, Any]

    def __init__(self, *args: Any, user: User, **more: Any) -> None:
        super().__init__(*args, **more)
        regions = regions_that_hand_down(user)
        self.fields["region"].choices = tree(regions)
        codes = [region.code for region in regions]
        held = Q(region_code__in=codes) | Q(quotas__region_code__in=codes)
        self.fields["plan"].queryset = Plan.objects.filter(held).distinct()
        self.initial.setdefault("region", codes[0] if codes else "")

    def clean(self) -> dict[str, Any]:
        plan, region = self.cleaned_data.get("plan"), self.cleaned_data.get("region")
        if plan and region and not _hands_down(plan, region):
            self.add_error("plan", _("This region has no quota of that plan to hand down."))
        return self.cleaned_data


class PaperForm(forms.Form):
    """Which paper a document is. The number may wait until it is issued."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    number = forms.CharField(label=_("document number"), max_length=100, required=False)
    dated = forms.DateField(label=_("dated"), widget=DAY, required=False)
    issuer = forms.CharField(
        label=pgettext_lazy("quota document", "issued by"), max_length=100, required=False
    )
    title = forms.CharField(label=_("title"), max_length=200, required=False)
    reason = forms.CharField(
        label=pgettext_lazy("quota document", "reason"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    attachment = forms.FileField(
        label=_("attachment"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput({"accept": ACCEPTED}),
        help_text=_("A PDF, JPEG or PNG file of 20 MB at most."),
    )

    @property
    def paper(self) -> Paper:
        return Paper(**{name: self.cleaned_data[name] for name in Paper.__annotations__})

    @property
    def attached(self) -> Attached | None:
        file = self.cleaned_data["attachment"]
        return Attached(file, file.name) if file else None


class PlanForm(forms.Form):
    """A plan, before any document gives it quotas."""

    region = forms.ChoiceField(label=_("issued for"))
    name = forms.CharField(label=_("name of the plan"), max_length=200)
    kind = forms.ChoiceField(label=_("kind"), choices=Plan.Kind.choices, initial=Plan.Kind.YEAR)
    first_day = forms.DateField(label=pgettext_lazy("plan", "first day"), widget=DAY)
    last_day = forms.DateField(label=pgettext_lazy("plan", "last day"), widget=DAY)
    phase = forms.ModelChoiceField(
        label=_("phase that the year lies under"),
        required=False,
        queryset=Plan.objects.none(),
        empty_label=_("none"),
    )
    document_number = forms.CharField(label=_("document number"), max_length=100, required=False)

    fields: dict[str, Any]

    def __init__(self, *args: Any, user: User, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["region"].choices = tree(regions_that_hand_down(user))
        own = scope_of(user, Permission.ALLOT_QUOTAS).whole
        phases = Plan.objects.filter(kind=Plan.Kind.PHASE)
        self.fields["phase"].queryset = phases.filter(
            pk__in=[phase.pk for phase in phases if phase.region_code.startswith(own)]
        )

    def clean(self) -> dict[str, Any]:
        first, last = (self.cleaned_data.get(name) for name in ("first_day", "last_day"))
        if first and last and last < first:
            self.add_error("last_day", _("The plan ends before it begins. Check both dates."))
        return self.cleaned_data


class LinesForm(forms.Form):
    """A table of places and programs: what each gains, or with a minus loses.

    The fields are named by `field_of`. `changes` are what stands in the draft.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)

    fields: dict[str, Any]

    def __init__(
        self,
        *args: Any,
        places: Sequence[Region],
        programs: Sequence[Program],
        changes: Mapping[tuple[str, str], int],
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.places, self.programs = places, programs
        for place in places:
            for program in programs:
                self.fields[field_of(place.code, program.code)] = Amount(
                    label=SETS % {"place": place.name, "program": program.name},
                    required=False,
                    min_value=-MOST,
                    max_value=MOST,
                    initial=changes.get((place.code, program.code)),
                )

    def lines(self, *, listed_apart: bool) -> list[Line]:
        """What was typed; an empty field takes its line off."""
        return [
            Line(
                place.code,
                program.code,
                self.cleaned_data[field_of(place.code, program.code)] or 0,
                listed_apart,
            )
            for place in self.places
            for program in self.programs
        ]

    @property
    def table(self) -> list[tuple[Region, list[forms.BoundField]]]:
        """The fields as they stand in the page: a row a place, a column a program."""
        return [
            (place, [self[field_of(place.code, program.code)] for program in self.programs])
            for place in self.places
        ]


def field_of(place: str, program: str) -> str:
    return f"to_{place}_{program}"


def pasted_fields(
    text: str, places: Iterable[Region], programs: Sequence[Program]
) -> tuple[dict[str, str], list[str]]:
    """What was pasted, as values of the fields, and the names that mean nothing here.

    A line is a place and its figures. The first line may head the columns with the names
    of programs; without such a line they stand in the order of the table.
    """
    named = {name: p.code for p in places for name in (p.name, p.short_name, p.code)}
    columns = {name: p.code for p in programs for name in (p.name, p.code)}
    heads, strange = [program.code for program in programs], []
    found: dict[str, str] = {}
    for number, (place, *cells) in enumerate(cells for cells in read_lines(text) if cells):
        if place in named:
            pairs = [(head, cell) for head, cell in zip(heads, cells, strict=False) if head]
            found |= {field_of(named[place], head): cell.replace(",", "") for head, cell in pairs}
        elif number == 0 and any(cell in columns for cell in cells):
            heads = [columns.get(cell, "") for cell in cells]
            strange += [cell for cell in cells if cell not in columns]
        else:
            strange.append(place)
    return found, strange
