"""The inbox: what the portal tells a user, the newest first."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.access import Open, admits
from core.models import Region
from core.paging import page_of
from exchange.models import Notice
from exchange.notices import mark_read
from exchange.views.jobs import Request

LIST = "exchange:notice-list"


@admits(Open.SIGNED_IN)
@require_safe
def notice_list(request: Request) -> HttpResponse:
    mine = Notice.objects.visible_to(request.user)
    only_unread = request.GET.get("unread") == "1"
    page = page_of(mine.unread() if only_unread else mine, request.GET, ["-id"])
    names = dict(
        Region.objects.filter(pk__in={n.region_code for n in page.rows}).values_list("code", "name")
    )
    unread = mine.unread().count()
    context = {
        "page": page,
        "rows": [{"notice": n, "region": names.get(n.region_code, "")} for n in page.rows],
        "only_unread": only_unread,
        "tabs": _tabs(only_unread, unread),
        "actions": [_all_read()] if unread else [],
    }
    return render(request, "exchange/notices/list.html", context)


def _tabs(only_unread: bool, unread: int) -> list[dict[str, Any]]:
    address = reverse(LIST)
    return [
        {"label": _("All notices"), "url": address, "active": not only_unread},
        {
            "label": _("Unread"),
            "url": f"{address}?unread=1",
            "active": only_unread,
            "count": unread,
        },
    ]


def _all_read() -> dict[str, Any]:
    return {
        "label": _("Mark all as read"),
        "url": reverse("exchange:notice-read"),
        "post": True,
        "icon": "check-lg",
    }


@admits(Open.SIGNED_IN)
@require_POST
def notice_read(request: Request) -> HttpResponse:
    """Mark all as read; or one, and go where it is dealt with."""
    asked = request.POST.get("notice", "")
    if not asked:
        mark_read(by=request.user)
        return redirect(LIST)
    mine = Notice.objects.visible_to(request.user)
    notice: Notice = get_object_or_404(mine, pk=int(asked) if asked.isdecimal() else 0)
    mark_read(by=request.user, only=[notice.pk])
    return redirect(notice.url or LIST)
