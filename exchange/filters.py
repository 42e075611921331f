"""Filters that stand in the address: their choices, and the chips that take them away again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exchange.periods import Period, PeriodUnreadable, as_written

Choices = Iterable[tuple[Any, Any]]
CURSORS = ("after", "before")
ALL = gettext_lazy("all")


class PeriodField(forms.CharField):
    """A year, quarter or month as it is written, such as 2019, 2019Q4 or 2019-06; or nothing.

    Where it is not limited to their length, also the span of two: 2019-01..2020-03.
    """

    def __init__(self, **named: Any) -> None:
        named.setdefault("widget", forms.TextInput({"placeholder": "2019-06"}))
        one = gettext_lazy("Write one year, quarter or month: 2019, 2019Q4 or 2019-12.")
        named.setdefault("error_messages", {"max_length": one})
        super().__init__(**{"required": False, "max_length": 7} | named)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Without a length: what officers write is longer than what is kept of it."""
        return {}

    def to_python(self, value: Any) -> str:
        return as_written(super().to_python(value) or "")

    def clean(self, value: Any) -> Period | None:  # type: ignore[override]
        written = super().clean(value)
        try:
            return Period.span(written) if written else None
        except PeriodUnreadable as trouble:
            raise forms.ValidationError(str(trouble)) from trouble


def with_every(choices: Choices) -> list[tuple[Any, Any]]:
    """Choices with 'all' before them."""
    return [("", ALL), *choices]


def year_choices(years: Iterable[int]) -> list[tuple[str, str]]:
    return [(str(year), _("%(year)d") % {"year": year}) for year in years]


def month_choices() -> list[tuple[str, Any]]:
    return [(str(number), name) for number, name in MONTHS.items()]


def without(query: QueryDict, *names: str) -> str:
    """The query of the address without the named filters, the page's place and empty ones."""
    rest = QueryDict(mutable=True)
    for name, values in query.lists():
        if name not in (*names, *CURSORS):
            rest.setlist(name, [value for value in values if value])
    return rest.urlencode()


def chips(
    form: forms.Form, query: QueryDict, leave_out: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """What `_components/filters.html` shows of the valid choices of a checked form."""
    return [
        {
            "label": form.fields[name].label,
            "value": _shown(form.fields[name], value),
            "remove": f"?{without(query, name)}",
        }
        for name, value in form.cleaned_data.items()
        if value not in (None, "", []) and name not in leave_out and query.get(name)
    ]


def _shown(field: forms.Field, value: Any) -> str:
    if not isinstance(field, forms.ChoiceField):
        return str(value)
    named = {str(key): label for key, label in _flat(field.choices)}
    each = value if isinstance(value, list) else [value]
    return "、".join(str(named.get(str(one), one)).strip() for one in each)


def _flat(choices: Any) -> Choices:
    """Choices without their groups."""
    for key, label in choices:
        yield from label if isinstance(label, list | tuple) else [(key, label)]
