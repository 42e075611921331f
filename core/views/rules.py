"""What everybody who sees figures may look up: the rules, their values, the policy areas."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.access import Permission, admits
from core.forms import CountyFilters, PolicyAreaFilters, RuleFilters
from core.models import PolicyArea, PolicyAreaCounty, Region, RuleValue
from core.paging import page_of
from core.policy_areas import shipped_areas
from core.rules import Rule, Severity, registered
from core.views.shared import crumbs


@admits(Permission.SEE_FIGURES)
@require_safe
def rule_list(request: HttpRequest) -> HttpResponse:
    filters = RuleFilters(request.GET)
    values = _values_by_rule()
    rows = [
        {"rule": rule, "severity": rule.severity.value, "values": values.get(rule.key, [])}
        for rule in _in_order(registered())
    ]
    context = {
        "tabs": _tabs("rules"),
        "filters": filters,
        "columns": [
            {"key": "severity", "label": _("Severity")},
            {"key": "rule", "label": _("What must hold")},
            {"key": "citation", "label": _("Source")},
            {"key": "values", "label": _("Values")},
        ],
        "rows": [row for row in rows if _fits(row, filters.chosen)],
    }
    return render(request, "core/rule_list.html", context)


def _in_order(rules: dict[str, Rule]) -> list[Rule]:
    """The mandatory ones first, then by app and key."""
    severities = list(Severity)
    return sorted(rules.values(), key=lambda rule: (severities.index(rule.severity), rule.key))


def _fits(row: dict[str, Any], chosen: dict[str, Any]) -> bool:
    rule: Rule = row["rule"]
    part = chosen.get("q", "").strip().lower()
    return (
        part in f"{rule.name} {rule.key} {rule.citation}".lower()
        and chosen.get("severity", row["severity"]) == row["severity"]
        and ("checking" not in chosen or any(v["value"].needs_checking for v in row["values"]))
    )


def _values_by_rule() -> dict[str, list[dict[str, Any]]]:
    values = list(RuleValue.objects.all())
    names = Region.objects.in_bulk({value.region_code for value in values})
    found: dict[str, list[dict[str, Any]]] = {}
    for value in values:
        region = names.get(value.region_code)
        row = {
            "value": value,
            "parameter": _(value.parameter.replace("_", " ")),
            "region": region.name if region else value.region_code or _("the whole country"),
        }
        found.setdefault(value.rule, []).append(row)
    return found


def _tabs(active: str) -> list[dict[str, Any]]:
    labels = {
        "rules": (_("Rules"), "core:rule-list"),
        "areas": (_("Policy areas"), "core:policy-area-list"),
    }
    return [
        {"label": label, "url": reverse(url_name), "active": key == active}
        for key, (label, url_name) in labels.items()
    ]


@admits(Permission.SEE_FIGURES)
@require_safe
def policy_area_list(request: HttpRequest) -> HttpResponse:
    filters = PolicyAreaFilters(request.GET)
    chosen = filters.chosen
    areas = PolicyArea.objects.annotate(listed=Count("memberships__county", distinct=True))
    if "q" in chosen:
        areas = areas.filter(name__icontains=chosen["q"].strip())
    if "kind" in chosen:
        areas = areas.filter(kind=chosen["kind"])
    context = {
        "tabs": _tabs("areas"),
        "filters": filters,
        "columns": [
            {"key": "name", "label": _("Policy area")},
            {"key": "kind", "label": _("Kind")},
            {"key": "listed", "label": _("Counties listed"), "kind": "number"},
            {"key": "stated", "label": _("Counties stated"), "kind": "number"},
            {"key": "valid", "label": _("In force"), "kind": "date"},
        ],
        "rows": [_completed(area) for area in areas],
    }
    return render(request, "core/policy_area_list.html", context)


@admits(Permission.SEE_FIGURES)
@require_safe
def policy_area(request: HttpRequest, key: str) -> HttpResponse:
    areas = PolicyArea.objects.annotate(listed=Count("memberships__county", distinct=True))
    area = _completed(get_object_or_404(areas, key=key))
    filters = CountyFilters(request.GET)
    members = PolicyAreaCounty.objects.filter(area=area).select_related("county__parent__parent")
    page = page_of(_named(members, filters.chosen), request.GET, ["county_id", "id"])
    context = {
        "area": area,
        "page": page,
        "filters": filters,
        "columns": [
            {"key": "code", "label": _("Code"), "kind": "code"},
            {"key": "county", "label": _("County")},
            {"key": "prefecture", "label": _("Prefecture")},
            {"key": "province", "label": _("Province")},
            {"key": "source", "label": _("Source")},
        ],
        "rows": [_member_row(member) for member in page.rows],
        "breadcrumb": crumbs("core:policy-area-list", _("Policy areas"), area.name),
    }
    return render(request, "core/policy_area.html", context)


def _named(
    members: QuerySet[PolicyAreaCounty], chosen: dict[str, Any]
) -> QuerySet[PolicyAreaCounty]:
    return members.filter(county__name__icontains=chosen["q"].strip()) if "q" in chosen else members


def _completed(area: PolicyArea) -> PolicyArea:
    """With the number of counties commonly stated, which may exceed those whose names were found."""
    shipped = shipped_areas().get(area.key)
    area.stated = shipped.stated_counties if shipped else None  # type: ignore[attr-defined]
    area.partly_listed = bool(shipped and area.listed < shipped.stated_counties)  # type: ignore[attr-defined]
    return area


def _member_row(member: PolicyAreaCounty) -> dict[str, Any]:
    county = member.county
    prefecture = county.parent
    province = prefecture.parent if prefecture else None
    return {
        "cells": [
            {"value": county.pk, "kind": "code"},
            {"value": county.name},
            {"value": prefecture and prefecture.name},
            {"value": province and province.name},
            {"value": member.source},
        ]
    }
