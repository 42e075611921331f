"""The lists of who serves a place: cadres posted to it, experts who help it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.access import Permission, Scope, admits, scope_of
from core.models import User
from core.paging import Keyset
from exchange.filters import with_every
from exchange.lists import PlaceForm, dates, place_list, place_names
from programs.models import Expert, Posting, PostingKind, TeamKind, TitleGrade
from programs.querysets import ExpertQuerySet, PostingQuerySet
from talent.models import Person

NEWEST_FIRST = Keyset("-start_date", "-id")
LAST_LISTED_FIRST = Keyset("-id")
NOW, OVER = "now", "over"


class PostingForm(PlaceForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("kind of posting"),
        required=False,
        choices=with_every(PostingKind.choices),
    )
    when = forms.ChoiceField(
        label=gettext_lazy("time"),
        required=False,
        choices=with_every([(NOW, gettext_lazy("posted today")), (OVER, gettext_lazy("over"))]),
    )

    def narrow(self, rows: PostingQuerySet) -> PostingQuerySet:
        picked, today = self.cleaned_data, timezone.localdate()
        if picked["kind"]:
            rows = rows.filter(kind=picked["kind"])
        if picked["when"]:
            rows = rows.on(today) if picked["when"] == NOW else rows.over(today)
        return rows


@admits(Permission.SEE_FIGURES)
def postings(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    return place_list(
        request,
        PostingForm(request.GET, user=user),
        Posting.objects.select_related("person"),
        title=_("Cadre postings"),
        order=NEWEST_FIRST,
        columns={
            "name": _("name"),
            "kind": _("kind of posting"),
            "place": _("place"),
            "post": _("post"),
            "unit": _("sending unit"),
            "dates": pgettext("posting", "dates"),
            "document": _("document number"),
        },
        cells=partial(posting_cells, scope_of(user, Permission.SEE_LEDGER)),
        kind="postings",
    )


def posting_cells(seen: Scope, rows: Iterable[Posting]) -> list[list[Any]]:
    found = list(rows)
    places = place_names(posting.region_code for posting in found)
    return [
        [
            person_cell(p.person, seen),
            p.get_kind_display(),
            places.get(p.region_code, ""),
            p.post,
            p.sending_unit,
            dates(p.start_date, p.end_date),
            p.document_number,
        ]
        for p in found
    ]


class ExpertForm(PlaceForm):
    team = forms.ChoiceField(
        label=gettext_lazy("team of experts"), required=False, choices=with_every(TeamKind.choices)
    )
    grade = forms.ChoiceField(
        label=gettext_lazy("grade of title"), required=False, choices=with_every(TitleGrade.choices)
    )
    q = forms.CharField(
        label=gettext_lazy("unit or specialty"),
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs={"data-search": "", "autocomplete": "off"}),
    )

    def narrow(self, rows: ExpertQuerySet) -> ExpertQuerySet:
        picked = self.cleaned_data
        rows = rows.filter(**{n: picked[n] for n in ("team", "grade") if picked[n]})
        text = picked["q"]
        named = rows.filter(unit__contains=text) | rows.filter(specialty__contains=text)
        return named if text else rows


@admits(Permission.SEE_FIGURES)
def experts(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    return place_list(
        request,
        ExpertForm(request.GET, user=user),
        Expert.objects.select_related("person"),
        title=_("Experts"),
        order=LAST_LISTED_FIRST,
        columns={
            "name": _("name"),
            "team": _("team of experts"),
            "unit": _("unit"),
            "title": _("professional title"),
            "grade": _("grade of title"),
            "specialty": _("specialty"),
            "since": _("serves since"),
        },
        cells=partial(expert_cells, scope_of(user, Permission.SEE_LEDGER)),
        kind="experts",
    )


def expert_cells(seen: Scope, rows: Iterable[Expert]) -> list[list[Any]]:
    return [
        [
            person_cell(e.person, seen),
            e.get_team_display(),
            e.unit,
            e.title,
            e.get_grade_display(),
            e.specialty,
            date_format(e.start_date) if e.start_date else "",
        ]
        for e in rows
    ]


def person_cell(person: Person, seen: Scope) -> dict[str, Any]:
    """The name, with the way to the person's page for those who may open it."""
    link = (
        {"url": reverse("talent:person", args=[person.pk])}
        if seen.covers(person.county_code)
        else {}
    )
    return {"value": person.name} | link
