"""What came of a class, written without its services."""

import datetime
from typing import Any, TypeVar

from django.db import transaction

from core.models import User
from exchange import rollups
from talent.models import Credential
from training.models import Claim, ClaimLine, Enrollment, ExamEntry, ExamRoll, FollowUp

Fact = TypeVar("Fact", ExamEntry, Credential, FollowUp, ClaimLine)
AUGUST = datetime.date(2019, 8, 1)
FACT_DAY = datetime.date(2019, 8, 20)


def counted(fact: Fact) -> Fact:
    """The fact, known to the figures as by its service."""
    with transaction.atomic():
        rollups.entered(type(fact), [fact.pk])
    return fact


def a_roll(row: Enrollment, by: User, **values: Any) -> ExamRoll:
    values = {"county_code": row.county_code, "assessor": "县鉴定所", "made_by": by} | values
    exam_on = values.pop("exam_on", FACT_DAY)
    attended = row.training_class
    return ExamRoll.objects.get_or_create(
        training_class=attended, exam_on=exam_on, defaults=values
    )[0]


def a_result(row: Enrollment, by: User, day: datetime.date | None = FACT_DAY) -> ExamEntry:
    known = {"result": "passed", "score": 85, "resulted_on": day, "entered_by": by} if day else {}
    fact = ExamEntry.objects.create(
        roll=a_roll(row, by), enrollment=row, county_code=row.county_code, **known
    )
    return counted(fact)


def a_certificate(row: Enrollment, by: User, day: datetime.date = FACT_DAY) -> Credential:
    fact = Credential.objects.create(
        person=row.person,
        county_code=row.county_code,
        kind="level",
        number=f"S{row.pk:021}",
        issued_on=day,
        enrollment_key=row.pk,
        entered_by=by,
    )
    return counted(fact)


def a_follow_up(row: Enrollment, by: User, day: datetime.date = FACT_DAY) -> FollowUp:
    fact = FollowUp.objects.create(
        enrollment=row,
        county_code=row.county_code,
        visited_on=day,
        way="phone",
        employment="employed",
        entered_by=by,
    )
    return counted(fact)


def an_approved_line(row: Enrollment, by: User, day: datetime.date | None = FACT_DAY) -> ClaimLine:
    claim, _ = Claim.objects.get_or_create(
        training_class=row.training_class,
        defaults={"county_code": row.county_code, "standard": 1200, "made_by": by},
    )
    fact = ClaimLine.objects.create(
        claim=claim,
        enrollment=row,
        county_code=row.county_code,
        employment="employed",
        share=1,
        amount=1200,
        approved_on=day,
    )
    return counted(fact)


FACTS = {
    "result": a_result,
    "certificate": a_certificate,
    "employment": a_follow_up,
    "claim": an_approved_line,
}
