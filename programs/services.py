"""Acts upon plans and quotas. No sequence of them leaves the children above the parent.

What is handed down is drawn from the parent by one conditional UPDATE: two who draw at
the same moment queue up at its row, and the second is judged by what the first has
left. Rows are locked from the parent down, which is the order of their keys.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext, gettext_noop

from core import audit
from core.access import Permission, scope_of
from core.models import Region, User
from programs.models import Plan, Program, Quota

# The acts of this module in words, as the audit trail shows them.
ACTS = (
    gettext_noop("quota allotted"),
    gettext_noop("quota adjusted"),
    gettext_noop("quota issued"),
    gettext_noop("plan opened"),
)

NOT_BENEATH = gettext_noop("%(region)s does not lie directly beneath the region that hands down.")
NOT_ENOUGH = gettext_noop(
    "Only %(remainder)s of %(amount)s is left to hand down; %(more)s more is asked for."
)
ALREADY = gettext_noop("%(region)s has a quota from this one already. Change its amount instead.")
HANDED_DOWN = gettext_noop(
    "%(allotted)s has been handed down from this quota already: take that back first, or keep at "
    "least as much."
)
BELOW_ZERO = gettext_noop("A quota cannot be less than 0.")
CHANGED = gettext_noop(
    "Somebody has changed these quotas meanwhile. Look at the new figures and try again."
)
OPEN_ALREADY = gettext_noop("There is a plan of this name for the region already.")
ISSUED_ALREADY = gettext_noop(
    "This plan has a quota for the program already. Change its amount instead."
)


class QuotaTrouble(Exception):
    """An act that the quotas do not allow; str() is the sentence for the user.

    `region_code` is the place it went wrong at, '' where that is plain.
    """

    def __init__(self, sentence: str, *, region_code: str = "", **params: Any) -> None:
        super().__init__(sentence)
        self.sentence, self.params, self.region_code = sentence, params, region_code

    def __str__(self) -> str:
        return gettext(self.sentence) % self.params


def draw(*, quota: Quota, more: int) -> None:
    """Let a quota grow by `more` (or shrink, below 0) out of its parent's remainder.

    The one place where amounts move; runs in the caller's transaction and leaves no
    entry in the audit trail: the acts do. Raises QuotaTrouble and moves nothing.
    """
    with transaction.atomic():
        if quota.parent_id is not None and _draws(quota):
            _draw_from(quota.parent_id, more, quota.region_code)
        kept = Quota.objects.filter(
            pk=quota.pk, amount__gte=-more, allotted__lte=F("amount") + more
        )
        if not kept.update(amount=F("amount") + more, **_touched()):
            quota.refresh_from_db()
            sentence = BELOW_ZERO if quota.amount + more < 0 else HANDED_DOWN
            raise QuotaTrouble(sentence, region_code=quota.region_code, allotted=quota.allotted)


def _draws(quota: Quota) -> bool:
    """A quota listed apart (计划单列) stands beside its parent's; only its own parts draw on it."""
    parent = quota.parent
    return parent is not None and (parent.listed_apart or not quota.listed_apart)


def _draw_from(parent_id: int, more: int, region_code: str) -> None:
    left = Quota.objects.filter(pk=parent_id, allotted__lte=F("amount") - more, allotted__gte=-more)
    if left.update(allotted=F("allotted") + more, **_touched()):
        return
    parent = Quota.objects.get(pk=parent_id)
    raise QuotaTrouble(
        NOT_ENOUGH,
        region_code=region_code,
        remainder=parent.remainder,
        amount=parent.amount,
        more=more,
    )


def _touched() -> dict[str, Any]:
    return {"version": F("version") + 1, "changed_at": Now()}


@transaction.atomic
def allot(
    *,
    parent: Quota,
    region_code: str,
    amount: int,
    document_number: str,
    listed_apart: bool = False,
    by: User | None,
) -> Quota:
    """Hand a part of a quota down to a region directly beneath.

    A quota listed apart draws nothing from the parent; the parts of one that is are
    listed apart too and draw on it. Raises QuotaTrouble; PermissionError where `by`
    (None: at the server) may not allot in the parent's region.
    """
    _entitled(by, parent.region_code)
    _is_beneath(parent.region_code, region_code)
    _not_negative(amount, region_code)
    quota = Quota(
        plan_id=parent.plan_id,
        program_id=parent.program_id,
        region_code=region_code,
        parent=parent,
        amount=amount,
        listed_apart=listed_apart or parent.listed_apart,
        document_number=document_number,
    )
    if _draws(quota):
        _draw_from(parent.pk, amount, region_code)
    _save_new(quota, ALREADY, region=_name_of(region_code))
    _record("allotted", quota, by, {"amount": amount, "listed_apart": quota.listed_apart})
    return quota


