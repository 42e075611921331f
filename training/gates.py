"""What the gates say of a class's filing, and what of it still keeps the class from being filed."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop

from core.rules import Batch, Finding, RuleBook, Severity, judge
from exchange.jobs import JobRefused
from exchange.submissions.digests import sm3
from training.models import ClassFiling, LicensedScope
from training.rules.gates import GATES

State = ClassFiling.State
# The states in which a filing stands as it was filed; in the others it is open to changes.
CLOSED = frozenset({State.FILED, State.APPROVED})
SCOPE = ("occupation__name", "level", "valid_from", "valid_to")
UNEXPLAINED = gettext_noop(
    "%(number)s findings want an explanation. Explain them below, or change the filing."
)


def batch_of(filing: ClassFiling, today: datetime.date) -> Batch:
    """The filing and its class as a batch of one row; unfiled it counts as filed today."""
    taught = filing.training_class
    lessons = list(taught.lessons.select_related("teacher"))
    filed = filing.filed_at if filing.state in CLOSED else None
    row = {
        "line": 1,
        "class_code": taught.code,
        "institution": taught.institution.name,
        "occupation": taught.occupation.name,
        "level": taught.level,
        "start_date": taught.start_date,
        "end_date": taught.end_date,
        "hours": filing.hours,
        "hours_theory": filing.hours_theory,
        "hours_practice": filing.hours_practice,
        "planned_size": filing.planned_size,
        "filed_on": timezone.localdate(filed) if filed else today,
        "assessor": filing.assessor,
        "teachers": tuple(sorted({each.teacher.name for each in lessons if each.teacher})),
        "lessons": [(each.date, each.hours, each.is_practice) for each in lessons],
        "licence_until": taught.institution.licence_until,
        "scopes": _scopes(taught.institution_id),
    }
    return Batch(1, filing.county_code, {name: [value] for name, value in row.items()})


def _scopes(institution: int) -> list[tuple[Any, ...]]:
    on_file = LicensedScope.objects.filter(institution=institution)
    return list(on_file.order_by("pk").values_list(*SCOPE))


def findings_of(filing: ClassFiling, today: datetime.date) -> list[Finding]:
    """All findings of the gates, in their order."""
    return judge(batch_of(filing, today), GATES, RuleBook.load())


def facts_of(findings: Iterable[Finding]) -> str:
    """What was found, as an explanation remembers it: what is found otherwise is explained anew."""
    told = sorted((found.sentence, found.params) for found in findings)
    return sm3(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hex()


def explanation_of(filing: ClassFiling, rule: str, findings: Iterable[Finding]) -> str:
    """What was said of a rule's findings as they are; '' when it was said of others."""
    said: Mapping[str, str] = filing.explanations.get(rule, {})
    of_rule = [found for found in findings if found.rule == rule]
    return said["text"] if said.get("facts") == facts_of(of_rule) else ""


def hindrance(filing: ClassFiling, findings: list[Finding]) -> JobRefused | None:
    """Why the class cannot be filed, None for nothing: a gate refuses, or asks and has no answer."""
    for found in findings:
        if found.severity == Severity.BLOCK:
            return JobRefused(found.sentence, **found.params)
    rules = {found.rule for found in findings}
    missing = [rule for rule in rules if not explanation_of(filing, rule, findings)]
    return JobRefused(UNEXPLAINED, number=len(missing)) if missing else None
