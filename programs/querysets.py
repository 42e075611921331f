from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from core.access import Permission
from core.querysets import RegionScopedQuerySet

if TYPE_CHECKING:
    from exchange.periods import Period


class ProgramQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Programs are public knowledge: no scope."""

    def under(self, code: str) -> Self:
        """The program and its parts."""
        return self.filter(Q(code=code) | Q(part_of=code))


class QuotaQuerySet(RegionScopedQuerySet):
    permission = Permission.SEE_FIGURES

    def in_force_at(self, period: Period) -> Self:
        """Quotas of the plans that run at the end of the period."""
        return self.filter(
            plan__first_day__lte=period.last_day, plan__last_day__gte=period.last_day
        )
