"""What the gates say of a filing, each finding with its rule's sources and what was said of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core import audit
from core.models import AuditEntry, RuleValue
from core.rules import Finding, RuleBook, registered
from exchange.imports.history import Act
from training import gates
from training.models import ClassFiling


def shown_findings(filing: ClassFiling, findings: list[Finding]) -> list[dict[str, Any]]:
    """One entry a rule, in the gates' order: its findings, its sources, the explanation."""
    values = list(RuleValue.objects.filter(rule__in={found.rule for found in findings}))
    return [
        {
            "rule": registered()[rule],
            "severity": of_rule[0].severity,
            "sentences": [str(found) for found in of_rule],
            "sources": _in_force(filing, [value for value in values if value.rule == rule]),
            "text": gates.explanation_of(filing, rule, of_rule),
        }
        for rule, of_rule in _by_rule(findings).items()
    ]


def _by_rule(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for each in findings:
        found.setdefault(each.rule, []).append(each)
    return found


def _in_force(filing: ClassFiling, values: list[RuleValue]) -> list[RuleValue]:
    """The values of a rule that hold for the class, one a parameter; equal sources once."""
    book, day = RuleBook(values), filing.training_class.start_date
    asked = sorted({(value.rule, value.parameter) for value in values})
    found = [book.row(*each, filing.county_code, day) for each in asked]
    return list({value.citation: value for value in found if value}.values())


def acts_upon(filing: ClassFiling) -> list[Act]:
    """What happened to the filing, as the audit trail tells it."""
    entries = AuditEntry.objects.filter(
        target_type=filing._meta.label_lower,
        target_key=str(filing.pk),
        verb__startswith="training.filing.",
    )
    return [
        Act(each.at, each.actor_name, audit.act_name(each.verb), _facts(each.changes))
        for each in entries.order_by("id")
    ]


def _facts(changes: dict[str, Any]) -> list[dict[str, Any]]:
    rules = registered()
    told = {k: rules[v].name if k == "rule" and v in rules else v for k, v in changes.items()}
    return [{"label": audit.fact_name(key), "value": value} for key, value in told.items()]