@transaction.atomic
def adjust(*, quota: Quota, amount: int, document_number: str, by: User | None) -> Quota:
    """Set a quota to a new amount by a numbered document. Raises as `allot` does.

    A quota below the top is changed by who allots in its parent's region.
    """
    _entitled(by, quota.parent.region_code if quota.parent else quota.region_code)
    _not_negative(amount, quota.region_code)
    # The parent's row first: whoever changes this quota passes there, so its amount holds still.
    keys = [key for key in (quota.parent_id, quota.pk) if key is not None]
    locked = Quota.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    old = {row.pk: row.amount for row in locked}[quota.pk]
    draw(quota=quota, more=amount - old)
    Quota.objects.filter(pk=quota.pk).update(document_number=document_number)
    quota.refresh_from_db()
    _record("adjusted", quota, by, {"from": old, "to": amount})
    return quota


@transaction.atomic
def distribute(
    *,
    parent: Quota,
    amounts: Mapping[str, int],
    document_number: str,
    listed_apart: bool = False,
    version: int | None = None,
    by: User | None,
) -> int:
    """Give the regions beneath the amounts one document names; returns how many changed.

    All or nothing; what shrinks goes first, so that it can be given to another. With a
    `version`, it must still be the parent's.
    """
    _entitled(by, parent.region_code)
    now = Quota.objects.select_for_update(of=("self",)).get(pk=parent.pk)
    if version is not None and version != now.version:
        raise QuotaTrouble(CHANGED)
    apart = listed_apart or parent.listed_apart
    held = {q.region_code: q for q in Quota.objects.filter(parent=now, listed_apart=apart)}
    before = {code: held[code].amount if code in held else None for code in amounts}
    changed = [code for code in amounts if amounts[code] != before[code]]
    for code in sorted(changed, key=lambda c: (amounts[c] - (before[c] or 0), c)):
        if code in held:
            adjust(quota=held[code], amount=amounts[code], document_number=document_number, by=by)
        else:
            allot(
                parent=now,
                region_code=code,
                amount=amounts[code],
                document_number=document_number,
                listed_apart=apart,
                by=by,
            )
    return len(changed)


@transaction.atomic
def open_plan(
    *,
    name: str,
    kind: Plan.Kind,
    region_code: str,
    first_day: datetime.date,
    last_day: datetime.date,
    document_number: str,
    by: User | None,
) -> Plan:
    """Enter a plan's document, without quotas yet. Raises QuotaTrouble for a name in use."""
    _entitled(by, region_code)
    plan = Plan(
        name=name,
        kind=kind,
        region_code=region_code,
        first_day=first_day,
        last_day=last_day,
        document_number=document_number,
    )
    _save_new(plan, OPEN_ALREADY)
    _record("opened", plan, by, {"name": name, "document": document_number})
    return plan


@transaction.atomic
def issue(
    *, plan: Plan, program: Program, amount: int, document_number: str, by: User | None
) -> Quota:
    """Set the top quota of a program under a plan, from which all others are drawn."""
    _entitled(by, plan.region_code)
    _not_negative(amount, plan.region_code)
    quota = Quota(
        plan=plan,
        program=program,
        region_code=plan.region_code,
        amount=amount,
        document_number=document_number,
    )
    _save_new(quota, ISSUED_ALREADY)
    _record("issued", quota, by, {"amount": amount})
    return quota


def _entitled(by: User | None, region_code: str) -> None:
    if by is not None and not scope_of(by, Permission.ALLOT_QUOTAS).covers(region_code):
        raise PermissionError


def _is_beneath(parent_code: str, region_code: str) -> None:
    if not Region.objects.beneath(parent_code).filter(pk=region_code).exists():
        raise QuotaTrouble(NOT_BENEATH, region_code=region_code, region=_name_of(region_code))


def _name_of(region_code: str) -> str:
    name = Region.objects.filter(pk=region_code).values_list("name", flat=True).first()
    return name or region_code


def _not_negative(amount: int, region_code: str) -> None:
    if amount < 0:
        raise QuotaTrouble(BELOW_ZERO, region_code=region_code)


def _save_new(row: Plan | Quota, taken: str, **params: Any) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as trouble:
        if "unique" not in str(trouble):
            raise
        raise QuotaTrouble(taken, region_code=row.region_code, **params) from trouble


def _record(act: str, row: Plan | Quota, by: User | None, changes: dict[str, Any]) -> None:
    noun = "quota" if isinstance(row, Quota) else "plan"
    document = {"document": row.document_number} if isinstance(row, Quota) else {}
    audit.record(
        f"programs.{noun}.{act}",
        by=by,
        target=row,
        region_code=row.region_code,
        changes=changes | document,
    )
