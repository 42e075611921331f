"""The figures of the ledger side by side: 人次 from the rollups, 人 counted in the ledger."""

from __future__ import annotations

from typing import Any

import structlog
from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import Left, TruncMonth
from django.utils.translation import gettext_noop as N_

from exchange.models import Rollup
from exchange.periods import Period
from training.models import Enrollment
from training.querysets import EnrollmentQuerySet
from training.rollups import ATTENDANCES

log = structlog.get_logger()

# The ledger's column for regions of this length.
AREA_COLUMNS = {2: "province", 4: "prefecture_code", 6: "county_code"}
CELL = ("county_code", "month", "program", "category")
Key = tuple[Any, ...]

DISAGREE = N_(
    "The kept figures and the ledger disagree in %(cells)s places, first in %(county)s, %(month)s: "
    "kept %(kept)s, counted %(counted)s. No report was made. Ask the system administrator to check "
    "the figures, then try again."
)


class FiguresDisagree(Exception):
    """The rollups differ from the ledger within one snapshot; `params` fill the sentence."""

    def __init__(self, params: dict[str, str]) -> None:
        super().__init__(DISAGREE % params)
        self.params = params


class Figures:
    """What was trained in a region in a period, by the start of the class.

    Both questions take any of `area` (codes of `area_length` digits), `month` (its
    first day) and `category`, and answer with a dict from the tuple of those to whole
    numbers; what is not in it is 0.
    """

    def __init__(self, region_code: str, period: Period, area_length: int = 6) -> None:
        self.area_length = area_length
        self.kept = Rollup.objects.measured(ATTENDANCES.key).within(region_code).during(period)
        self.ledger: EnrollmentQuerySet = (
            Enrollment.objects.active().within(region_code).starting(period)
        )

    def attendances(self, *by: str) -> dict[Key, int]:
        """人次: how often people were trained; additive."""
        kept = self.kept.annotate(area=Left("county_code", self.area_length))
        return _grouped(kept, by, Sum("amount"))

    def people(self, *by: str) -> dict[Key, int]:
        """人: how many different people; groups overlap, so they cannot be summed."""
        ledger = self.ledger.annotate(
            area=F(AREA_COLUMNS[self.area_length]), month=TruncMonth("start_date")
        )
        return _grouped(ledger, by, Count("person_id", distinct=True))

    def check(self) -> None:
        """Compare the kept figures with the ledger, cell by cell. Raises FiguresDisagree."""
        kept = _grouped(self.kept, CELL, Sum("amount"))
        ledger = self.ledger.annotate(month=TruncMonth("start_date"))
        counted = _grouped(ledger, CELL, Count("id"))
        wrong = sorted(
            c for c in kept.keys() | counted.keys() if kept.get(c, 0) != counted.get(c, 0)
        )
        if not wrong:
            return
        for cell in wrong:
            log.error("rollups.differ", cell=[str(part) for part in cell])
        first = wrong[0]
        raise FiguresDisagree(
            {
                "cells": str(len(wrong)),
                "county": first[0],
                "month": f"{first[1]:%Y-%m}",
                "kept": str(kept.get(first, 0)),
                "counted": str(counted.get(first, 0)),
            }
        )


def _grouped(rows: QuerySet[Any], by: tuple[str, ...], amount: Any) -> dict[Key, int]:
    if not by:
        return {(): int(rows.aggregate(amount=amount)["amount"] or 0)}
    found = rows.order_by().values(*by).annotate(figure=amount).values_list(*by, "figure")
    return {tuple(key): int(figure) for *key, figure in found}
