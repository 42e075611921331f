"""What the kept figures say of a region in a period: the whole, by place, month and category."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Max, Sum
from django.db.models.functions import Left
from django.urls import reverse
from django.utils.http import urlencode

from core.models import Region
from exchange.models import Rollup
from exchange.periods import Period
from exchange.querysets import RollupQuerySet
from exchange.rollups import Measure, all_measures

NEXT_LENGTH = {2: 4, 4: 6, 6: 6}


@dataclass(frozen=True)
class Slice:
    """What a reader has picked: a region of a province, prefecture or county, and a time."""

    region: Region
    year: int
    month: int | None = None
    program: str = ""

    @property
    def period(self) -> Period:
        return Period.parse(f"{self.year}-{self.month:02}" if self.month else str(self.year))

    def kept(self, period: Period | None = None) -> RollupQuerySet:
        found = Rollup.objects.within(self.region.code).during(period or self.period)
        return found.filter(program=self.program) if self.program else found

    def narrowed_to(self, code: str) -> Slice:
        """The same time and program in a region beneath."""
        return replace(self, region=Region(code=code))

    def rows_url(self, measure: Measure, **narrower: Any) -> str:
        """The page that lists the rows behind a figure of this slice, or of a part of it."""
        if not measure.rows_url:
            return ""
        asked = {
            "region": self.region.code,
            "year": self.year,
            "month": self.month,
            "program": self.program,
            "measure": measure.key,
        } | narrower
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"{reverse(measure.rows_url)}?{query}"


@dataclass(frozen=True)
class Row:
    """The figures of one part, in the order of the measures, and when they last changed."""

    key: Any
    amounts: Sequence[int | Decimal]
    as_of: datetime.datetime | None


class Figures:
    """All measures of a slice. Each question is one query; amounts are additive."""

    def __init__(self, of: Slice) -> None:
        self.slice = of
        self.measures = all_measures()

    def whole(self) -> Row:
        return next(iter(self._grouped(self.slice.kept()).values()), self.nothing(None))

    def places(self) -> dict[str, Row]:
        """By the next level down, for places that have figures."""
        length = NEXT_LENGTH[len(self.slice.region.code)]
        return self._grouped(self.slice.kept().annotate(part=Left("county_code", length)), "part")

    def months(self) -> dict[datetime.date, Row]:
        """By month of the whole year, whatever month is picked."""
        return self._grouped(self.slice.kept(Period.parse(str(self.slice.year))), "month")

    def categories(self) -> dict[str, Row]:
        return self._grouped(self.slice.kept(), "category")

    def nothing(self, key: Any) -> Row:
        return Row(key, [0] * len(self.measures), None)

    def _grouped(self, rows: RollupQuerySet, by: str = "") -> dict[Any, Row]:
        names = [by] if by else []
        found = (
            rows.order_by()
            .values(*names, "measure")
            .annotate(figure=Sum("amount"), at=Max("as_of"))
            .values_list(*names, "measure", "figure", "at")
        )
        parts: dict[Any, dict[str, tuple[Decimal, datetime.datetime]]] = {}
        for *key, measure, figure, at in found:
            parts.setdefault(key[0] if key else None, {})[measure] = (figure, at)
        return {key: self._row(key, of) for key, of in sorted(parts.items(), key=_by_key)}

    def _row(self, key: Any, of: dict[str, tuple[Decimal, datetime.datetime]]) -> Row:
        amounts = [whole_number(of.get(m.key, (Decimal(0), None))[0]) for m in self.measures]
        return Row(key, amounts, max((at for _figure, at in of.values()), default=None))


def years_with_figures(region_code: str) -> list[int]:
    """The years that have figures in a region, newest first."""
    rows = Rollup.objects.within(region_code).exclude(amount=0)
    return [day.year for day in rows.dates("month", "year", order="DESC")]


def whole_number(amount: Decimal) -> int | Decimal:
    return int(amount) if amount == int(amount) else amount


def _by_key(part: tuple[Any, Any]) -> Any:
    return part[0] or ""
