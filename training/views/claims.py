"""Claims of the subsidy: the list, those of a class, a new one, and one with all that is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.access import Permission, admits, scope_of
from core.downloads import download
from core.models import User
from core.paging import page_of
from core.rules import Finding
from exchange.jobs import JobRefused
from exchange.views.jobs import Request
from training import claims as acts
from training.claim_forms import ClaimFilters, ObjectionForm, StandardForm
from training.claim_papers import TITLE, print_claim_notice
from training.claiming import is_held, judge_rows, roster_of, share_of_rows
from training.models import Claim
from training.views import class_parts
from training.views.claim_rows import (
    OF_CLASS,
    PAGE,
    TONES,
    answered,
    asked_of,
    columns,
    facts_of,
    line_columns,
    line_rows,
    list_rows,
    number_of,
    totals_of,
)

ENTER, REVIEW = Permission.ENTER_LEDGER, Permission.REVIEW_LEDGER
RELATED = ("training_class__occupation", "training_class__institution", "made_by", "decided_by")


@admits(Permission.SEE_LEDGER)
@require_safe
def claims(request: Request) -> HttpResponse:
    filters = ClaimFilters(request.GET, user=request.user)
    page = page_of(counted(filters.rows()), request.GET, ["-id"])
    context: dict[str, Any] = {"filters": filters, "region": filters.place, "page": page}
    context |= {"columns": columns(), "rows": list_rows(page.rows)}
    return render(request, "training/claims.html", context)


def counted(rows: QuerySet[Claim]) -> QuerySet[Claim]:
    """Claims with how many people and yuan they are about."""
    return rows.select_related(*RELATED).annotate(people=Count("lines"), sum=Sum("lines__amount"))


@admits(Permission.SEE_LEDGER)
@require_safe
def of_class(request: Request, pk: int) -> HttpResponse:
    found = class_parts.visible_class(request.user, pk)
    may_enter = scope_of(request.user, ENTER).covers(found.county_code)
    new_url = reverse("training:claim-new", args=[pk])
    draw_up = {"label": _("Claim the subsidy"), "url": new_url, "icon": "cash-coin"}
    actions = [draw_up] if may_enter else []
    seen = Claim.objects.visible_to(request.user).filter(training_class=found)
    context = class_parts.opening(found, OF_CLASS, actions) | {
        "may_enter": may_enter,
        "new_url": new_url,
        "columns": columns(),
        "rows": list_rows(counted(seen).order_by("-id")),
    }
    return render(request, "training/class_claims.html", context)


@admits(ENTER)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, pk: int) -> HttpResponse:
    """Whom of a class the subsidy is claimed for, at what standard."""
    found = class_parts.visible_class(request.user, pk, ENTER)
    form = StandardForm(request.POST if request.method == "POST" else None)
    refused = ""
    chosen = {int(key) for key in request.POST.getlist("row") if is_key(key)}
    if form.is_bound and form.is_valid():
        standard = form.cleaned_data["standard"]
        try:
            asked = {"training_class": found, "standard": standard, "rows": chosen}
            return redirect(PAGE, acts.draw_up(**asked, by=request.user).pk)
        except JobRefused as refusal:
            refused = _(refusal.sentence) % refusal.params
    context = class_parts.opening(found, OF_CLASS) | {
        "form": form,
        "refused": refused,
        "people": candidates(found, chosen if form.is_bound else None),
    }
    status = 422 if form.errors or refused else 200
    return render(request, "training/claim_new.html", context, status=status)


def candidates(found: Any, chosen: set[int] | None) -> list[dict[str, Any]]:
    """Everybody of the class, with the share and what the rules say; nobody chosen yet: who may."""
    today, rows = timezone.localdate(), roster_of(found)
    judged = judge_rows(rows, found.county_code, today)
    shares = share_of_rows(rows, found.county_code, today)
    return [
        {
            "row": row,
            "share": share,
            "held": is_held(findings),
            "findings": told_of(findings),
            "chosen": not is_held(findings) and (chosen is None or row.pk in chosen),
        }
        for row, share, findings in zip(rows, shares, judged, strict=True)
    ]


def told_of(findings: list[Finding]) -> list[str]:
    """What the rules say; of whom one holds, only that."""
    holding = [each for each in findings if is_held([each])]
    return [str(each) for each in holding or findings]


def is_key(written: str) -> bool:
    return written.isdecimal() and len(written) < 19


@admits(Permission.SEE_LEDGER)
@require_safe
def claim(request: Request, pk: int) -> HttpResponse:
    found = visible(request.user, pk)
    return render(request, "training/claim.html", context_of(request.user, found))


def visible(user: User, pk: int) -> Claim:
    rows = Claim.objects.visible_to(user).select_related(*RELATED)
    found: Claim = get_object_or_404(rows, pk=pk)
    return found


def context_of(user: User, found: Claim, said: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What the page of a claim shows; `said` explanations that were not taken."""
    lines = list(found.lines.select_related("enrollment__person").order_by("pk"))
    county = found.county_code
    waits = scope_of(user, REVIEW).covers(county) and found.state == Claim.State.PUBLISHED
    may_enter = scope_of(user, ENTER).covers(county)
    is_draft = found.state == Claim.State.DRAFT
    return {
        "claim": found,
        "number": number_of(found),
        "tone": TONES[found.state],
        "facts": facts_of(found, lines),
        "columns": line_columns(),
        "rows": line_rows(lines),
        "totals": totals_of(lines),
        "rules": asked_of(found, said or {}) if is_draft else answered(found),
        "objections": found.objections.select_related("entered_by", "settled_by"),
        "objection_form": ObjectionForm() if found.state == Claim.State.PUBLISHED else None,
        "hindrances": _hindrances(found) if waits else [],
        "may_publish": is_draft and may_enter,
        "may_withdraw": may_enter and found.state in {Claim.State.DRAFT, Claim.State.PUBLISHED},
        "may_object": scope_of(user, Permission.PREPARE_SUBMISSIONS).covers(county),
        "may_decide": waits and found.made_by_id != user.pk,
        "breadcrumb": [
            {"label": _("Claims"), "url": reverse("training:claims")},
            {"label": number_of(found), "url": ""},
        ],
    }


def _hindrances(found: Claim) -> list[str]:
    return [str(each) for each in acts.findings_of(found, timezone.localdate())]


@admits(Permission.SEE_LEDGER)
@require_safe
def notice(request: Request, pk: int) -> FileResponse:
    """The notice of a published claim as PDF, for the village board."""
    found = visible(request.user, pk)
    if found.published_on is None:
        raise Http404
    name = f"{TITLE}{found.training_class.code}-{found.pk}.pdf"
    return download(print_claim_notice(found, by=request.user), name)
