from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Max, Q, Sum
from django.db.models.functions import Now

from core.access import Permission
from core.querysets import RegionScopedQuerySet

if TYPE_CHECKING:
    from core.models import User
    from exchange.periods import Period


class JobQuerySet(RegionScopedQuerySet):
    permission = Permission.SEE_FIGURES

    def abandoned(self) -> Self:
        """Running jobs whose worker has let the lease run out."""
        return self.filter(state="running", lease_until__lt=Now())

    def to_be_sent(self, older_than: datetime.timedelta) -> Self:
        """Jobs a worker should be woken for: abandoned, or queued and not taken up."""
        forgotten = Q(state="queued", queued_at__lt=Now() - older_than)
        return self.filter(forgotten | Q(state="running", lease_until__lt=Now()))


class ImportBatchQuerySet(JobQuerySet):
    permission = Permission.IMPORT_ROSTERS


class ReportRunQuerySet(JobQuerySet):
    permission = Permission.MAKE_REPORTS

    def openable_by(self, user: User) -> Self:
        """Reports made and still kept; with people's numbers only for who may see those."""
        kept = (
            self.visible_to(user).filter(state="done", expires_at__gt=Now()).exclude(stored_as="")
        )
        without_numbers = Q(parameters__numbers=0)
        allowed = kept.visible_to(user, Permission.SEE_PERSONAL_NUMBERS).values("pk")
        return kept.filter(without_numbers | Q(pk__in=allowed))

    def expired(self) -> Self:
        """Reports whose file is past its time and still there."""
        return self.filter(state="done", expires_at__lte=Now()).exclude(stored_as="")


class RollupQuerySet(RegionScopedQuerySet):
    region_column = "county_code"
    permission = Permission.SEE_FIGURES

    def measured(self, measure: str) -> Self:
        return self.filter(measure=measure)

    def during(self, period: Period) -> Self:
        """Months that lie in the period."""
        return self.filter(month__gte=period.first_day, month__lte=period.last_day)

    def total(self) -> models.Value | int:
        """The sum of the amounts; 0 for no rows."""
        return self.aggregate(total=Sum("amount"))["total"] or 0

    def as_of(self) -> datetime.datetime | None:
        """When the newest of these figures was last changed."""
        newest: datetime.datetime | None = self.aggregate(at=Max("as_of"))["at"]
        return newest
