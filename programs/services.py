"""Acts upon plans. What moves the quotas under them is in `programs.quota_book`."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext, gettext_noop

from core import audit
from core.access import Permission, scope_of
from core.models import User
from programs.models import Plan

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("plan opened"),)

OPEN_ALREADY = gettext_noop("There is a plan of this name for the region already.")
NOT_A_PHASE = gettext_noop(
    "A year lies under a phase of the same region whose days hold all of its days."
)


class QuotaTrouble(Exception):
    """An act that the quotas do not allow; str() is the sentence for the user.

    `region_code` and `program` are where it went wrong, '' where that is plain.
    """

    def __init__(
        self, sentence: str, *, region_code: str = "", program: str = "", **params: Any
    ) -> None:
        super().__init__(sentence)
        self.sentence, self.params = sentence, params
        self.region_code, self.program = region_code, program

    def __str__(self) -> str:
        return gettext(self.sentence) % self.params


def entitled(by: User | None, region_code: str) -> None:
    """Raise PermissionError where somebody may not allot; None is the server itself."""
    if by is not None and not scope_of(by, Permission.ALLOT_QUOTAS).covers(region_code):
        raise PermissionError


@transaction.atomic
def open_plan(
    *,
    name: str,
    kind: Plan.Kind,
    region_code: str,
    first_day: datetime.date,
    last_day: datetime.date,
    document_number: str,
    phase: Plan | None = None,
    by: User | None,
) -> Plan:
    """Enter a plan, without quotas yet; a year's may lie under a `phase`.

    Raises QuotaTrouble for a name in use and for a phase that does not hold the year.
    """
    entitled(by, region_code)
    if phase and not _holds(phase, kind, region_code, first_day, last_day):
        raise QuotaTrouble(NOT_A_PHASE)
    plan = Plan(
        name=name,
        kind=kind,
        phase=phase,
        region_code=region_code,
        first_day=first_day,
        last_day=last_day,
        document_number=document_number,
    )
    try:
        with transaction.atomic():
            plan.save(force_insert=True)
    except IntegrityError as trouble:
        if "plan_name_once_a_region" not in str(trouble):
            raise
        raise QuotaTrouble(OPEN_ALREADY) from trouble
    facts = {"name": name, "document": document_number}
    audit.record("programs.plan.opened", by=by, target=plan, region_code=region_code, changes=facts)
    return plan


def _holds(
    phase: Plan, kind: str, region_code: str, first_day: datetime.date, last_day: datetime.date
) -> bool:
    return (
        (phase.kind, kind) == (Plan.Kind.PHASE, Plan.Kind.YEAR)
        and phase.region_code == region_code
        and phase.first_day <= first_day
        and last_day <= phase.last_day
    )
