"""The demo's follow-ups and claims: of one class whose people have certificates, most were asked,
one claim is approved, one is published and somebody objects, the rest is not claimed for yet.

All of it happens on the day of the first start; the approved claim's days of publicity are
set back, as nobody waits for them.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone

from core.models import User
from exchange.jobs import JobRefused
from training import claims
from training.claiming import roster_of
from training.follow_ups import Answer, keep_follow_ups
from training.models import Claim, Enrollment, FollowUp, TrainingClass
from training.rules.claims import CLAIM_IN_TIME, SUBSIDY_FOLLOWS_EMPLOYMENT

COUNTY = "621022"
STANDARD = Decimal(1600)
ASKED_AFTER, PUBLISHED_BEFORE = datetime.timedelta(184), datetime.timedelta(21)
PUBLICITY = datetime.timedelta(7)
NOT_ASKED = 5
WORK = ("环县环州制衣有限公司", "庆阳市建筑劳务公司", "环县毛井镇羊产业合作社", "西峰区餐饮店")
TRADES = ("环城镇焊接铺", "曲子镇小吃店", "家庭养羊")
WHY = {
    CLAIM_IN_TIME.key: "补贴资金到位较晚，按县财政通知集中补报，已附情况说明。",
    SUBSIDY_FOLLOWS_EMPLOYMENT.key: "回访后已核对劳动合同和工资流水，确已就业。",
}
OBJECTION = "村民反映其中一名学员培训期间在外务工，请核实是否全程参加培训。"


def load_claims(clerk: User, reviewer: User) -> int:
    """Ask the people of a class with certificates and claim for most of them; how many claims."""
    certified = TrainingClass.objects.filter(
        county_code=COUNTY, enrollments__certificate_number__gt=""
    ).order_by("start_date", "pk")
    found = certified.first()
    if found is None or FollowUp.objects.filter(enrollment__training_class=found).exists():
        return 0
    rows = [row for row in roster_of(found) if row.result == "passed" and row.certificate_number]
    _ask(found, rows, clerk)
    half = len(rows) // 2
    _approved(_drawn_up(found, rows[:half], clerk), clerk, reviewer)
    _objected(_drawn_up(found, rows[half:-NOT_ASKED], clerk), clerk)
    return 2


def _ask(found: TrainingClass, rows: Sequence[Enrollment], clerk: User) -> None:
    chance = random.Random(found.code)  # noqa: S311 -- seeded on purpose
    day = found.end_date + ASKED_AFTER
    answers = [_answer(row, day, chance) for row in rows[:-NOT_ASKED]]
    keep_follow_ups(training_class=found, answers=answers, by=clerk)


def _answer(row: Enrollment, day: datetime.date, chance: random.Random) -> Answer:
    employment = chance.choice(("employed", "employed", "employed", "self-employed", "unemployed"))
    at = {"employed": WORK, "self-employed": TRADES}.get(employment, ("",))
    evidence = "劳动合同" if employment == "employed" else ""
    way = chance.choice(("phone", "phone", "visit"))
    return Answer(row.pk, day, way, employment, chance.choice(at), evidence)


def _drawn_up(found: TrainingClass, rows: Sequence[Enrollment], clerk: User) -> Claim:
    keys = [row.pk for row in rows]
    return claims.draw_up(training_class=found, standard=STANDARD, rows=keys, by=clerk)


def _approved(claim: Claim, clerk: User, reviewer: User) -> None:
    if not _published(claim, clerk):
        return
    first = timezone.localdate() - PUBLISHED_BEFORE
    Claim.objects.filter(pk=claim.pk).update(published_on=first, publicity_until=first + PUBLICITY)
    claim.refresh_from_db()
    claims.approve(claim=claim, version=claim.version, by=reviewer)


def _objected(claim: Claim, clerk: User) -> None:
    if _published(claim, clerk):
        claims.raise_objection(
            claim=claim,
            version=claim.version,
            who="",
            text=OBJECTION,
            raised_on=timezone.localdate(),
            by=clerk,
        )


def _published(claim: Claim, clerk: User) -> bool:
    """Whether the claim could be published: not where the calendar ends before its days do."""
    try:
        claims.published_until(claim.county_code, timezone.localdate())
    except JobRefused:
        return False
    claims.publish(claim=claim, version=claim.version, explanations=WHY, by=clerk)
    return True
