"""What-if: shift places of a draft between areas, and see what it would mean before it is issued."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from core.access import Permission, admits
from core.models import Region, User
from exchange.forms import tree
from programs import quota_book
from programs.document_forms import LinesForm, field_of
from programs.judging_quotas import findings_of
from programs.models import Program, QuotaDocument
from programs.proposing_quotas import PlaceOutlook, Proposal
from programs.services import QuotaTrouble
from programs.views.documents import PAGE, crumbs, draft_of
from programs.views.quotas import beneath


class OutlookForm(forms.Form):
    """Which program is looked at, and the region whose places are compared."""

    at = forms.ChoiceField(label=gettext_lazy("places beneath"), required=False)
    program = forms.ModelChoiceField(
        label=gettext_lazy("program"), queryset=Program.objects.none(), empty_label=None
    )

    fields: dict[str, Any]

    def __init__(self, data: Any, *, document: QuotaDocument) -> None:
        regions = Region.objects.within(document.region_code).filter(level__lt=Region.Level.COUNTY)
        programs = Program.objects.filter(pk__in=document.plan.quotas.values("program"))
        named = document.lines.values_list("program", flat=True)
        first = programs.filter(pk__in=named).first() or programs.first()
        asked = {"at": document.region_code, "program": first.pk if first else ""}
        super().__init__(asked | data.dict(), auto_id="filter_%s")
        self.fields["at"].choices = tree(list(regions.order_by("code")))
        self.fields["program"].queryset = programs
        self.has_programs = first is not None
        if self.has_programs and not self.is_valid():
            raise Http404


@admits(Permission.ALLOT_QUOTAS)
@require_http_methods(["GET", "HEAD", "POST"])
def outlook(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    document = draft_of(user, public_id)
    shown = OutlookForm(request.GET, document=document)
    if not shown.has_programs:
        messages.info(request, _("The plan has no quotas yet: enter the lines first."))
        return redirect("programs:document-lines", public_id)
    program, at = shown.cleaned_data["program"], Region.objects.get(pk=shown.cleaned_data["at"])
    places = beneath(at)
    form = _form(request, document, program, places)
    if form.is_bound and form.is_valid() and _is_saved(form, document, user):
        return redirect(request.get_full_path())
    rows = Proposal(document, program, at, places, timezone.localdate()).side_by_side()
    context = {
        "document": document,
        "shown": shown,
        "form": form,
        "rows": [
            {"outlook": row, "field": form[field_of(row.place.code, program.pk)]} for row in rows
        ],
        "sums": _sums(rows),
        "has": {name: any(getattr(row, name) is not None for row in rows) for name in KNOWN},
        "findings": findings_of(document),
        "breadcrumb": [
            *crumbs()[:1],
            {"label": document.number or _("draft"), "url": reverse(PAGE, args=[public_id])},
            {"label": _("What if"), "url": ""},
        ],
    }
    status = 422 if form.errors else 200
    return render(request, "programs/book/outlook.html", context, status=status)


KNOWN = ("people", "capacity", "institutions", "cost", "poor_villages")


def _form(
    request: HttpRequest, document: QuotaDocument, program: Program, places: list[Region]
) -> LinesForm:
    named = document.lines.filter(listed_apart=False, program=program)
    changes = {(line.region_code, program.pk): line.change for line in named}
    of = {"places": places, "programs": [program], "changes": changes}
    return LinesForm(request.POST or None, **of, initial={"version": document.version})


def _is_saved(form: LinesForm, document: QuotaDocument, by: User) -> bool:
    """Whether the lines are in the draft; the form says otherwise why not."""
    lines, version = form.lines(listed_apart=False), form.cleaned_data["version"]
    try:
        quota_book.put_lines(document=document, lines=lines, version=version, by=by)
    except QuotaTrouble as trouble:
        form.add_error(None, str(trouble))
        return False
    return True


def _sums(rows: list[PlaceOutlook]) -> dict[str, Any]:
    return {
        name: sum(getattr(row, name) for row in rows) for name in ("now", "change", "then", "done")
    }
