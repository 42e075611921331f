"""Lists of a place's rows that rosters bring in: filters that stand in the address, pages, cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import Permission, may
from core.models import Region, User
from core.paging import Keyset
from core.querysets import RegionScopedQuerySet
from exchange.filters import chips
from exchange.imports.kinds import kind_of
from exchange.models import ImportBatch
from exchange.regions import asked_region, region_choices

COUNTY = 6
NOT_FOUND = gettext_lazy("This is not to be found. Take the filter away.")


class PlaceForm(forms.Form):
    """The filter bar of a list: region, import, and what the list adds.

    `import` comes from a link and shows as a chip. A list adds fields and says in `narrow`
    which rows they mean.
    """

    region = forms.ChoiceField(label=gettext_lazy("region"), required=False)
    batch = forms.UUIDField(label=gettext_lazy("import"), required=False, widget=forms.HiddenInput)
    permission = Permission.SEE_LEDGER

    def __init__(self, data: Mapping[str, Any], *, user: User) -> None:
        super().__init__(data)
        self.user = user
        self.place = asked_region(user, self.permission, data.get("region", ""))
        if self.place is None:
            del self.fields["region"]
        else:
            choices = region_choices(user, self.permission, self.place)
            self.fields["region"].choices = [  # type: ignore[attr-defined]
                (code, name) for code, name in choices if len(code) <= COUNTY
            ]
            self.initial["region"] = self.place.code

    def clean_batch(self) -> ImportBatch | None:
        asked = self.cleaned_data["batch"]
        if asked is None:
            return None
        seen = ImportBatch.objects.visible_to(self.user, self.permission)
        found: ImportBatch | None = seen.filter(public_id=asked).first()
        if found is None:
            raise forms.ValidationError(NOT_FOUND)
        return found

    @property
    def hidden_troubles(self) -> list[str]:
        """What is wrong with filters that have no field on the page."""
        return [str(error) for field in self.hidden_fields() for error in field.errors]

    def rows(self, rows: RegionScopedQuerySet) -> RegionScopedQuerySet:
        """The rows that are meant, within the user's scope; none while the filters are not sound."""
        rows = rows.visible_to(self.user, self.permission)
        if not self.is_valid():
            return rows.none()
        if self.place is not None:
            rows = rows.within(self.place.code)
        if self.cleaned_data["batch"]:
            rows = rows.filter(import_batch=self.cleaned_data["batch"])
        narrowed: RegionScopedQuerySet = self.narrow(rows)
        return narrowed

    def narrow(self, rows: Any) -> Any:
        """What the list's own fields leave of the rows."""
        return rows


def place_list(
    request: HttpRequest,
    form: PlaceForm,
    rows: RegionScopedQuerySet,
    *,
    title: str,
    order: Keyset,
    columns: Mapping[str, Any],
    cells: Callable[[Iterable[Any]], list[list[Any]]],
    kind: str,
) -> HttpResponse:
    """The page of a list. `columns` are labels by key; `cells` gives a page's values in that order.

    `kind` is the key of the roster that brings such rows: the next step of an empty list.
    """
    query = request.GET
    page = order.page(form.rows(rows), after=query.get("after", ""), before=query.get("before", ""))
    imported = kind_of(kind)
    may_import = may(form.user, imported.permission)
    context = {
        "title": title,
        "form": form,
        "region": form.place,
        "chips": chips(form, query, leave_out=["region"]),
        "page": page,
        "columns": [{"key": key, "label": label} for key, label in columns.items()],
        "rows": [{"cells": [_cell(value) for value in row]} for row in cells(page.rows)],
        "import_url": f"{reverse('exchange:import-new')}?kind={kind}" if may_import else "",
        "kind": imported,
    }
    return render(request, "exchange/place_list.html", context)


def _cell(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {"value": value}


def place_names(codes: Iterable[str]) -> dict[str, str]:
    """Township and village in one line, by code; a county's own name for its rows. One query."""
    asked = set(codes)
    names = dict(
        Region.objects.filter(pk__in=asked | {code[:9] for code in asked}).values_list(
            "code", "short_name"
        )
    )
    return {
        code: " ".join(names[part] for part in dict.fromkeys([code[:9], code]) if part in names)
        for code in asked
    }


def dates(start: Any, end: Any) -> str:
    """From a day to a day, or until further notice."""
    if end is None:
        return _("from %(start)s until today") % {"start": date_format(start)}
    return _("%(start)s to %(end)s") % {"start": date_format(start), "end": date_format(end)}
