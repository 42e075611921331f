"""What the pages of official tables ask for."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.access import Permission
from core.filtering import FilterForm
from core.models import Region, User
from exchange.board_figures import shown_keys
from exchange.filters import PeriodField
from exchange.forms import regions_for, tree
from exchange.models import Rollup
from exchange.periods import Period
from exchange.tables.declared import Table, all_tables, kind_of

MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}


class PlaceAndPeriod(FilterForm):
    """Of which region, for which period; without a choice the user's first one, and the newest
    period that is over."""

    fields: dict[str, Any]
    region = forms.ChoiceField(label=_("Region"), required=False)
    period = PeriodField(label=_("Period"))

    def __init__(self, query: QueryDict, *, user: User) -> None:
        super().__init__(query)
        self.user = user
        self.regions = regions_for(user, Permission.SEE_FIGURES)
        self.fields["region"].choices = tree(self.regions)

    @property
    def place(self) -> Region | None:
        """The region that is meant; None where the user has none."""
        code = self.chosen.get("region")
        return next((r for r in self.regions if r.code == code), None) or next(
            iter(self.regions), None
        )

    def meant(self, kind: str = "month") -> Period:
        """The period that is meant, else the newest of its kind that is over and has figures."""
        return self.chosen.get("period") or self.newest(kind)

    def newest(self, kind: str) -> Period:
        """By the figures of boards: others lie ahead of time, such as ends of postings."""
        last = timezone.localdate().replace(day=1) - datetime.timedelta(days=1)
        known = Rollup.objects.visible_to(self.user).filter(
            month__lte=last, measure__in=shown_keys()
        )
        month = known.order_by("-month").values_list("month", flat=True).first() or last
        return last_over(month, kind, timezone.localdate())


def last_over(day: datetime.date, kind: str, today: datetime.date) -> Period:
    """The period of a kind that a day lies in, or the one before it where that is not over."""
    months = MONTHS_OF[kind]
    first = day.replace(day=1, month=day.month - (day.month - 1) % months)
    last = first.replace(month=first.month + months - 1)
    found = Period.between(first, last)
    return found if found.last_day < today else last_over(found.before.first_day, kind, today)


class BurdenFilters(PlaceAndPeriod):
    """Of which region and what lies beneath it; all periods where none is named."""


class BeginForm(forms.Form):
    """Which table, of which region, for which period."""

    table = forms.ChoiceField()
    region = forms.CharField(max_length=6)
    period = PeriodField(required=True)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["table"].choices = [(each.key, each.title) for each in all_tables()]  # type: ignore[attr-defined]


class ExplainForm(forms.Form):
    line = forms.CharField(required=False, max_length=40)
    column = forms.CharField(max_length=10)
    text = forms.CharField(label=_("explanation"), max_length=500)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("why it is returned"), max_length=500, widget=forms.Textarea({"rows": 2})
    )


def kinds_of(table: Table, period: Period) -> Period:
    """A period of a kind that the table has: the one meant, or the year it lies in."""
    if kind_of(period) in table.periods:
        return period
    return last_over(period.last_day, table.periods[0], timezone.localdate())
