"""What a report rests on: the receipts of the months it covers, or months not yet submitted.

These are Chinese facts of the forms, the same in every language of the interface. Is every
month sealed, then the file is a function of its basis: equal basis, equal bytes (ADR 15).
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from core.models import Region
from exchange.models import Receipt, Restatement, Rollup, Submission
from exchange.querysets import ReceiptQuerySet, RestatementQuerySet, SubmissionQuerySet
from exchange.submissions import codes, qr
from exchange.workbooks.pictures import png_of

COUNTY = 6
NAMED = 6  # so many codes stand under a table; the page of the report has them all
DRAFT = "草稿，未报送。"
ONE = "本表依据报送回执，回执码：{code}。"
SEVERAL = "本表依据{count}份报送回执，回执码：{codes}。"
MANY = "本表依据{count}份报送回执，回执码：{codes}等，其余见本报表页面。"
OPEN = "另有{months}个县月的数据为草稿，未报送。"
RESTATED = "封存后另有{count}笔数据变动，见数据变动说明。"
CLOSED = ("submitted", "accepted", "locked")


@dataclass(frozen=True)
class Basis:
    """The newest receipt of every closed month under a report.

    `open_months` counts a county's months that have figures, or are expected, and are not
    closed; `restated` by how many entries figures were moved since they were sealed, the
    newest of which is `last_restated`. `is_one` tells whether the report covers exactly one
    county's month. `links` are those of the receipts in their chains. `as_of` is the newest
    seal or restatement: the moment of figures that all are sealed.
    """

    codes: Sequence[str]
    open_months: int
    restated: int
    is_one: bool
    links: Sequence[str] = ()
    last_restated: int = 0
    as_of: datetime.datetime | None = None

    @property
    def is_sealed(self) -> bool:
        """Whether nothing but closed months stands behind the figures."""
        return bool(self.codes) and not self.open_months

    @property
    def notes(self) -> list[str]:
        """What stands under the table."""
        if not self.codes:
            return [DRAFT]
        said = [self._receipts()]
        if self.open_months:
            said.append(OPEN.format(months=self.open_months))
        if self.restated:
            said.append(RESTATED.format(count=self.restated))
        return ["".join(said)]

    def _receipts(self) -> str:
        named = "、".join(codes.shown(code) for code in self.codes[:NAMED])
        if self.is_one:
            return ONE.format(code=named)
        sentence = SEVERAL if len(self.codes) <= NAMED else MANY
        return sentence.format(count=len(self.codes), codes=named)

    @property
    def picture(self) -> bytes:
        """The code for a phone, under a report over one sealed month; else nothing."""
        if not (self.is_one and self.codes):
            return b""
        return png_of(qr.matrix_of(qr.address_of(self.codes[0])))


def basis_of(region: Region, first: datetime.date, last: datetime.date) -> Basis:
    """What figures of the region between two days rest on, read in the snapshot of its rows."""
    spanned = {"month__gte": first.replace(day=1), "month__lte": last}
    months = Submission.objects.within(region.code).filter(**spanned)
    # A month opened again or returned is no longer what its receipt says.
    closed = months.filter(state__in=CLOSED)
    sealed = set(closed.values_list("county_code", "month"))
    figures = Rollup.objects.settled().within(region.code).filter(**spanned).exclude(amount=0)
    known = {*months.values_list("county_code", "month")}
    known |= set(figures.values_list("county_code", "month"))
    receipts = list(_newest_receipts(closed).values_list("code", "link", "sealed_at"))
    moved = list(_restated(region, spanned).order_by("id").values_list("id", "at"))
    return Basis(
        codes=[code for code, _link, _at in receipts],
        open_months=len(known - sealed),
        restated=len(moved),
        is_one=len(region.code) == COUNTY and len(known) == 1,
        links=[bytes(link).hex() for _code, link, _at in receipts],
        last_restated=moved[-1][0] if moved else 0,
        as_of=max([at for *_receipt, at in receipts] + [at for _key, at in moved], default=None),
    )


def basis_of_month(county_code: str, day: datetime.date) -> Basis:
    """What a paper of one county and the month of a day rests on."""
    return basis_of(Region(code=county_code), day, day)


def _newest_receipts(closed: SubmissionQuerySet) -> ReceiptQuerySet:
    newest = Receipt.objects.filter(submission=OuterRef("submission")).order_by("-seq")
    receipts: ReceiptQuerySet = Receipt.objects.filter(
        submission__in=closed, pk=Subquery(newest.values("pk")[:1])
    )
    return receipts.order_by("submission__month", "county_code")


def _restated(region: Region, spanned: Mapping[str, datetime.date]) -> RestatementQuerySet:
    """The entries that moved figures after the newest receipt of their month."""
    of_month = {"county_code": OuterRef("county_code"), "submission__month": OuterRef("month")}
    newest = Receipt.objects.filter(**of_month).order_by("-seq").values("sealed_at")[:1]
    moved: RestatementQuerySet = Restatement.objects.within(region.code).filter(**spanned)
    return moved.filter(at__gt=Subquery(newest))
