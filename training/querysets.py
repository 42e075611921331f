from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import Q

from core.access import beneath
from core.querysets import RegionScopedQuerySet

if TYPE_CHECKING:
    from exchange.periods import Period


class InstitutionQuerySet(RegionScopedQuerySet):
    region_column = "county_code"
    narrowing = "key"


class TrainingClassQuerySet(RegionScopedQuerySet):
    region_column = "county_code"
    narrowing = "institution__key"


class EnrollmentQuerySet(RegionScopedQuerySet):
    """The ledger. County and prefecture stand in columns of their own: each has its order index."""

    narrowing = "training_class__institution__key"

    @classmethod
    def in_region(cls, region_code: str) -> Q:
        if len(region_code) == 6:
            return Q(county_code=region_code)
        if len(region_code) == 4:
            return Q(prefecture_code=region_code)
        return beneath("county_code" if len(region_code) < 4 else "region_code", region_code)

    def active(self) -> Self:
        return self.filter(state="active")

    def starting(self, period: Period) -> Self:
        """Rows whose class starts in the period."""
        return self.filter(start_date__gte=period.first_day, start_date__lte=period.last_day)
