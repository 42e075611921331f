"""What a report rests on: the receipts of the months it covers, or months not yet submitted.

These are Chinese facts of the forms, the same in every language of the interface.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from core.models import Region
from exchange.models import Receipt, Restatement, Rollup, Submission
from exchange.periods import Period
from exchange.submissions import codes, qr
from exchange.workbooks.pictures import png_of

COUNTY = 6
DRAFT = "草稿：本期数据尚未报送。"
ONE = "本表依据报送回执，回执码：{code}。"
SEVERAL = "本表依据{receipts}份报送回执。"
OPEN = "另有{months}个县月尚未报送，其数据为草稿。"
RESTATED = "封存后另有{count}笔数据变动，见数据变动说明。"


@dataclass(frozen=True)
class Basis:
    """The newest receipt of every closed month under a report.

    `open_months` counts a county's months that have figures, or are expected, and are not
    closed; `restated` by how many entries figures were moved since they were sealed.
    `is_one` tells whether the report covers exactly one county's month.
    """

    codes: Sequence[str]
    open_months: int
    restated: int
    is_one: bool

    @property
    def notes(self) -> list[str]:
        """What stands under the table."""
        if not self.codes:
            return [DRAFT]
        if self.is_one:
            said = [ONE.format(code=codes.shown(self.codes[0]))]
        else:
            said = [SEVERAL.format(receipts=len(self.codes))]
        if self.open_months:
            said.append(OPEN.format(months=self.open_months))
        if self.restated:
            said.append(RESTATED.format(count=self.restated))
        return ["".join(said)]

    @property
    def picture(self) -> bytes:
        """The code for a phone, under a report over one sealed month; else nothing."""
        if not (self.is_one and self.codes):
            return b""
        return png_of(qr.matrix_of(qr.address_of(self.codes[0])))


def basis_of(region: Region, period: Period) -> Basis:
    """Read in the same snapshot as the report's rows."""
    spanned = {"month__gte": period.first_day, "month__lte": period.last_day}
    months = Submission.objects.within(region.code).filter(**spanned)
    # A month opened again or returned is no longer what its receipt says.
    closed = months.filter(state__in=["submitted", "accepted", "locked"])
    newest = Receipt.objects.filter(submission=OuterRef("submission")).order_by("-seq")
    receipts = list(
        Receipt.objects.filter(submission__in=closed, pk=Subquery(newest.values("pk")[:1]))
        .order_by("submission__month", "county_code")
        .values_list("code", flat=True)
    )
    sealed = set(closed.values_list("county_code", "month"))
    known = set(months.values_list("county_code", "month"))
    figures = Rollup.objects.within(region.code).during(period).exclude(amount=0)
    known |= set(figures.values_list("county_code", "month"))
    since = Restatement.objects.within(region.code).filter(
        month__gte=period.first_day,
        month__lte=period.last_day,
        at__gt=Subquery(
            Receipt.objects.filter(
                county_code=OuterRef("county_code"), submission__month=OuterRef("month")
            )
            .order_by("-seq")
            .values("sealed_at")[:1]
        ),
    )
    is_one = len(region.code) == COUNTY and period.first_day.month == period.last_day.month
    return Basis(receipts, len(known - sealed), since.count(), is_one)
