"""What is asked when a workbook is handed in, and what the list of differences narrows to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.access import Permission
from core.filtering import FilterForm
from core.models import User
from exchange.files import Limits
from exchange.filters import PeriodField, with_every
from exchange.forms import regions_for, tree
from training.imports import program_choices
from training.models import ReconciledLine, Reconciliation
from training.querysets import ReconciledLineQuerySet

OF_PEOPLE = [
    choice for choice in ReconciledLine.Way.choices if choice[0] != ReconciledLine.Way.CELL
]


class WorkbookForm(forms.Form):
    """A workbook, and the region, period and program that it is of."""

    kind = forms.ChoiceField(label=_("What the workbook is"), choices=Reconciliation.Kind.choices)
    region = forms.ChoiceField(label=_("Region"))
    period = PeriodField(
        label=_("Period"),
        required=True,
        help_text=_("A year, quarter or month: 2019, 2019Q4, 2019-06."),
    )
    program = forms.ChoiceField(
        label=_("Program"),
        required=False,
        help_text=_("Choose one if all of the workbook is of it."),
    )
    file = forms.FileField(
        label=_("Workbook of the other office"),
        allow_empty_file=True,
        error_messages={"required": _("Choose the workbook to compare.")},
    )

    roster = forms.FileField(
        label=_("List of the people behind the table"), required=False, allow_empty_file=True
    )

    fields: dict[str, Any]
    max_bytes = Limits().max_bytes

    def __init__(self, *args: Any, user: User, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["region"].choices = tree(regions_for(user, Permission.MAKE_REPORTS))
        self.fields["program"].choices = with_every(program_choices())

    @property
    def asked(self) -> dict[str, Any]:
        """As `services.reconcile` takes it."""
        given = self.cleaned_data
        is_table = given["kind"] == Reconciliation.Kind.TABLE
        roster = given["roster"] if is_table else None
        return {
            "kind": given["kind"],
            "roster": roster,
            "roster_name": roster.name if roster else "",
            "region_code": given["region"],
            "period": given["period"].text,
            "program": given["program"],
            "file": given["file"],
            "name": given["file"].name,
        }


class LinesForm(FilterForm):
    """Which differences are shown."""

    way = forms.ChoiceField(label=_("difference"), required=False, choices=with_every(OF_PEOPLE))
    cell = forms.IntegerField(label=_("cell"), required=False, widget=forms.HiddenInput)
    q = forms.CharField(
        label=_("name"),
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs={"data-search": "", "autocomplete": "off"}),
    )

    def __init__(self, query: QueryDict) -> None:
        super().__init__(query)

    @property
    def chips(self) -> list[dict[str, str]]:
        """Without the cell, which stands in words above the list."""
        return [chip for chip in super().chips if chip["label"] != self.fields["cell"].label]

    def rows(self, lines: ReconciledLineQuerySet) -> ReconciledLineQuerySet:
        return lines.matching(way=self.chosen.get("way", ""), name=self.chosen.get("q", ""))
