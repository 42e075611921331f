"""The lines of a draft: a table of places and programs, typed or pasted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods

from core.access import Permission, admits
from core.models import Region, User
from exchange.forms import tree
from programs import quota_book
from programs.document_forms import LinesForm, pasted_fields
from programs.models import Program, QuotaDocument
from programs.services import QuotaTrouble
from programs.views.documents import PAGE, crumbs, draft_of
from programs.views.quotas import beneath

MOST_PROGRAMS = 12
NO, YES = gettext_lazy("no"), gettext_lazy("yes")
ALL_SHOWN = [("", gettext_lazy("those of the plan"))]


class ShownForm(forms.Form):
    """Which part of the document is in the table."""

    at = forms.ChoiceField(label=gettext_lazy("places beneath"), required=False)
    program = forms.ChoiceField(label=gettext_lazy("program"), required=False)
    apart = forms.ChoiceField(
        label=gettext_lazy("listed apart"), required=False, choices=[("", NO), ("yes", YES)]
    )

    fields: dict[str, Any]

    def __init__(self, data: Any, *, document: QuotaDocument) -> None:
        super().__init__(data, auto_id="filter_%s")
        regions = Region.objects.within(document.region_code).filter(level__lt=Region.Level.COUNTY)
        self.fields["at"].choices = tree(list(regions.order_by("code")))
        programs = Program.objects.values_list("code", "name")
        self.fields["program"].choices = [*ALL_SHOWN, *programs]
        if not self.is_valid():
            raise Http404


@admits(Permission.ALLOT_QUOTAS)
@require_http_methods(["GET", "HEAD", "POST"])
def lines(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    document = draft_of(user, public_id)
    shown = ShownForm(_asked(request, document), document=document)
    apart = shown.cleaned_data["apart"] == "yes"
    of = _shown(document, shown.cleaned_data, apart)
    form = LinesForm(request.POST or None, **of, initial={"version": document.version})
    strange: list[str] = []
    if request.method == "POST" and request.POST.get("act") == "paste":
        filled, strange = pasted_fields(
            request.POST.get("pasted", ""), of["places"], of["programs"]
        )
        form = LinesForm(request.POST.dict() | filled, **of)
        form.is_valid()
    elif form.is_bound and form.is_valid():
        try:
            quota_book.put_lines(
                document=document,
                lines=form.lines(listed_apart=apart),
                version=form.cleaned_data["version"],
                by=user,
            )
            messages.success(request, _("The lines are saved."))
            return redirect(PAGE, public_id)
        except QuotaTrouble as trouble:
            form.add_error(None, str(trouble))
    context = {
        "document": document,
        "form": form,
        "shown": shown,
        "strange": strange,
        "pasted": request.POST.get("pasted", ""),
        "standing": _standing(document, form, apart),
        "breadcrumb": [
            *crumbs()[:1],
            {"label": document.number or _("draft"), "url": reverse(PAGE, args=[public_id])},
            {"label": pgettext("quota document", "Lines"), "url": ""},
        ],
    }
    status = 422 if form.errors else 200
    return render(request, "programs/book/lines.html", context, status=status)


def _asked(request: HttpRequest, document: QuotaDocument) -> dict[str, str]:
    return {"at": document.region_code} | request.GET.dict()


def _shown(document: QuotaDocument, asked: dict[str, Any], apart: bool) -> dict[str, Any]:
    """The places, the programs and what the draft says of them."""
    at = Region.objects.get(pk=asked["at"] or document.region_code)
    places = beneath(at)
    if at.code == document.plan.region_code:
        places = [at, *places]
    named = document.lines.filter(listed_apart=apart)
    changes = {(line.region_code, line.program_id): line.change for line in named}
    return {"places": places, "programs": _programs(document, asked["program"]), "changes": changes}


def _programs(document: QuotaDocument, asked: str) -> list[Program]:
    if asked:
        return list(Program.objects.filter(pk=asked))
    held = Q(pk__in=document.plan.quotas.values("program"))
    named = Q(pk__in=document.lines.values("program"))
    found = list(Program.objects.filter(held | named))
    return found or list(Program.objects.all()[:MOST_PROGRAMS])


def _standing(document: QuotaDocument, form: LinesForm, apart: bool) -> list[dict[str, Any]]:
    """The table: a row a place, each field with what the quota holds now and has left."""
    codes = [place.code for place in form.places]
    held = {
        (quota.region_code, quota.program_id): quota
        for quota in document.plan.quotas.filter(region_code__in=codes, listed_apart=apart)
    }
    return [
        {
            "place": place,
            "cells": [
                {"field": field, "quota": held.get((place.code, program.code))}
                for field, program in zip(fields, form.programs, strict=True)
            ],
        }
        for place, fields in form.table
    ]
