"""What happened to an import, as the audit trail tells it: who did what when, and what came of it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import audit
from core.models import AuditEntry, User
from exchange.models import ImportBatch

COUNTS: dict[str, str | Promise] = {
    "mended": _("Mended rows"),
    "accepted": pgettext_lazy("import", "Accepted"),
    "held": pgettext_lazy("import", "Held back"),
    "written": pgettext_lazy("import", "Written"),
}


@dataclass(frozen=True)
class Act:
    """One act upon an import; `facts` are cells with a label: what came of it."""

    at: datetime.datetime
    who: str
    name: str
    facts: list[dict[str, Any]]


def history_of(batch: ImportBatch) -> list[Act]:
    """All acts upon the import in their order, downloads of its file among them."""
    entries = AuditEntry.objects.filter(
        target_type=batch._meta.label_lower,
        target_key=str(batch.pk),
        verb__startswith="exchange.import.",
    )
    return [
        Act(entry.at, entry.actor_name, audit.act_name(entry.verb), list(_facts(entry.changes)))
        for entry in entries.order_by("id")
    ]


def _facts(changes: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "line" in changes:
        yield {"label": _("Line"), "value": changes["line"]}
    for name, label in COUNTS.items():
        if name in changes:
            yield {"label": label, "value": changes[name], "kind": "number"}
    if "reason" in changes:
        yield {"label": _("Reason"), "value": changes["reason"]}
    gone = changes.get("rows")
    # An entry cannot be changed any more: what it holds otherwise must not cost the page.
    for label, number in gone.items() if isinstance(gone, dict) else ():
        if number:
            name = capfirst(str(apps.get_model(label)._meta.verbose_name_plural))
            yield {"label": name, "value": number, "kind": "number"}


def record(batch: ImportBatch, act: str, *, by: User | None, changes: Mapping[str, object]) -> None:
    """Write an act upon an import into the audit trail, within the caller's transaction."""
    audit.record(
        f"exchange.import.{act}",
        by=by,
        target=batch,
        region_code=batch.region_code,
        changes=dict(changes),
    )
