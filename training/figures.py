"""The figures of the ledger side by side: 人次 from the rollups, 人 counted in the ledger."""

from __future__ import annotations

from typing import Any

import structlog
from django.db import connection
from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import Left, TruncMonth
from django.utils.functional import cached_property
from django.utils.translation import gettext_noop

from exchange.models import Rollup
from exchange.periods import Period
from training.models import Enrollment
from training.querysets import EnrollmentQuerySet
from training.rollups import ATTENDANCES

log = structlog.get_logger()

# The ledger's column for regions of this length of code.
AREA_COLUMNS = {4: "prefecture_code", 6: "county_code"}
# The questions that one pass over the ledger answers, and how the database numbers them:
# a bit for each of area, category and month that is left out.
PEOPLE_BY = {7: (), 3: ("area",), 5: ("category",), 6: ("month",), 4: ("category", "month")}
COUNT_PEOPLE = """
SELECT grouping(area, category, month), count(DISTINCT person_id), area, category, month::date
FROM ({cells}) AS cells
GROUP BY GROUPING SETS ((), (area), (category), (month), (category, month))
"""
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
    `category` and `month` (its first day), and answered with a dict from the tuple of
    those to whole numbers; what is not in it is 0.
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
        """人: how many different people; groups overlap, so they cannot be summed.

        KeyError for a question that is not among PEOPLE_BY.
        """
        return self._people[by]

    @cached_property
    def _people(self) -> dict[tuple[str, ...], dict[Key, int]]:
        """The answers to every question of PEOPLE_BY, from one pass over the ledger."""
        area = F(AREA_COLUMNS[self.area_length])
        rows = self.ledger.annotate(area=area, month=TruncMonth("start_date")).order_by()
        cells = rows.values("area", "category", "month", "person_id").distinct()
        sql, params = cells.query.sql_with_params()
        found: dict[tuple[str, ...], dict[Key, int]] = {by: {} for by in PEOPLE_BY.values()}
        with connection.cursor() as cursor:
            cursor.execute(COUNT_PEOPLE.format(cells=sql), params)
            for number, people, *values in cursor:
                key = tuple(value for value in values if value is not None)
                found[PEOPLE_BY[number]][key] = people
        return found

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
