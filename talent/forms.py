"""What a reader of the register types: a search, and the reason for seeing a number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from core.access import Permission
from core.models import User
from exchange.models import ImportBatch
from exchange.regions import asked_region, region_choices
from talent.identity import judge_id_number, repair_id_number
from talent.models import Person
from talent.names import fold_name
from talent.querysets import PersonQuerySet

COUNTY = 6
_numbers = re.compile(r"\d{11,}")


class PeopleForm(forms.Form):
    """Search by name or by its initials, county by county."""

    region = forms.ChoiceField(label=_("county"), required=False)
    q = forms.CharField(
        label=_("name or initials"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"data-search": "", "autocomplete": "off"}),
    )

    batch = forms.UUIDField(label=_("import"), required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any], *, user: User) -> None:
        super().__init__(data)
        self.user = user
        self.given = self._given()
        here = data.get("region", "") or (self.given.region_code if self.given else "")
        self.place = asked_region(user, Permission.SEE_LEDGER, here)
        if self.place is None:
            del self.fields["region"]
            return
        choices = region_choices(user, Permission.SEE_LEDGER, self.place)
        kept = [(code, name) for code, name in choices if len(code) <= COUNTY]
        self.fields["region"].choices = kept  # type: ignore[attr-defined]
        self.initial["region"] = self.place.code

    def clean_q(self) -> str:
        text: str = self.cleaned_data["q"]
        if _numbers.search(text):
            raise forms.ValidationError(_("Enter a citizen number in its own field below."))
        return text

    def _given(self) -> ImportBatch | None:
        """The import whose people are asked for, if it lies in the user's scope."""
        try:
            asked = UUID(self.data.get("batch", ""))
        except ValueError:
            return None
        seen = ImportBatch.objects.visible_to(self.user, Permission.SEE_LEDGER)
        return seen.filter(public_id=asked).first()

    def clean_batch(self) -> ImportBatch | None:
        if self.cleaned_data["batch"] and self.given is None:
            raise forms.ValidationError(_("This is not to be found. Take the filter away."))
        return self.given

    @property
    def is_wide(self) -> bool:
        """Whether a county must be picked first: the register is ordered county by county."""
        return self.place is None or len(self.place.code) < COUNTY

    def people(self) -> PersonQuerySet:
        people: PersonQuerySet = Person.objects.visible_to(self.user)
        if not self.is_valid() or self.is_wide or self.place is None:
            return people.none()
        within = people.filter(county_code=self.place.code)
        if self.given:
            within = within.filter(register_lines__import_batch=self.given)
        text = fold_name(self.cleaned_data["q"])
        return within.named(text) if text else within


class NumberForm(forms.Form):
    """A citizen number, sent by POST so that it stands in no address and no log."""

    number = forms.CharField(
        label=_("citizen number"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-keep-not": ""}),
    )

    def clean_number(self) -> str:
        number, _repairs = repair_id_number(self.cleaned_data["number"])
        if trouble := judge_id_number(number):
            raise forms.ValidationError(str(trouble))
        return number


class RevealForm(forms.Form):
    """Which number to show, and why."""

    field = forms.ChoiceField(
        choices=[("id_number", _("citizen number")), ("phone", _("phone"))],
        widget=forms.HiddenInput,
    )
    reason = forms.CharField(label=_("reason"), min_length=2, max_length=200)

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"].strip()
        if _numbers.search(reason):
            raise forms.ValidationError(_("Leave the number itself out of the reason."))
        return reason
