"""The pages of orders: what the clock makes for a level, and when."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import Permission, admits
from core.models import Region
from core.paging import page_of
from exchange.models import ReportOrder, ReportRun
from exchange.order_forms import ChangeForm, OrderForm
from exchange.periods import Period
from exchange.reports import is_made, name_of, orders
from exchange.reports.services import ReportNotPossible
from exchange.views import reports
from exchange.views.jobs import Request, tone_of

HERE = "exchange/orders"
LIST = "exchange:report-order-list"
SHOWN = 12  # runs on the page of an order


@admits(Permission.MAKE_REPORTS)
@require_safe
def order_list(request: Request) -> HttpResponse:
    found = ReportOrder.objects.visible_to(request.user)
    page = page_of(found, request.GET, ["region_code", "id"])
    context = {"page": page, "rows": _described(page.rows)}
    return render(request, f"{HERE}/list.html", context)


@admits(Permission.MAKE_REPORTS)
@require_http_methods(["GET", "HEAD", "POST"])
def order_new(request: Request) -> HttpResponse:
    form = OrderForm(request.POST or None, user=request.user, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        try:
            orders.order_report(by=request.user, **form.asked)
            return redirect(LIST)
        except ReportNotPossible as refusal:
            form.add_error(reports.field_of(form, refusal), _(str(refusal)))
    return render(request, f"{HERE}/new.html", {"form": form}, status=422 if form.errors else 200)


@admits(Permission.MAKE_REPORTS)
@require_http_methods(["GET", "HEAD", "POST"])
def order_change(request: Request, public_id: uuid.UUID) -> HttpResponse:
    """An order with what was made by it; its times can be changed and it can be paused."""
    order = _visible(request, public_id)
    times = {"days_after": order.days_after, "hour": order.hour, "enabled": order.enabled}
    form = ChangeForm(request.POST or None, initial=times)
    if request.method == "POST" and form.is_valid():
        orders.change_order(order, by=request.user, **form.cleaned_data)
        messages.success(request, _("The order is changed."))
        return redirect(LIST)
    runs = ReportRun.objects.visible_to(request.user).filter(order=order)[:SHOWN]
    (row,) = _described([order])
    context = {"form": form, "row": row, "order": order, "runs": list(map(_run, runs))}
    status = 422 if form.errors else 200
    return render(request, f"{HERE}/detail.html", context, status=status)


@admits(Permission.MAKE_REPORTS)
@require_POST
def order_drop(request: Request, public_id: uuid.UUID) -> HttpResponse:
    orders.drop_order(_visible(request, public_id), by=request.user)
    messages.success(request, _("The order is dropped. What was made by it stays."))
    return redirect(LIST)


def _visible(request: Request, public_id: uuid.UUID) -> ReportOrder:
    rows = ReportOrder.objects.visible_to(request.user).select_related("made_by")
    order: ReportOrder = get_object_or_404(rows, public_id=public_id)
    return order


def _described(found: Iterable[ReportOrder]) -> list[dict[str, Any]]:
    """Orders as a list shows them: names, the next period and when it is made."""
    rows = list(found)
    regions = Region.objects.in_bulk({order.region_code for order in rows})
    return [
        {
            "order": order,
            "name": name_of(order.report),
            "is_made": is_made(order),
            "region": regions.get(order.region_code, order.region_code),
            "next": orders.next_of(order),
            "at": orders.due_at(order, orders.next_of(order)),
        }
        for order in rows
    ]


def _run(run: ReportRun) -> dict[str, Any]:
    return {"run": run, "period": Period.parse(run.period), "tone": tone_of(run)}
