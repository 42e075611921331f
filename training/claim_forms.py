"""What the pages of claims ask for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exchange.filters import PeriodField
from training.claims import LONGEST_NAME, LONGEST_OBJECTION, MOST
from training.models import Claim
from training.place_filters import PlaceFilters
from training.querysets import OfClassQuerySet

EVERY = ("", _("all"))


class ClaimFilters(PlaceFilters):
    """Claims of which region, in which state, for which class, published in which month."""

    state = forms.ChoiceField(
        label=_("state"), required=False, choices=[EVERY, *Claim.State.choices]
    )
    code = forms.CharField(label=_("class number"), required=False, max_length=40)
    month = PeriodField(label=_("month of publication"))

    def rows(self) -> OfClassQuerySet:
        """The claims that are meant, of those the user may see."""
        chosen, rows = self.chosen, Claim.objects.visible_to(self.user)
        if self.place is not None:
            rows = rows.within(self.place.code)
        if "state" in chosen:
            rows = rows.filter(state=chosen["state"])
        if "code" in chosen:
            rows = rows.filter(training_class__code__startswith=chosen["code"])
        if month := chosen.get("month"):
            rows = rows.filter(published_on__gte=month.first_day, published_on__lte=month.last_day)
        return rows


class StandardForm(forms.Form):
    """How much is claimed a head; whom for, the table beneath says."""

    standard = forms.DecimalField(
        label=_("standard, yuan a head"), min_value=0, max_value=MOST, decimal_places=2
    )


class ObjectionForm(forms.Form):
    """Who objects to a published claim, when and why."""

    raised_on = forms.DateField(
        label=_("raised on"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    who = forms.CharField(
        label=_("raised by"),
        max_length=LONGEST_NAME,
        required=False,
        help_text=_("Leave it empty where somebody wants to stay unnamed."),
    )
    text = forms.CharField(label=_("objection"), max_length=LONGEST_OBJECTION)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.initial.setdefault("raised_on", timezone.localdate())
