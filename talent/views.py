"""The register: finding a person, and the page of one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.access import Permission, admits, scope_of
from core.models import Region, User
from core.paging import Keyset, Page
from core.sealing import blind_index
from exchange.filters import chips
from exchange.panels import panels_of
from talent.forms import NumberForm, PeopleForm, RevealForm
from talent.imports import ID_NUMBER_FIELD
from talent.models import HouseholdMembership, Person
from talent.services import reveal

BY_NAME = Keyset("name_key", "id")


@admits(Permission.SEE_FIGURES)
def people(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    return people_page(request, PeopleForm(request.GET, user=user), NumberForm())


@admits(Permission.SEE_FIGURES)
@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """Straight to the person with a citizen number, if the person lives in the user's scope."""
    user: User = request.user  # type: ignore[assignment]
    form = NumberForm(request.POST)
    if form.is_valid():
        index = blind_index(form.cleaned_data["number"], ID_NUMBER_FIELD)
        found = Person.objects.visible_to(user).filter(id_number_index=index).first()
        if found:
            return redirect("talent:person", found.pk)
        form.add_error("number", _("Nobody with this number is registered in your region."))
    return people_page(request, PeopleForm({}, user=user), form, status=422)


def people_page(
    request: HttpRequest, form: PeopleForm, number: NumberForm, status: int = 200
) -> HttpResponse:
    page = BY_NAME.page(
        form.people(), after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    context = {
        "form": form,
        "region": form.place,
        "number": number,
        "chips": chips(form, request.GET, leave_out=["region"]) if form.is_valid() else [],
        "page": page,
        "columns": columns(),
        "rows": people_rows(page),
    }
    return render(request, "talent/people.html", context, status=status)


def columns() -> list[dict[str, Any]]:
    return [
        {"key": "name", "label": _("name")},
        {"key": "mask", "label": _("citizen number"), "kind": "code"},
        {"key": "sex", "label": _("sex")},
        {"key": "birth", "label": _("year of birth")},
        {"key": "ethnicity", "label": _("ethnic group")},
        {"key": "education", "label": _("education")},
        {"key": "home", "label": _("home")},
    ]


def people_rows(page: Page) -> list[dict[str, Any]]:
    homes = place_names(page.rows)
    return [
        {
            "cells": [
                {"value": p.name, "url": reverse("talent:person", args=[p.pk])},
                {"value": p.id_number_mask, "kind": "code"},
                {"value": p.get_sex_display()},
                {"value": str(p.birth_date.year)},
                {"value": p.ethnicity},
                {"value": p.get_education_display()},
                {"value": homes.get(p.region_code, "")},
            ]
        }
        for p in page.rows
    ]


def place_names(people: list[Person]) -> dict[str, str]:
    """Township and village of where people live, by code. One query."""
    homes = {person.region_code for person in people}
    asked = homes | {code[:9] for code in homes}
    names = dict(Region.objects.filter(pk__in=asked).values_list("code", "short_name"))
    parts = {code: dict.fromkeys([names.get(code[:9], ""), names.get(code, "")]) for code in homes}
    return {code: " ".join(filter(None, named)) for code, named in parts.items()}


@admits(Permission.SEE_LEDGER)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    found = get_object_or_404(Person.objects.visible_to(user), pk=pk)
    may_reveal = scope_of(user, Permission.SEE_PERSONAL_NUMBERS).covers(found.county_code)
    context = {
        "person": found,
        "facts": facts(found),
        "household": household(found),
        "spells": spells(found),
        "panels": panels_of("person", user, found.pk),
        "reveal_url": reverse("talent:reveal", args=[found.pk]) if may_reveal else "",
        "reveal_form": RevealForm(),
        "breadcrumb": [
            {"label": _("People"), "url": reverse("talent:people")},
            {"label": found.name, "url": ""},
        ],
    }
    return render(request, "talent/person.html", context)


def facts(person: Person) -> list[dict[str, Any]]:
    """What a page tells of a person: the whole date of birth would complete the masked number."""
    return [
        {"label": _("name"), "value": person.name},
        {"label": _("sex"), "value": person.get_sex_display()},
        {"label": _("year of birth"), "value": str(person.birth_date.year)},
        {"label": _("ethnic group"), "value": person.ethnicity},
        {"label": _("education"), "value": person.get_education_display()},
        {"label": _("home"), "value": place_names([person])[person.region_code]},
        {"label": _("registered at"), "value": person.created_at, "kind": "time"},
    ]


def household(person: Person) -> dict[str, Any] | None:
    """The household a person belongs to now and who else does; one query for its members."""
    own = person.memberships.filter(valid_to=None).select_related("household").first()
    if own is None:
        return None
    open_ones = HouseholdMembership.objects.filter(household=own.household, valid_to=None)
    members = open_ones.filter(person__county_code=person.county_code).select_related("person")
    return {
        "code": own.household.code,
        "members": [member_row(m) for m in members.order_by("relation", "person_id")],
    }


def member_row(membership: HouseholdMembership) -> dict[str, Any]:
    member = membership.person
    return {
        "cells": [
            {"value": member.name, "url": reverse("talent:person", args=[member.pk])},
            {"value": membership.get_relation_display()},
            {"value": member.id_number_mask, "kind": "code"},
            {"value": date_format(membership.valid_from)},
        ]
    }


def spells(person: Person) -> list[dict[str, Any]]:
    rows = person.category_spells.order_by("-valid_from")
    return [
        {
            "cells": [
                {"value": spell.get_category_display()},
                {"value": date_format(spell.valid_from)},
                {"value": date_format(spell.valid_to) if spell.valid_to else _("until today")},
                {"value": spell.evidence},
            ]
        }
        for spell in rows
    ]


@admits(Permission.SEE_PERSONAL_NUMBERS)
@require_POST
def show_number(request: HttpRequest, pk: int) -> HttpResponse:
    """A number in full, once a reason is given; audited."""
    user: User = request.user  # type: ignore[assignment]
    visible = Person.objects.visible_to(user, Permission.SEE_PERSONAL_NUMBERS)
    return answer_reveal(request, get_object_or_404(visible, pk=pk))


def answer_reveal(request: HttpRequest, person: Person, region_code: str = "") -> HttpResponse:
    """The fragment that takes the place of a mask: the number, or the form with its trouble."""
    user: User = request.user  # type: ignore[assignment]
    form = RevealForm(request.POST)
    masks = {"id_number": person.id_number_mask, "phone": person.phone_mask}
    field = request.POST.get("field", "")
    context = {"reveal_form": form, "field": field, "reveal_url": request.path}
    if not form.is_valid():
        context["value"] = masks.get(field, "")
        return render(request, "talent/_number.html", context, status=422)
    number = reveal(
        person=person,
        field=field,
        reason=form.cleaned_data["reason"],
        region_code=region_code or person.county_code,
        by=user,
    )
    return render(request, "_components/masked.html", {"value": number})
