"""What is typed about the ledger."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class CheckForm(forms.Form):
    """A citizen number as it is typed; whether it is sound is part of the answer."""

    number = forms.CharField(
        label=_("citizen number"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-keep-not": ""}),
    )
