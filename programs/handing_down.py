"""Handing a quota down by amounts: what a form or a roster says each place shall hold.

A document moves by changes. Whoever says amounts means the difference to what stands, so
the quotas are held still, from the parent down in the order of their keys, until the
document is issued.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from core.models import User
from programs.models import Quota, QuotaDocument
from programs.quota_book import Line, Paper, draw_up, issue, put_lines
from programs.services import QuotaTrouble, entitled

CHANGED = gettext_noop(
    "Somebody has changed these quotas meanwhile. Look at the new figures and try again."
)


def kind_of(changes: Iterable[int]) -> str:
    """Of a document of these changes: one that only gives breaks down, any other adjusts."""
    kinds = QuotaDocument.Kind
    return kinds.BREAK_DOWN if all(change > 0 for change in changes) else kinds.ADJUST


def hold_still(parents: Collection[int]) -> dict[int, Quota]:
    """Quotas and all that is handed down from them, as they stay until the transaction ends."""
    rows = Quota.objects.filter(Q(pk__in=parents) | Q(parent__in=parents)).order_by("pk")
    return {quota.pk: quota for quota in rows.select_for_update(of=("self",), no_key=True)}


@transaction.atomic
def hand_down(
    *,
    parent: Quota,
    amounts: Mapping[str, int],
    paper: Paper,
    listed_apart: bool = False,
    version: int | None = None,
    by: User | None,
) -> QuotaDocument | None:
    """Give regions beneath a quota the amounts that one paper names, by an issued document.

    None when all of them hold that already. With a `version`, it must still be the parent's.
    Raises QuotaTrouble and PermissionError as the acts of the book do.
    """
    entitled(by, parent.region_code)
    held = hold_still([parent.pk])
    if version is not None and version != held[parent.pk].version:
        raise QuotaTrouble(CHANGED)
    apart = listed_apart or parent.listed_apart
    had = {
        q.region_code: q.amount for q in held.values() if q.parent_id and q.listed_apart == apart
    }
    changes = {code: amount - had.get(code, 0) for code, amount in amounts.items()}
    lines = [Line(code, parent.program_id, change, apart) for code, change in changes.items()]
    moved = [change for change in changes.values() if change]
    if not moved:
        return None
    of = {"plan": parent.plan, "region_code": parent.region_code, "kind": kind_of(moved)}
    document = draw_up(**of, paper=paper, by=by)
    put_lines(document=document, lines=lines, version=document.version, by=by)
    return issue(document=document, by=by)
