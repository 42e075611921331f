"""Filters of a list that live in the address, and the chips that take them away again."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.http import QueryDict


class FilterForm(forms.Form):
    """Bound to the query of the address. What is not valid filters nothing and is told."""

    def __init__(self, query: QueryDict, *args: Any, **kwargs: Any) -> None:
        self.query = query
        kwargs.setdefault("auto_id", "filter_%s")
        super().__init__(query, *args, **kwargs)

    @property
    def chosen(self) -> dict[str, Any]:
        """The valid choices by field name, without the empty ones."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}

    @property
    def chips(self) -> list[dict[str, str]]:
        """What `_components/filters.html` shows for each choice made."""
        return [
            {
                "label": str(self.fields[name].label),
                "value": self._shown(name, value),
                "remove": self._without(name),
            }
            for name, value in self.chosen.items()
        ]

    def _shown(self, name: str, value: Any) -> str:
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            return str(value)
        if isinstance(field, forms.ChoiceField):
            return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
        return f"{value:%Y-%m-%d}" if isinstance(value, datetime.date) else str(value)

    def _without(self, name: str) -> str:
        rest = self.query.copy()
        for gone in (name, "after", "before"):
            rest.pop(gone, None)
        return "?" + rest.urlencode()
