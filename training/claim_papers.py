"""The notice by which a claim is published (培训补贴公示), printed for the village board."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, BinaryIO

from django.db.models import Sum
from django.utils.translation import gettext_noop

from core.models import Office, Region, User
from exchange.papers import day_in_words, print_paper
from exchange.reports.forms import LABELS, filing_office
from exchange.workbooks import Column, Foot, Head, Kind, SheetSpec
from talent.places import TOWNSHIP_DIGITS, Gazetteer
from training.ledger import NUMBERED
from training.models import Claim, ClaimLine

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("claim notice printed"),)

# The form is Chinese whoever prints it.
TITLE = "职业培训补贴公示"
COLUMNS = (
    Column(NUMBERED, Kind.INTEGER, width=6),
    Column("姓名", width=14),
    Column("身份证号码", width=22),
    Column("乡镇、村", width=26),
    Column("补贴金额（元）", Kind.DECIMAL, width=14),
)
MASKED = "身份证号码已隐去部分数字。"
OBJECT = "公示期内如有异议，请向{office}书面或者当面反映。"


def print_claim_notice(claim: Claim, *, by: User) -> BinaryIO:
    """The claim's notice as PDF on A4, by village, numbers masked; that it was printed is audited."""
    return print_paper(
        sheet(claim),
        verb="training.claim_notice.printed",
        target=claim,
        region_code=claim.county_code,
        by=by,
        labels=LABELS,
    )


def sheet(claim: Claim) -> SheetSpec:
    county = Region.objects.get(pk=claim.county_code)
    office = filing_office(county, Office.objects.filter(region=county).first())
    taught = claim.training_class
    total = claim.lines.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    first, last = (
        day_in_words(day) if day else "" for day in (claim.published_on, claim.publicity_until)
    )
    lines = (
        (("公示开始", first), ("公示截止", last)),
        (("经办单位（盖章）", ""), ("村（社区）张贴人", "")),
    )
    return SheetSpec(
        name=TITLE,
        columns=COLUMNS,
        rows=notice_rows(claim),
        head=Head(
            title=TITLE,
            reporting_office=office,
            period=f"{taught.code} {taught.occupation.name}",
            unit="元",
        ),
        foot=Foot(lines=lines, notes=(OBJECT.format(office=office), MASKED)),
        totals=((None, "合计", None, None, total),),
        totals_at="last",
        landscape=False,
    )


def notice_rows(claim: Claim) -> Iterator[list[Any]]:
    """Village by village, so that each can be posted where its people live."""
    lines = list(in_order(claim))
    places = Gazetteer.of(claim.county_code).names
    for number, line in enumerate(lines, 1):
        person = line.enrollment.person
        code = line.enrollment.region_code
        township, village = places.get(code[:TOWNSHIP_DIGITS], ""), places.get(code, "")
        place = township if len(code) <= TOWNSHIP_DIGITS else f"{township} {village}".strip()
        yield [number, person.name, person.id_number_mask, place, line.amount]


def in_order(claim: Claim) -> Iterator[ClaimLine]:
    lines = claim.lines.select_related("enrollment__person")
    yield from lines.order_by("enrollment__region_code", "enrollment__person__name_key", "pk")
