"""Fields for cells written on a page: lists for choices, hints for dates, place names offered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.models import Region
from exchange.imports.columns import Choice, Column, date
from exchange.imports.shown import PLACES

LONGEST = 1000
# More names than these are no help in a list, and slow to load.
OFFERED = 400
DAY = _("like 2019-06-04")


def entry_for(column: Column, *, required: bool = False) -> forms.Field:
    """A field for one cell of the column, as text in the writing that the column reads."""
    if isinstance(column.read, Choice):
        words = list(dict.fromkeys(column.read.wordings.values()))
        choices = [("", "---------"), *((word, word) for word in words)]
        return forms.ChoiceField(label=column.title, choices=choices, required=required)
    return forms.CharField(
        label=column.title,
        required=required,
        max_length=LONGEST,
        widget=forms.TextInput(attrs=hints_of(column)),
    )


def hints_of(column: Column) -> dict[str, Any]:
    """What helps to write a cell: a list of places, or how a day is written."""
    if column.read is date:
        return {"placeholder": DAY}
    return {"list": f"places-{column.name}"} if column.name in PLACES else {}


def places_offered(region_code: str) -> dict[str, list[str]]:
    """Short names of a county's townships and villages by column; too many are not offered."""
    inside = Region.objects.within(region_code).values_list("code", "short_name")
    found: dict[str, set[str]] = {name: set() for name in PLACES}
    for code, name in inside:
        for column, digits in PLACES.items():
            if len(code) == digits:
                found[column].add(name)
    return {name: sorted(names) for name, names in found.items() if 0 < len(names) <= OFFERED}
