"""The demo's roll calls: the last classes of 环县, marked day by day as their school would."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping

from core.models import User
from training.demo.rosters import HUANXIAN
from training.edits import Edit
from training.marks import SIGNS, Mark, days_of
from training.models import RollCall, TrainingClass
from training.roll_calls import active_rows, save_roll_calls

CLASSES = 2
# Of a hundred days of a person so many are marked so.
SHARES = {Mark.PRESENT: 93, Mark.LEAVE: 4, Mark.ABSENT: 3}


def call_rolls(users: Mapping[str, User]) -> int:
    """Mark the county's last classes with rows, unless some roll was called; returns how many."""
    if RollCall.objects.filter(county_code=HUANXIAN.code).exists():
        return 0
    held = TrainingClass.objects.filter(county_code=HUANXIAN.code, enrollments__state="active")
    last = list(held.distinct().order_by("-start_date", "-id")[:CLASSES])
    for attended in last:
        save_roll_calls(attended=attended, rows=_marked(attended), by=users["huanxian"])
    return len(last)


def _marked(attended: TrainingClass) -> list[Edit]:
    chance = random.Random(f"roll-{attended.code}")  # noqa: S311 -- seeded on purpose
    days = [day.isoformat() for day in days_of(attended)]
    signs, weights = [SIGNS[mark] for mark in SHARES], list(SHARES.values())
    return [
        Edit(
            client=uuid.uuid4(),
            op=uuid.uuid4(),
            cells=dict(zip(days, chance.choices(signs, weights, k=len(days)), strict=True)),
            key=row.pk,
        )
        for row in active_rows(attended)
    ]
