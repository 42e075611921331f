from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import RegionCodeField
from exchange.querysets import RollupQuerySet


class Rollup(models.Model):
    """An additive part of a measure: one county, one month, one program, one category.

    Kept by signed deltas in the transaction of the act; a rebuild from the rows
    must find no difference. Rates are divided when read.
    """

    measure = models.CharField(_("measure"), max_length=60)
    county_code = RegionCodeField(_("county"), max_length=6)
    month = models.DateField(_("month"))
    program = models.CharField(_("program"), max_length=20)
    category = models.CharField(_("category"), max_length=20)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    as_of = models.DateTimeField(_("as of"))

    objects = RollupQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "county_code", "month", "program", "category"],
                name="rollup_cell_once",
            ),
            models.CheckConstraint(
                condition=models.Q(month__day=1), name="rollup_month_starts_on_the_first"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.county_code} {self.month:%Y-%m} {self.amount}"
