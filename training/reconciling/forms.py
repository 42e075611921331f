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
from training.models import ReconciledLine
from training.querysets import ReconciledLineQuerySet


class WorkbookForm(forms.Form):
    """A workbook, and the region, period and program that it is of."""

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
        return {
            "region_code": given["region"],
            "period": given["period"].text,
            "program": given["program"],
            "file": given["file"],
            "name": given["file"].name,
        }


class LinesForm(FilterForm):
    """Which differences are shown."""

    way = forms.ChoiceField(
        label=_("difference"), required=False, choices=with_every(ReconciledLine.Way.choices)
    )
    q = forms.CharField(
        label=_("name"),
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs={"data-search": "", "autocomplete": "off"}),
    )

    def __init__(self, query: QueryDict) -> None:
        super().__init__(query)

    def rows(self, lines: ReconciledLineQuerySet) -> ReconciledLineQuerySet:
        return lines.matching(way=self.chosen.get("way", ""), name=self.chosen.get("q", ""))
