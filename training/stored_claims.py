"""Approved subsidies and follow-ups as the rules judge them: those of a month, as they are stored."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from core.rules import Batch, RuleBook, judge
from exchange.periods import Period
from training.claiming import last_asked
from training.models import ClaimLine, FollowUp
from training.rules.claims import AT_WORK, EMPLOYMENT_RULE, SUBSIDY_FOLLOWS_EMPLOYMENT
from training.stored_facts import Found


def judge_claims(county: str, month: datetime.date) -> Found:
    """The key of a line approved in the month, and what rules say of its share."""
    period = Period.month_of(month)
    lines = list(_approved(county).filter(approved_on__range=(period.first_day, period.last_day)))
    asked = _asked(county, lines, period.last_day)
    batch = _batch(county, lines, asked)
    for finding in judge(batch, [SUBSIDY_FOLLOWS_EMPLOYMENT]):
        yield lines[finding.row].pk, finding


def judge_follow_ups(county: str, month: datetime.date) -> Found:
    """The key of a follow-up of the month that found no work where the full share was granted before."""
    period = Period.month_of(month)
    made = FollowUp.objects.filter(
        county_code=county, visited_on__range=(period.first_day, period.last_day)
    ).exclude(employment__in=AT_WORK)
    rows = made.values("enrollment")
    earlier = _approved(county).filter(enrollment__in=rows, approved_on__lt=period.first_day)
    lines, keys = list(earlier), set(made.values_list("pk", flat=True))
    asked = [
        found if found and found.pk in keys else None
        for found in _asked(county, lines, period.last_day)
    ]
    batch = _batch(county, lines, asked)
    for finding in judge(batch, [SUBSIDY_FOLLOWS_EMPLOYMENT]):
        if found := asked[finding.row]:
            yield found.pk, finding


def _approved(county: str) -> Any:
    lines = ClaimLine.objects.filter(county_code=county, approved_on__isnull=False)
    return lines.select_related("enrollment__person").order_by("pk")


def _asked(county: str, lines: Sequence[ClaimLine], until: datetime.date) -> list[FollowUp | None]:
    """For each line the last follow-up up to a day that lies within the months of the rule."""
    months = RuleBook.load().value(EMPLOYMENT_RULE, "months", county, until)
    if months is None:
        return [None] * len(lines)
    found = last_asked([line.enrollment for line in lines], months, until)
    return [found.get(line.enrollment_id) for line in lines]


def _batch(county: str, lines: Sequence[ClaimLine], asked: Sequence[FollowUp | None]) -> Batch:
    columns: dict[str, list[Any]] = {
        "name": [line.enrollment.person.name for line in lines],
        "share": [line.share for line in lines],
        "asked": [found.employment if found else None for found in asked],
        "day": [line.approved_on for line in lines],
    }
    return Batch(len(lines), county, columns)
