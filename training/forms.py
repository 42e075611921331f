"""What is typed about the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.access import Permission
from core.models import Region, User
from exchange.files import Limits
from exchange.regions import region_choices
from training.imports import program_choices


class CheckForm(forms.Form):
    """A citizen number as it is typed; whether it is sound is part of the answer."""

    number = forms.CharField(
        label=_("citizen number"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-keep-not": ""}),
    )


class ListForm(forms.Form):
    """A list of names or citizen numbers, as a file or pasted."""

    file = forms.FileField(label=_("List as a file"), required=False, allow_empty_file=True)
    text = forms.CharField(
        label=_("or pasted here, one person a line"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "data-keep-not": ""}),
    )

    max_bytes = Limits().max_bytes


class SheetForm(forms.Form):
    """Which rows are entered: a county's, of a month such as 2019-06 and of one program.

    The month is the present one and the program the first, unless others are asked for.
    """

    usual: Mapping[str, str]

    region = forms.ChoiceField(label=_("county"), required=False)
    month = forms.RegexField(
        r"^20[0-9]{2}-(0[1-9]|1[0-2])\Z",
        label=_("month of the start"),
        widget=forms.TextInput(attrs={"type": "month"}),
        error_messages={"invalid": _("Write the month as 2019-06.")},
    )
    program = forms.ChoiceField(label=_("program"))

    @classmethod
    def asked(cls, data: Mapping[str, str], *, user: User, county: Region) -> Self:
        """The form, checked, with all that the address leaves out."""
        programs = program_choices()
        usual = {
            "month": f"{timezone.localdate():%Y-%m}",
            "program": next(iter(dict(programs)), ""),
        }
        given = {name: data[name] for name in ("month", "program") if data.get(name)}
        form = cls(usual | given | {"region": county.code})
        form.usual = usual
        form.fields["program"].choices = programs  # type: ignore[attr-defined]
        counties = region_choices(user, Permission.ENTER_LEDGER, county)
        form.fields["region"].choices = [c for c in counties if len(c[0]) == len(county.code)]  # type: ignore[attr-defined]
        form.is_valid()
        return form

    def said(self, name: str) -> str:
        """The month or the program asked for; the usual one where it is none."""
        return str(self.cleaned_data.get(name) or self.usual[name])
