"""The figures of the ledger side by side: 人次 from the rollups, 人 from the sets of people."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import structlog
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Left, TruncMonth
from django.utils.translation import gettext_noop

from exchange import people_sets
from exchange.bounds import Bounds, By
from exchange.models import Rollup
from exchange.periods import Period
from training.models import Enrollment
from training.querysets import EnrollmentQuerySet
from training.rollups import ATTENDANCES, PEOPLE

log = structlog.get_logger()

BY = {"area": By.PLACE, "category": By.CATEGORY, "month": By.MONTH}
CELL = ("county_code", "month", "program", "category")
Key = tuple[Any, ...]

DISAGREE = gettext_noop(
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

    Both questions are asked by any of `area` (codes of `area_length` digits),
    `category` and `month` (its first day), people also by both of the latter, and answered
    with a dict from the tuple of those to whole numbers; what is not in it is 0.
    """

    def __init__(self, region_code: str, period: Period, area_length: int = 6) -> None:
        self.area_length = area_length
        self.within = Bounds(region_code=region_code, period=period)
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
        if not by:
            return {(): people_sets.count(PEOPLE, self.within)}
        if by == ("category", "month"):
            return {
                (category, month): figure
                for (month,), _figure in self.people("month").items()
                for (category,), figure in self._people("category", Period.month_of(month)).items()
            }
        (named,) = by
        return self._people(named, self.within.period)

    def _people(self, by: str, period: Period) -> dict[Key, int]:
        within = replace(self.within, period=period)
        if by == "area" and len(within.region_code) == self.area_length:
            return {(within.region_code,): people_sets.count(PEOPLE, within)}
        found = people_sets.counts(PEOPLE, within, BY[by])
        if by == "month":
            return {(Period.parse(month).first_day,): n for month, n in found.items()}
        return {(key,): n for key, n in found.items()}

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
