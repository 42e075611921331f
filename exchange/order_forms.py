"""What is asked for when a level orders a report, and when it changes an order."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.access import Permission
from core.models import Region, User
from exchange.forms import regions_for, reports_of, tree
from exchange.models import Breadth, Format, ReportOrder
from exchange.models.reports import LONGEST_WAIT

HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]


class TimesForm(forms.Form):
    """When an order's table is made: days after the end of each period, at an hour."""

    days_after = forms.IntegerField(
        label=_("Days after the end of the period"),
        min_value=1,
        max_value=LONGEST_WAIT,
        initial=1,
        help_text=_("1 is the first day after it: the table of June is made on 1 July."),
    )
    hour = forms.TypedChoiceField(label=_("Hour"), choices=HOURS, coerce=int, initial=3)


class OrderForm(TimesForm):
    """Which report, whose, how often and written as what."""

    report = forms.ChoiceField(label=_("Report"))
    region = forms.ChoiceField(label=_("Region"))
    breadth = forms.ChoiceField(label=_("Whose"), choices=Breadth.choices, required=False)
    period_kind = forms.ChoiceField(label=_("How often"), choices=ReportOrder.PeriodKind.choices)
    format = forms.ChoiceField(label=_("Format"), choices=Format.choices)

    field_order = ("report", "region", "breadth", "period_kind", "days_after", "hour", "format")
    fields: dict[str, Any]

    def __init__(self, *args: Any, user: User, **more: Any) -> None:
        super().__init__(*args, **more)
        regions = regions_for(user, Permission.MAKE_REPORTS)
        self.fields["report"].choices = reports_of(regions)
        self.fields["region"].choices = tree(regions)
        if all(region.level == Region.Level.COUNTY for region in regions):
            del self.fields["breadth"]

    @property
    def asked(self) -> dict[str, Any]:
        """As `order_report` takes it."""
        given = dict(self.cleaned_data)
        breadth = given.pop("breadth", "") or Breadth.ALONE
        return given | {"region_code": given.pop("region"), "breadth": breadth}


class ChangeForm(TimesForm):
    """Other times, or a pause."""

    enabled = forms.BooleanField(label=_("Running"), required=False)
