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
from exchange.figures import Figures, Row, Slice, years_with_figures
from exchange.imports.worklist import held_rows_of
from exchange.measures import additive
from exchange.models import ImportBatch
from exchange.panels import panels_of
from exchange.regions import asked_region
from exchange.views.figures import COUNTY, board

LAST_IMPORTS = 5
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
    figures = board(request, region)
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
    years = years_with_figures(region.code)
    spans = [
        (_("this month"), Slice(region, today.year, today.month)),
        (_("this year"), Slice(region, today.year)),
    ]
    if years and years[0] != today.year:
        spans.append((_("%(year)d") % {"year": years[0]}, Slice(region, years[0])))
    wholes = [(name, Figures(of), Figures(of).whole()) for name, of in spans]
    shown = [tile for found in wholes for tile in span_tiles(*found)]
    return {"tiles": [shown[0], *shown[len(additive()) :]], "years": years}


def span_tiles(name: str, found: Figures, whole: Row) -> list[dict[str, Any]]:
    return [
        {
            "label": _("%(measure)s, %(span)s") % {"measure": measure.label, "span": name},
            "value": amount,
            "unit": measure.unit,
            "as_of": whole.as_of or timezone.now(),
            "definition": measure.definition,
            "url": found.slice.rows_url(measure) if amount else "",
        }
        for measure, amount in zip(found.measures, whole.amounts, strict=True)
    ]


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
