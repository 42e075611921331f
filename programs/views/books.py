"""The book of one quota: every document that moved it, with the balance after each."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.access import Permission, admits
from core.models import Region, User
from exchange.lists import place_names
from programs.balancing import book_of
from programs.models import Quota
from programs.views.quotas import quota_facts


@admits(Permission.SEE_FIGURES)
@require_safe
def book(request: HttpRequest, pk: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    seen = Quota.objects.visible_to(user).select_related("plan", "program", "phase_quota__plan")
    quota = get_object_or_404(seen, pk=pk)
    context = {
        "quota": quota,
        "place": Region.objects.get(pk=quota.region_code).name,
        "facts": _facts(quota),
        "entries": book_of(quota),
        "children": _children(quota),
        "years": quota.years.select_related("plan").order_by("plan__first_day"),
        "breadcrumb": [
            {
                "label": _("Quotas"),
                "url": f"{reverse('programs:quotas')}"
                f"?region={quota.region_code}&plan={quota.plan_id}",
            },
            {"label": quota.program.name, "url": ""},
        ],
    }
    return render(request, "programs/book/quota.html", context)


def _facts(quota: Quota) -> list[dict[str, Any]]:
    facts = quota_facts(quota)
    if quota.plan.kind == quota.plan.Kind.PHASE:
        left = quota.amount - quota.scheduled
        facts += [
            {"label": _("held by the years"), "value": quota.scheduled, "kind": "number"},
            {"label": _("left for further years"), "value": left, "kind": "number"},
        ]
    if quota.phase_quota:
        url = reverse("programs:quota", args=[quota.phase_quota_id])
        facts += [{"label": _("phase"), "value": quota.phase_quota.plan.name, "url": url}]
    return facts


def _children(quota: Quota) -> list[dict[str, Any]]:
    rows = list(quota.children.order_by("region_code", "listed_apart"))
    names = place_names(row.region_code for row in rows)
    return [{"quota": row, "place": names.get(row.region_code, row.region_code)} for row in rows]
