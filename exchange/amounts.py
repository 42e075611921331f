"""What a measure counts within bounds: from what is kept, or from the rows of one county."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from decimal import Decimal

from django.db import connection
from django.db.models import CharField, F, Func, Sum, Value
from django.db.models.functions import Left
from django.utils import timezone

from exchange import people_sets
from exchange.bounds import COUNTY, NEXT_LENGTH, Bounds, By, Number, whole_number
from exchange.measures import COUNTING, Measure
from exchange.models import Rollup
from exchange.querysets import RollupQuerySet

__all__ = ["NEXT_LENGTH", "Bounds", "By", "Number", "amount", "amounts", "as_of", "kept"]
__all__ += ["whole_number"]


def amount(measure: Measure, within: Bounds) -> Number:
    """The figure within the bounds."""
    if _is_live(measure, within):
        return _live(measure, within, "''").get("", 0)
    if measure.is_people:
        return people_sets.count(measure, within)
    return whole_number(kept([measure.key], within).aggregate(n=Sum("amount"))["n"] or Decimal())


def amounts(measure: Measure, within: Bounds, by: By) -> dict[str, Number]:
    """The figure's parts that are not 0, by code; a month is written 2019-06.

    Rows of a county or township that name no place below it stand under its own code.
    """
    if _is_live(measure, within, by):
        found = _live(measure, within, _part(measure, within, by))
    elif measure.is_people:
        found = dict(people_sets.counts(measure, within, by))
    else:
        cells = kept([measure.key], within).annotate(part=_kept_part(within, by))
        grouped = cells.order_by().values("part").annotate(figure=Sum("amount"))
        found = {
            part: whole_number(figure) for part, figure in grouped.values_list("part", "figure")
        }
    return {part: found[part] for part in sorted(found) if found[part]}


def as_of(measure: Measure, within: Bounds) -> datetime.datetime | None:
    """When the figure last changed; now, for what is counted each time."""
    if _is_live(measure, within):
        return timezone.now()
    if measure.is_people:
        return people_sets.as_of(measure, within)
    return kept([measure.key], within).as_of()


def _is_live(measure: Measure, within: Bounds, by: By | None = None) -> bool:
    in_county = by is By.PLACE and len(within.region_code) >= COUNTY
    return in_county or not within.is_kept


def kept(measures: Collection[str], within: Bounds) -> RollupQuerySet:
    """The kept cells of measures within the bounds."""
    found = Rollup.objects.filter(measure__in=measures).within(within.region_code)
    found = found.during(within.period)
    if within.programs:
        found = found.filter(program__in=within.programs)
    if within.categories:
        found = found.filter(category__in=within.categories)
    if within.counties is not None:
        found = found.filter(county_code__in=within.counties)
    return found


def _kept_part(within: Bounds, by: By) -> Func | F:
    if by is By.PLACE:
        return Left("county_code", NEXT_LENGTH[len(within.region_code)])
    if by is By.MONTH:
        return Func(F("month"), Value("YYYY-MM"), function="to_char", output_field=CharField())
    return F(by.value)


def _part(measure: Measure, within: Bounds, by: By) -> str:
    """SQL over `{row}` for the code of the part a row belongs to."""
    if by is By.PLACE:
        length = NEXT_LENGTH.get(len(within.region_code), 12)
        place = measure.place if length > COUNTY else measure.county
        return f"left({place}, {length})"
    if by is By.MONTH:
        return f"to_char({measure.day}, 'YYYY-MM')"
    return f"({measure.program if by is By.PROGRAM else measure.category})"


def _live(measure: Measure, within: Bounds, part: str) -> dict[str, Number]:
    bounds, params = measure.bounds(**within.named)
    figure = f"count(DISTINCT {measure.person})" if measure.is_people else f"sum({measure.amount})"
    told = measure.over(COUNTING, f"SELECT {part}, {figure}")
    with connection.cursor() as cursor:
        cursor.execute(f"{told} {measure.source(measure.table, bounds)} GROUP BY 1", params)
        return {part: whole_number(Decimal(figure)) for part, figure in cursor.fetchall()}
