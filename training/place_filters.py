"""Of which place the lists of a class's life are, and of which class."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.access import Permission
from core.filtering import FilterForm
from core.models import User
from exchange.regions import asked_region, region_choices

COUNTY = 6


class PlaceFilters(FilterForm):
    """The place asked for, down to a county, is `place`; None for whoever sees none."""

    fields: dict[str, Any]

    region = forms.ChoiceField(label=_("region"), required=False)

    def __init__(self, query: QueryDict, *, user: User) -> None:
        super().__init__(query)
        self.user = user
        self.place = asked_region(user, Permission.SEE_LEDGER, query.get("region", ""))
        if self.place is None:
            del self.fields["region"]
            return
        choices = region_choices(user, Permission.SEE_LEDGER, self.place)
        self.fields["region"].choices = [each for each in choices if len(each[0]) <= COUNTY]
        self.initial["region"] = self.place.code
