"""The audit trail: one entry an act, written by the act in its own transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy

from core.models import AuditEntry
from core.request_id import current_request_id

if TYPE_CHECKING:
    from core.models import User

# What the facts of an act are called, whichever app writes them.
FACTS: dict[str, str | Promise] = {
    "accepted": pgettext_lazy("audit entry", "accepted"),
    "added": pgettext_lazy("audit entry", "added"),
    "agrees": pgettext_lazy("audit entry", "agrees with the seal"),
    "amount": pgettext_lazy("audit entry", "amount"),
    "answer": pgettext_lazy("audit entry", "answer"),
    "asked": pgettext_lazy("audit entry", "people asked"),
    "breadth": pgettext_lazy("audit entry", "whose"),
    "by_clock": pgettext_lazy("audit entry", "on schedule"),
    "categories": pgettext_lazy("audit entry", "new categories"),
    "cell": pgettext_lazy("audit entry", "cell"),
    "cells": pgettext_lazy("audit entry", "cells"),
    "changed": pgettext_lazy("audit entry", "changed"),
    "columns": pgettext_lazy("audit entry", "columns"),
    "counties": pgettext_lazy("audit entry", "counties"),
    "day": pgettext_lazy("audit entry", "day"),
    "days_after": pgettext_lazy("audit entry", "days after the period"),
    "differences": pgettext_lazy("audit entry", "differences"),
    "digest": pgettext_lazy("audit entry", "digest of the people"),
    "document": pgettext_lazy("audit entry", "document number"),
    "edition": pgettext_lazy("audit entry", "edition"),
    "failed": pgettext_lazy("audit entry", "failed"),
    "faults": pgettext_lazy("audit entry", "faults found"),
    "field": pgettext_lazy("audit entry", "shown"),
    "findings": pgettext_lazy("audit entry", "findings"),
    "first": pgettext_lazy("audit entry", "first differences"),
    "format": pgettext_lazy("audit entry", "format"),
    "from": pgettext_lazy("audit entry", "from"),
    "held": pgettext_lazy("audit entry", "held back"),
    "hour": pgettext_lazy("audit entry", "hour"),
    "judged": pgettext_lazy("audit entry", "citizen numbers judged"),
    "kind": pgettext_lazy("audit entry", "kind"),
    "left_out": pgettext_lazy("audit entry", "left out"),
    "line": pgettext_lazy("audit entry", "line"),
    "listed": pgettext_lazy("audit entry", "listed"),
    "listed_apart": pgettext_lazy("audit entry", "listed apart"),
    "locked": pgettext_lazy("audit entry", "locked"),
    "mask": pgettext_lazy("audit entry", "number"),
    "measure": pgettext_lazy("audit entry", "measure"),
    "memberships_added": pgettext_lazy("audit entry", "memberships added"),
    "mended": pgettext_lazy("audit entry", "mended rows"),
    "month": pgettext_lazy("audit entry", "month"),
    "name": pgettext_lazy("audit entry", "name"),
    "narrowed_to": pgettext_lazy("audit entry", "narrowed to"),
    "new": pgettext_lazy("audit entry", "new"),
    "number": pgettext_lazy("audit entry", "number"),
    "numbers": pgettext_lazy("audit entry", "personal numbers in full"),
    "office": pgettext_lazy("audit entry", "office"),
    "often": pgettext_lazy("audit entry", "how often"),
    "people": pgettext_lazy("audit entry", "people"),
    "period": pgettext_lazy("audit entry", "period"),
    "program": pgettext_lazy("audit entry", "program"),
    "provinces": pgettext_lazy("audit entry", "provinces"),
    "reason": pgettext_lazy("audit entry", "reason"),
    "receipts": pgettext_lazy("audit entry", "receipts"),
    "registered": pgettext_lazy("audit entry", "newly registered"),
    "relations": pgettext_lazy("audit entry", "household members changed"),
    "removed": pgettext_lazy("audit entry", "removed"),
    "report": pgettext_lazy("audit entry", "report"),
    "role": pgettext_lazy("audit entry", "role"),
    "round": pgettext_lazy("audit entry", "times submitted"),
    "rows": pgettext_lazy("audit entry", "rows"),
    "rule": pgettext_lazy("audit entry", "rule"),
    "rungs": pgettext_lazy("audit entry", "reminders by step"),
    "running": pgettext_lazy("audit entry", "running"),
    "seen": pgettext_lazy("audit entry", "people present"),
    "sent": pgettext_lazy("audit entry", "sent"),
    "set": pgettext_lazy("audit entry", "filled in"),
    "sha256": "SHA-256",
    "sheet": pgettext_lazy("audit entry", "sheet"),
    "tables": pgettext_lazy("audit entry", "tables"),
    "to": pgettext_lazy("audit entry", "to"),
    "undecided_days": pgettext_lazy("audit entry", "days undecided"),
    "until": pgettext_lazy("audit entry", "until"),
    "username": pgettext_lazy("audit entry", "user name"),
    "version": pgettext_lazy("audit entry", "version of the declaration"),
    "withdrawn": pgettext_lazy("audit entry", "withdrawn"),
    "written": pgettext_lazy("audit entry", "written"),
}


def record(
    verb: str,
    *,
    by: User | None,
    target: models.Model | None = None,
    region_code: str = "",
    changes: dict[str, Any] | None = None,
    succeeded: bool = True,
) -> AuditEntry:
    """Write down an act.

    `verb` reads app.noun.past-participle ('training.enrollment.withdrawn');
    `by` is None for the clock; `changes` is JSON without personal numbers: for
    an act over many rows it gives counts, not rows.
    """
    return AuditEntry.objects.create(
        actor_id=by.pk if by else None,
        actor_name=str(by) if by else "",
        verb=verb,
        target_type=target._meta.label_lower if target else "",
        target_key=str(target.pk) if target else "",
        region_code=region_code,
        changes=changes or {},
        request_id=current_request_id(),
        succeeded=succeeded,
    )


def act_name(verb: str) -> str:
    """The verb in the reader's words: 'core.account.opened' is 'account opened', translated."""
    words = " ".join(verb.split(".")[1:])
    return gettext(words.replace("_", " "))


def fact_name(key: str) -> str:
    """What a fact of an act is called; entries cannot be changed, so any key has some name."""
    return str(FACTS.get(key.replace(" ", "_"), key.replace("_", " ")))
