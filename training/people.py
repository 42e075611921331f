"""How many different people (人) stand behind the rows (人次): exact, counted in the ledger."""

from __future__ import annotations

import datetime

from django.core.cache import cache
from django.db.models import Count, Sum
from django.db.models.functions import Left

from exchange.figures import Slice
from exchange.models import Rollup
from training.models import Enrollment
from training.querysets import EnrollmentQuerySet
from training.rollups import ATTENDANCES

KEPT_SECONDS = 24 * 60 * 60
COUNTY, TOWNSHIP = 6, 9


def rows_of(of: Slice) -> EnrollmentQuerySet:
    rows: EnrollmentQuerySet = Enrollment.objects.active()
    rows = rows.within(of.region.code).starting(of.period)
    return rows.filter(program=of.program) if of.program else rows


def distinct(rows: EnrollmentQuerySet) -> int:
    # As a count of groups: count(DISTINCT) sorts, which is eight times slower on a province.
    return rows.order_by().values("person").distinct().count()


def people(of: Slice) -> int:
    """The distinct people of a slice: a county's counted each time, a wider region's once
    after each change of its figures."""
    if len(of.region.code) >= COUNTY:
        return distinct(rows_of(of))
    changed = attendances(of)[1]
    key = f"people:{of.region.code}:{of.period.text}:{of.program}:{changed and changed.timestamp()}"
    found: int | None = cache.get(key)
    if found is None:
        found = distinct(rows_of(of))
        cache.set(key, found, KEPT_SECONDS)
    return found


def attendances(of: Slice) -> tuple[int, datetime.datetime | None]:
    """人次 of a slice as kept, and when it last changed."""
    kept = of.kept().measured(ATTENDANCES.key)
    return int(kept.aggregate(n=Sum("amount"))["n"] or 0), kept.as_of()


def by_place(of: Slice) -> dict[str, tuple[int, int]]:
    """(人次, 人) by the code of the next level down; for a county by township.

    Rows of a county that name no township stand under the county's code.
    """
    if len(of.region.code) == COUNTY:
        return _by_township(of)
    below = Rollup.objects.within(of.region.code).during(of.period).measured(ATTENDANCES.key)
    length = len(of.region.code) + 2
    codes = set(
        below.exclude(amount=0)
        .annotate(area=Left("county_code", length))
        .values_list("area", flat=True)
    )
    found = {}
    for code in sorted(codes):
        part = of.narrowed_to(code)
        found[code] = (attendances(part)[0], people(part))
    return found


def _by_township(of: Slice) -> dict[str, tuple[int, int]]:
    rows = rows_of(of).annotate(area=Left("region_code", TOWNSHIP)).order_by()
    counted = rows.values("area").annotate(times=Count("pk"), who=Count("person", distinct=True))
    return {area: (times, who) for area, times, who in counted.values_list("area", "times", "who")}
