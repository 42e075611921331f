"""The audit trail: one entry an act, written by the act in its own transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext

from core.models import AuditEntry
from core.request_id import current_request_id

if TYPE_CHECKING:
    from core.models import User


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
    return gettext(" ".join(verb.split(".")[1:]).replace("_", " "))
