"""Claims of the subsidy at each step of their way, made by the services."""

import datetime
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from core.models import Holiday, User
from tests.factories import a_class, a_person, enrolled, settled
from tests.factories.facts import a_certificate, a_roll
from training import claims
from training.models import Claim, Enrollment
from training.outcomes import copy_outcomes

EXAM = datetime.date(2019, 7, 10)
MADE = datetime.date(2019, 7, 15)
# Five working days after a Monday.
UNTIL = datetime.date(2019, 7, 22)
APPROVED = datetime.date(2019, 7, 23)
WHY = "鉴定机构出具成绩较晚，已向主管部门书面说明"
EVERY_RULE = dict.fromkeys(
    ("training.claim_is_made_in_time", "training.subsidy_follows_employment"), WHY
)


def on(monkeypatch: pytest.MonkeyPatch, day: datetime.date) -> None:
    """Let the portal's clock stand at a day."""
    real: Callable[..., datetime.date] = getattr(timezone, "real_localdate", timezone.localdate)
    monkeypatch.setattr(timezone, "real_localdate", real, raising=False)

    def localdate(value: Any = None, timezone: Any = None) -> datetime.date:
        return real(value, timezone) if value is not None else day

    monkeypatch.setattr(timezone, "localdate", localdate)


def a_calendar(*days_off: str, years: Sequence[int] = (2019,)) -> None:
    """Years whose notice is known, with these days off and New Year's."""
    known = [f"{year}-01-01" for year in years]
    for day in (*known, *days_off):
        Holiday.objects.get_or_create(date=day, defaults={"is_workday": False, "name": "休"})


def passed(
    *orders: int, by: User, exam_on: datetime.date | None = EXAM, **values: Any
) -> list[Enrollment]:
    """Rows of one class that passed, with certificates; of no known exam without a day."""
    found = a_class(**values)
    rows = [enrolled(a_person(order), found) for order in orders]
    for row in rows:
        a_certificate(row, by, MADE)
        if exam_on:
            roll = a_roll(row, by, exam_on=exam_on)
            known = {"result": "passed", "resulted_on": exam_on, "entered_by": by}
            roll.entries.create(enrollment=row, county_code=row.county_code, **known)
    with transaction.atomic():
        copy_outcomes(row.pk for row in rows)
    settled()
    return rows


def a_claim(rows: Sequence[Enrollment], by: User, standard: str = "1200") -> Claim:
    return claims.draw_up(
        training_class=rows[0].training_class,
        standard=Decimal(standard),
        rows=[row.pk for row in rows],
        by=by,
    )


def a_published_claim(rows: Sequence[Enrollment], by: User, standard: str = "1200") -> Claim:
    claim = a_claim(rows, by, standard)
    claims.publish(claim=claim, version=claim.version, explanations=EVERY_RULE, by=by)
    return claim
