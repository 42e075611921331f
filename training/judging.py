"""Rows of a desk before they are saved: judged as everywhere, written nowhere.

A finding may name a class of another county that a person attended, so judging answers
what checking a number answers. Each citizen number that is new to the hour is written
down and taken from the desk's budget; beyond it nothing is judged, and saving goes on.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import IntegerField, Min, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_noop

from core import audit
from core.models import AuditEntry, User
from core.rules import Finding
from core.sealing import blind_index_many
from talent.identity import judge_id_number, repair_id_number
from talent.imports import ID_NUMBER_FIELD
from training.checking import LIST_CHECKED
from training.edits import by_row, judge_edits, whole_rows
from training.models import TrainingClass
from training.querysets import EnrollmentQuerySet

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("rows judged"),)

JUDGED = "training.rows.judged"
VERBS = (JUDGED, LIST_CHECKED)
SPANS = {"hour": datetime.timedelta(hours=1), "day": datetime.timedelta(days=1)}


@dataclass(frozen=True)
class Judgement:
    """What rules say of rows, by place; or after how many seconds to ask again."""

    findings: Sequence[Sequence[Finding]] = ()
    wait: int = 0


@transaction.atomic
def count_judged(*, county: str, rows: Sequence[Mapping[str, str]], by: User) -> int:
    """Write down the citizen numbers of rows that are about to be judged, as far as they are new
    to the hour; after how many seconds to ask again where the budget is spent, else 0."""
    fresh = _not_seen(rows, by)
    wait = seconds_to_judge(by, len(fresh)) if fresh else 0
    if fresh and not wait:
        audit.record(JUDGED, by=by, region_code=county, changes={"judged": len(fresh)})
        _remember(fresh, by)
    return wait


@transaction.atomic
def judge_for_desk(
    *,
    county: str,
    sent: Sequence[tuple[int | None, Mapping[str, str]]],
    stored: EnrollmentQuerySet,
    attended: TrainingClass | None,
    lines: Sequence[int],
    by: User,
) -> Judgement:
    """Judge rows as they would be saved, within the budget of the hour and the day.

    `sent` and `stored` are as `training.edits.whole_rows` takes them.
    """
    wait = count_judged(county=county, rows=whole_rows(sent, stored, attended), by=by)
    if wait:
        return Judgement(wait=wait)
    _rows, judged = judge_edits(county, sent, stored=stored, attended=attended, lines=lines)
    return Judgement(by_row(judged))


def _not_seen(rows: Sequence[Mapping[str, str]], by: User) -> set[bytes]:
    """Blind indexes of sound citizen numbers that the desk has not had judged within the hour."""
    numbers = {repair_id_number(row.get("id_number", ""))[0] for row in rows}
    sound = [number for number in numbers if not judge_id_number(number)]
    seen: frozenset[bytes] = cache.get(_key(by), frozenset())
    return set(blind_index_many(sound, ID_NUMBER_FIELD)) - seen


def _remember(fresh: set[bytes], by: User) -> None:
    # Kept by each process for itself: what it does not know counts once more, never less.
    seen = cache.get(_key(by), frozenset())
    cache.set(_key(by), seen | fresh, SPANS["hour"].total_seconds())


def _key(user: User) -> str:
    return f"{JUDGED}.{user.pk}"


def seconds_to_judge(user: User, wanted: int) -> int:
    """Until so many numbers may be judged; 0 when the budget allows them."""
    now, waits = timezone.now(), [0.0]
    done = AuditEntry.objects.filter(actor_id=user.pk, verb__in=VERBS)
    amount = Cast(KeyTextTransform("judged", "changes"), IntegerField())
    for name, span in SPANS.items():
        used = done.filter(at__gt=now - span).aggregate(sum=Sum(amount), first=Min("at"))
        if used["first"] and used["sum"] + wanted > settings.ROW_JUDGEMENTS[name]:
            waits.append((used["first"] + span - now).total_seconds())
    return math.ceil(max(waits))
