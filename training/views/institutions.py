"""The list of training institutions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import Permission, admits
from core.models import User
from core.paging import Keyset
from core.querysets import RegionScopedQuerySet
from exchange.lists import PlaceForm, place_list
from training.models import Institution

BY_NAME = Keyset("county_code", "name")


class InstitutionForm(PlaceForm):
    q = forms.CharField(
        label=gettext_lazy("name or code"),
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs={"data-search": "", "autocomplete": "off"}),
    )

    def narrow(self, rows: RegionScopedQuerySet) -> RegionScopedQuerySet:
        asked = self.cleaned_data["q"]
        named = rows.filter(name__contains=asked) | rows.filter(key__startswith=asked.upper())
        return named if asked else rows


@admits(Permission.SEE_LEDGER)
def institutions(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    return place_list(
        request,
        InstitutionForm(request.GET, user=user),
        Institution.objects.all(),
        title=_("Training institutions"),
        order=BY_NAME,
        columns={
            "name": _("training institution"),
            "key": _("unified social credit code"),
            "address": _("address"),
            "licence": _("licensed until"),
        },
        cells=cells,
        kind="institutions",
    )


def cells(rows: Iterable[Institution]) -> list[list[Any]]:
    return [
        [
            {"value": i.name, "url": reverse("training:institution", args=[i.pk])},
            {"value": i.key, "kind": "code"},
            i.address,
            date_format(i.licence_until) if i.licence_until else "",
        ]
        for i in rows
    ]
