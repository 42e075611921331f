"""Claims in the words and figures of their pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.rules import Finding, registered
from training.claiming import judge_lines
from training.models import Claim, ClaimLine
from training.views import tables

PAGE, OF_CLASS = "training:claim", "training:class-claims"
TONES = {
    "draft": "neutral",
    "published": "warning",
    "approved": "success",
    "refused": "danger",
    "withdrawn": "neutral",
}


def columns() -> list[dict[str, Any]]:
    return [
        {"key": "claim", "label": _("claim")},
        {"key": "class", "label": _("class")},
        {"key": "occupation", "label": _("occupation and level")},
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


def totals_of(lines: list[ClaimLine]) -> list[dict[str, Any]]:
    blank = {"value": " "}
    return [
        {"value": _("sum")},
        blank,
        blank,
        blank,
        blank,
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
