"""Claims of the subsidy: the list, those of a class, a new one, and one with all that is said of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
from core.rules import Finding, registered
from exchange.jobs import JobRefused
from exchange.views.jobs import Request
from training import claims as acts
from training.claim_forms import ClaimFilters, ObjectionForm, StandardForm
from training.claim_papers import TITLE, print_claim_notice
from training.claiming import is_held, judge_lines, judge_rows, roster_of, share_of_rows
from training.models import Claim, ClaimLine
from training.views import class_parts, tables

PAGE, OF_CLASS = "training:claim", "training:class-claims"
ENTER, REVIEW = Permission.ENTER_LEDGER, Permission.REVIEW_LEDGER
TONES = {
    "draft": "neutral",
    "published": "warning",
    "approved": "success",
    "refused": "danger",
    "withdrawn": "neutral",
}
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


def columns() -> list[dict[str, Any]]:
    return [
        {"key": "claim", "label": _("claim")},
        {"key": "class", "label": _("class")},
        {"key": "occupation", "label": _("occupation and level")},
        {"key": "institution", "label": _("training institution")},
        {"key": "state", "label": _("state")},
        {"key": "people", "label": _("people"), "kind": "number"},
        {"key": "amount", "label": _("amount, yuan"), "kind": "number"},
        {"key": "published", "label": _("published on"), "kind": "date"},
        {"key": "until", "label": _("published until"), "kind": "date"},
        {"key": "made", "label": _("drawn up by")},
    ]


def list_rows(found: Iterable[Any]) -> list[dict[str, Any]]:
    rows = []
    for claim in found:
        taught = claim.training_class
        cells = [
            {"value": number_of(claim), "url": reverse(PAGE, args=[claim.pk])},
            {"value": taught.code, "url": reverse("training:class", args=[taught.pk])},
            {"value": f"{taught.occupation.name} {taught.get_level_display()}".strip()},
            {"value": taught.institution.name},
            {"value": claim.get_state_display(), "tone": TONES[claim.state]},
            {"value": claim.people, "kind": "number"},
            {"value": claim.sum, "kind": "number"},
            {"value": claim.published_on, "kind": "date"},
            {"value": claim.publicity_until, "kind": "date"},
            {"value": claim.made_by},
        ]
        rows.append({"cells": cells})
    return rows


def number_of(claim: Claim) -> str:
    return _("No. %(number)s") % {"number": claim.pk}


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
            "findings": [str(each) for each in findings],
            "chosen": not is_held(findings) and (chosen is None or row.pk in chosen),
        }
        for row, share, findings in zip(rows, shares, judged, strict=True)
    ]


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
        "totals": _totals(lines),
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


def facts_of(found: Claim, lines: list[ClaimLine]) -> list[dict[str, Any]]:
    taught = found.training_class
    url = reverse(OF_CLASS, args=[taught.pk])
    return [
        {"label": _("class"), "value": taught.code, "url": url},
        {"label": _("occupation"), "value": f"{taught.occupation.name}"},
        {"label": _("training institution"), "value": taught.institution.name},
        {"label": _("standard, yuan a head"), "value": found.standard, "kind": "number"},
        {"label": _("people"), "value": len(lines), "kind": "number"},
        {"label": _("amount, yuan"), "value": _sum(lines), "kind": "number"},
        {"label": _("drawn up by"), "value": found.made_by},
        {"label": _("drawn up at"), "value": found.made_at, "kind": "time"},
        {"label": _("published on"), "value": found.published_on, "kind": "date"},
        {"label": _("published until"), "value": found.publicity_until, "kind": "date"},
        {"label": _("decided by"), "value": found.decided_by},
        {"label": _("decided on"), "value": found.decided_on, "kind": "date"},
    ]


def _sum(lines: Iterable[ClaimLine]) -> Any:
    return sum((line.amount for line in lines), start=0)


def line_columns() -> list[dict[str, Any]]:
    return [
        {"key": "name", "label": _("name")},
        {"key": "mask", "label": _("citizen number"), "kind": "code"},
        {"key": "village", "label": _("village")},
        {"key": "employment", "label": _("employment")},
        {"key": "share", "label": _("share"), "kind": "percent"},
        {"key": "amount", "label": _("amount, yuan"), "kind": "number"},
    ]


def line_rows(lines: list[ClaimLine]) -> list[dict[str, Any]]:
    places = tables.place_names(line.enrollment.region_code for line in lines)
    rows = []
    for line in lines:
        row = line.enrollment
        cells = [
            {"value": row.person.name, "url": reverse("training:row", args=[row.pk])},
            {"value": row.person.id_number_mask, "kind": "code"},
            {"value": places[row.region_code]},
            {"value": line.get_employment_display()},
            {"value": line.share * 100, "kind": "percent"},
            {"value": line.amount, "kind": "number"},
        ]
        rows.append({"cells": cells})
    return rows


def _totals(lines: list[ClaimLine]) -> list[dict[str, Any]]:
    blank = {"value": " "}
    return [
        {"value": _("sum")},
        blank,
        blank,
        blank,
        {"value": " ", "kind": "percent"},
        {"value": _sum(lines), "kind": "number"},
    ]


def asked_of(found: Claim, said: Mapping[str, str]) -> list[dict[str, Any]]:
    """What the rules say of a draft, one entry a rule, with what was written of it so far."""
    by_rule: dict[str, list[Finding]] = {}
    for each in judge_lines(found, timezone.localdate()):
        by_rule.setdefault(each.rule, []).append(each)
    return [
        {
            "rule": registered()[rule],
            "severity": findings[0].severity,
            "sentences": [str(each) for each in findings],
            "text": said.get(rule, ""),
        }
        for rule, findings in by_rule.items()
    ]


def answered(found: Claim) -> list[dict[str, Any]]:
    """The rules that asked when the claim was published, with what was said."""
    return [
        {"rule": registered()[rule], "severity": "explain", "sentences": [], "text": text}
        for rule, text in found.explanations.items()
        if rule in registered()
    ]


@admits(Permission.SEE_LEDGER)
@require_safe
def notice(request: Request, pk: int) -> FileResponse:
    """The notice of a published claim as PDF, for the village board."""
    found = visible(request.user, pk)
    if found.published_on is None:
        raise Http404
    name = f"{TITLE}{found.training_class.code}-{found.pk}.pdf"
    return download(print_claim_notice(found, by=request.user), name)
