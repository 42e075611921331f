"""The start page: what an office needs first, and what to do next."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.access import ROLES, Open, Permission, admits, may, scope_of
from core.models import Region, User
from core.navigation import items_for
from exchange.board_figures import Board, all_shown, shown_keys
from exchange.figures import Figure, are_counted, years_with_figures
from exchange.imports.worklist import held_rows_of
from exchange.measures import COUNTY
from exchange.models import ImportBatch
from exchange.panels import panels_of
from exchange.periods import Period
from exchange.regions import asked_region
from exchange.views.boards.page import asked_of, board, tile

LAST_IMPORTS = 5
HOME_FIGURES = 2
TONES = {"waiting": "warning", "failed": "danger", "done": "success", "running": "info"}


@admits(Open.SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """A county's ledger and imports, the figures of a wider region, or a user's next steps."""
    user: User = request.user  # type: ignore[assignment]
    region = asked_region(user, Permission.SEE_FIGURES, request.GET.get("region", ""))
    context: dict[str, Any] = {
        "roles": roles_of(user),
        "regions": region_tabs(user, region),
        "first_panels": panels_of("home-first", user, region=region.code if region else ""),
        "home_panels": panels_of("home", user, region=region.code if region else ""),
    }
    if region is None:
        return render(request, "exchange/home/steps.html", context | {"steps": steps(user)})
    context |= {"region": region, "actions": actions(user), **imports(user, region)}
    if len(region.code) == COUNTY:
        return render(request, "exchange/home/county.html", context | ledger(region))
    figures = board(asked_of(request, region))
    return render(request, "exchange/home/region.html", figures | context)


def roles_of(user: User) -> list[dict[str, Any]]:
    known = [ROLES[grant.role] for grant in user.grants if grant.role in ROLES]
    return [{"name": r.name, "description": r.description} for r in dict.fromkeys(known)]


def steps(user: User) -> list[dict[str, Any]]:
    """The pages a user without figures may open."""
    here = "exchange:home"
    pages = [item for item in items_for(user) if item.url_name != here]
    return [{"label": i.label, "url": reverse(i.url_name), "icon": i.icon} for i in pages]


def region_tabs(user: User, region: Region | None) -> list[dict[str, Any]]:
    """One tab for each region of a user who has several."""
    whole = scope_of(user, Permission.SEE_FIGURES).whole
    if len(whole) < 2 or region is None:
        return []
    return [
        {"label": name, "url": f"?region={code}", "active": code == region.code}
        for code, name in Region.objects.filter(pk__in=whole).values_list("code", "name")
    ]


def actions(user: User) -> list[dict[str, Any]]:
    """What the office does most."""
    doors = [
        (Permission.IMPORT_ROSTERS, "exchange:import-new", _("Bring in a roster"), "upload"),
        (Permission.MAKE_REPORTS, "exchange:report-list", _("Reports"), "file-earmark-spreadsheet"),
    ]
    return [
        {"url": reverse(name), "label": label, "icon": icon, "tone": tone}
        for (permission, name, label, icon), tone in zip(
            doors, ("primary", "outline-secondary"), strict=True
        )
        if may(user, permission)
    ]


def ledger(region: Region) -> dict[str, Any]:
    """A county's figures of this month, this year and the newest year that has any."""
    today = timezone.localdate()
    years = years_with_figures(region.code, shown_keys())
    first, *others = [shown.measure for shown in all_shown()[:HOME_FIGURES]]
    spans = [
        (_("this month"), f"{today:%Y-%m}", [first]),
        (_("this year"), str(today.year), [first, *others]),
    ]
    if years and years[0] != today.year:
        year = years[0]
        spans.append((_("%(year)d") % {"year": year}, str(year), [first, *others]))
    shown = []
    for name, period, measures in spans:
        of = Figure(first, region.code, Period.parse(period))
        board = Board(of, measures)
        shown += [span_tile(name, tile(board, measure)) for measure in measures]
    return {"tiles": shown, "years": years, "is_counted": are_counted(shown_keys())}


def span_tile(name: str, tile: dict[str, Any]) -> dict[str, Any]:
    label = _("%(measure)s, %(span)s") % {"measure": tile["label"], "span": name}
    return {**tile, "label": label, "as_of": tile["as_of"] or timezone.now()}


def imports(user: User, region: Region) -> dict[str, Any]:
    """The newest imports of the region, those that wait for somebody first."""
    if not may(user, Permission.IMPORT_ROSTERS):
        return {"may_import": False}
    mine = ImportBatch.objects.visible_to(user).within(region.code)
    waiting = list(mine.filter(state=ImportBatch.State.WAITING)[:LAST_IMPORTS])
    newest = mine.exclude(state=ImportBatch.State.WAITING)[: LAST_IMPORTS - len(waiting)]
    return {
        "may_import": True,
        "waiting": len(waiting),
        "held_rows": held_rows_of(user),
        "imports": [import_row(batch) for batch in [*waiting, *newest]],
    }


def import_row(batch: ImportBatch) -> dict[str, Any]:
    return {
        "name": batch.original_name,
        "url": reverse("exchange:import-detail", args=[batch.public_id]),
        "state": batch.get_state_display(),
        "tone": TONES.get(batch.state, "neutral"),
        "people": batch.people,
        "held": batch.held,
        "written": batch.written,
        "at": batch.queued_at,
    }
