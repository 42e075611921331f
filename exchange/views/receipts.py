"""Receipts: found by the code on a paper, compared with it, and verified every night."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.access import Open, Permission, admits, may, scope_of
from core.models import Region
from core.paging import page_of
from exchange.amounts import whole_number
from exchange.measures import all_measures
from exchange.models import Receipt, SealFinding, Verification
from exchange.periods import Period
from exchange.querysets import SealFindingQuerySet
from exchange.receipt_forms import PaperForm, ReceiptFilters
from exchange.submissions import codes, qr
from exchange.submissions.papers import check_paper
from exchange.views.jobs import Request

HERE = "exchange/receipts"
SEE = Permission.SEE_FIGURES


@admits(SEE)
@require_safe
def receipt_list(request: Request) -> HttpResponse:
    """Receipts of a region; a code that was typed or scanned leads to its own."""
    typed = request.GET.get("code", "").strip()
    code = codes.read(typed)
    if code and Receipt.objects.visible_to(request.user).filter(code=code).exists():
        return redirect("exchange:receipt", code)
    filters = ReceiptFilters(request.GET, user=request.user)
    page = page_of(filters.rows().select_related("submission"), request.GET, ["-id"])
    context = {
        "typed": typed,
        "trouble": _trouble(typed, code),
        "filters": filters,
        "page": page,
        "rows": _listed(page.rows),
    }
    return render(request, f"{HERE}/list.html", context)


def _trouble(typed: str, code: str | None) -> str:
    if not typed:
        return ""
    if code is None:
        return _("This is no receipt code: one of its 16 characters is wrong. Read it once more.")
    return _("No receipt of your region has this code: the paper was not made from one of them.")


def _listed(receipts: list[Receipt]) -> list[dict[str, Any]]:
    names = Region.objects.in_bulk({receipt.county_code for receipt in receipts})
    return [
        {
            "cells": [
                {
                    "value": codes.shown(receipt.code),
                    "kind": "code",
                    "url": reverse("exchange:receipt", args=[receipt.code]),
                },
                {"value": names.get(receipt.county_code, receipt.county_code)},
                {"value": Period.month_of(receipt.submission.month).name},
                {"value": receipt.get_kind_display()},
                {"value": receipt.round, "kind": "number"},
                {"value": receipt.rows, "kind": "number"},
                {"value": receipt.people, "kind": "number"},
                {"value": receipt.sealed_at, "kind": "time"},
            ]
        }
        for receipt in receipts
    ]


@admits(SEE)
def receipt(request: Request, code: str) -> HttpResponse:
    """What was sealed, whether it still holds, and whether a paper agrees with it."""
    found = _visible(request, code)
    form = PaperForm(request.POST or None)
    verdict = None
    if request.method == "POST" and form.is_valid():
        verdict = check_paper(receipt=found, by=request.user, **form.cleaned_data)
    context = {
        "receipt": found,
        "code": codes.shown(found.code),
        "facts": _facts(found),
        "figures": _figures(found),
        "newer": _newer(found),
        "form": form,
        "verdict": verdict,
        "breadcrumb": [
            {"label": _("Receipts"), "url": reverse("exchange:receipt-list")},
            {"label": codes.shown(found.code)},
        ],
    }
    status = 422 if form.errors else 200
    return render(request, f"{HERE}/detail.html", context, status=status)


@admits(SEE)
@require_safe
def receipt_qr(request: Request, code: str) -> HttpResponse:
    found = _visible(request, code)
    picture = qr.svg_of(qr.matrix_of(qr.address_of(found.code)))
    return HttpResponse(picture, content_type="image/svg+xml")


def _visible(request: Request, typed: str) -> Receipt:
    code = codes.read(typed)
    rows = Receipt.objects.visible_to(request.user).select_related("submission", "sealed_by")
    found: Receipt | None = rows.filter(code=code).first() if code else None
    if found is None:
        raise Http404
    return found


def _newer(found: Receipt) -> dict[str, str] | None:
    """The newest receipt of the same month, when it is not this one."""
    newest = found.submission.receipts.order_by("-seq").first()
    if newest is None or newest.pk == found.pk:
        return None
    address = reverse("exchange:receipt", args=[newest.code])
    return {"code": codes.shown(newest.code), "url": address, "kind": newest.kind}


def _facts(found: Receipt) -> list[dict[str, Any]]:
    county = Region.objects.filter(pk=found.county_code).first()
    return [
        {"label": _("County"), "value": county or found.county_code},
        {"label": _("Month"), "value": Period.month_of(found.submission.month).name},
        {"label": _("State of the month"), "value": found.submission.get_state_display()},
        {"label": _("What was sealed"), "value": found.get_kind_display()},
        {"label": _("Submitted for the time"), "value": found.round, "kind": "number"},
        {"label": _("Rows"), "value": found.rows, "kind": "number"},
        {"label": _("Number of people"), "value": found.people, "kind": "number"},
        {"label": _("Number in the county's chain"), "value": found.seq, "kind": "number"},
        {"label": _("Sealed by"), "value": found.sealed_by},
        {"label": _("Sealed at"), "value": found.sealed_at, "kind": "time"},
    ]


def _figures(found: Receipt) -> list[dict[str, Any]]:
    """The sealed figures in words; a measure that no longer exists keeps its key."""
    measures = {measure.key: measure for measure in all_measures()}
    rows = []
    for key, program, category, amount in found.figures:
        measure = measures.get(key)
        programs = measure.programs() if measure else {}
        categories = measure.categories() if measure else {}
        values = (
            measure.label if measure else key,
            programs.get(program, program),
            categories.get(category, category),
        )
        cells = [{"value": value} for value in values]
        rows.append({"cells": [*cells, {"value": whole_number(Decimal(amount)), "kind": "number"}]})
    return rows


@admits(Open.SIGNED_IN)
@require_safe
def receipt_verification(request: Request) -> HttpResponse:
    """What the last verification found: to auditors how much of what, to offices which rows."""
    user = request.user
    if not (may(user, SEE) or may(user, Permission.READ_AUDIT)):
        raise PermissionDenied
    last = Verification.objects.filter(finished_at__isnull=False).first()
    faults = SealFinding.objects.filter(verification=last)
    seen = faults.visible_to(user, SEE) | faults.visible_to(user, Permission.READ_AUDIT)
    page = page_of(faults.visible_to(user, SEE), request.GET, ["id"])
    context = {
        "last": last,
        "counts": _counts(seen),
        "of_file": faults.filter(county_code="") if _reads_file(request) else [],
        "may_see_rows": may(user, SEE),
        "page": page,
        "rows": [_fault_row(fault) for fault in page.rows],
    }
    return render(request, f"{HERE}/verification.html", context)


def _reads_file(request: Request) -> bool:
    """The anchor file is every county's: its faults are told to provinces and auditors."""
    is_province = any(len(code) == 2 for code in scope_of(request.user, SEE).whole)
    return is_province or may(request.user, Permission.READ_AUDIT)


def _counts(faults: SealFindingQuerySet) -> list[dict[str, Any]]:
    found = faults.order_by().values("county_code", "kind").annotate(count=Count("pk"))
    names = Region.objects.in_bulk({each["county_code"] for each in found})
    kinds = dict(SealFinding.Kind.choices)
    return [
        {
            "cells": [
                {"value": names.get(each["county_code"], each["county_code"])},
                {"value": kinds[each["kind"]], "tone": "danger"},
                {"value": each["count"], "kind": "number"},
            ]
        }
        for each in found.order_by("county_code", "kind")
    ]


def _fault_row(fault: SealFinding) -> dict[str, Any]:
    month = Period.month_of(fault.month).name if fault.month else ""
    return {
        "cells": [
            {"value": fault.get_kind_display(), "tone": "danger"},
            {"value": month},
            {"value": str(fault)},
        ]
    }
