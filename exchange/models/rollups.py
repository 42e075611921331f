from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import RegionCodeField
from exchange.querysets import PeopleSetQuerySet, RollupQuerySet


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
        indexes = [models.Index(fields=["month", "county_code"], name="rollup_month")]
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


class PeopleSet(models.Model):
    """The different people of a measure in a county and a span, as a roaring bitmap of their keys.

    A span is a month or a year, written as a period. A month is kept by program and category
    together, by each of them and whole, a year all but the first; '' stands for all. Any region
    is a union of counties and any period one of months and years, so every count is exact.
    """

    measure = models.CharField(_("measure"), max_length=60)
    county_code = RegionCodeField(_("county"), max_length=6)
    span = models.CharField(_("period"), max_length=7, db_collation="C")
    program = models.CharField(_("program"), max_length=20, db_collation="C", blank=True)
    category = models.CharField(_("category"), max_length=20, db_collation="C", blank=True)
    people = models.BinaryField(_("people"))
    size = models.IntegerField(_("number of people"))
    as_of = models.DateTimeField(_("as of"))

    objects = PeopleSetQuerySet.as_manager()

    class Meta:
        constraints = [
            # In the order in which sets are read.
            models.UniqueConstraint(
                fields=["measure", "program", "category", "span", "county_code"],
                name="people_set_once",
            ),
            models.CheckConstraint(
                condition=models.Q(size__gte=0), name="people_set_size_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(span__regex=r"^\d{4}(-\d{2})?$"), name="people_set_span"
            ),
            models.CheckConstraint(
                condition=models.Q(span__contains="-")
                | models.Q(program="")
                | models.Q(category=""),
                name="years_have_no_finest_sets",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.county_code} {self.span} {self.size}"


class MeasureCount(models.Model):
    """Of which version of its declaration a measure's kept figures are, and since when it is kept."""

    measure = models.CharField(_("measure"), max_length=60, primary_key=True)
    version = models.IntegerField(_("version"))
    counted_at = models.DateTimeField(_("counted at"))
    # What was sealed before could not name the measure.
    since = models.DateTimeField(_("kept since"))

    def __str__(self) -> str:
        return f"{self.measure} {self.version}"
