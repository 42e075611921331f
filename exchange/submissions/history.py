"""What happened to a month, as the audit trail tells it: who took which step when, and why."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from core import audit
from core.models import AuditEntry
from exchange.imports.history import Act
from exchange.models import Submission

STEPS = Q(verb__startswith="exchange.submission.") | Q(verb__startswith="exchange.return_note.")
# What the page says anyway.
LEFT_OUT = {"month", "number"}


def history_of(submission: Submission) -> list[Act]:
    """All acts upon the month, in their order."""
    entries = AuditEntry.objects.filter(
        STEPS, target_type=submission._meta.label_lower, target_key=str(submission.pk)
    )
    return [
        Act(entry.at, entry.actor_name, audit.act_name(entry.verb), _facts(entry.changes))
        for entry in entries.order_by("id")
    ]


def _facts(changes: dict[str, Any]) -> list[dict[str, Any]]:
    told = {key: value for key, value in changes.items() if key not in LEFT_OUT}
    return [{"label": audit.fact_name(key), "value": value} for key, value in told.items()]
