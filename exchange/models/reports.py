from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Office, RegionCodeField
from exchange.models.jobs import Job
from exchange.querysets import ReportOrderQuerySet, ReportRunQuerySet

LONGEST_WAIT = 180  # days after the end of a period


class Format(models.TextChoices):
    """What a table is written as."""

    XLSX = "xlsx", _("workbook (xlsx)")
    PDF = "pdf", _("print (PDF)")


class Breadth(models.TextChoices):
    """Whose tables are made: the region's own, or one of each office beneath it, as one zip."""

    ALONE = "alone", _("of the region itself")
    BENEATH = "beneath", _("one of each office beneath, as a zip")


class ReportOrder(models.Model):
    """What a level wants made by the clock: a report of each month, quarter or year."""

    class PeriodKind(models.TextChoices):
        MONTH = "month", _("every month")
        QUARTER = "quarter", _("every quarter")
        YEAR = "year", _("every year")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    report = models.CharField(_("report"), max_length=40)
    region_code = RegionCodeField(_("region"))
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    period_kind = models.CharField(_("how often"), max_length=10, choices=PeriodKind)
    # 1 is the first day after the period.
    days_after = models.SmallIntegerField(_("days after the end of the period"), default=1)
    hour = models.SmallIntegerField(_("hour"), default=3)
    format = models.CharField(_("format"), max_length=4, choices=Format, default=Format.XLSX)
    breadth = models.CharField(_("whose"), max_length=8, choices=Breadth, default=Breadth.ALONE)
    enabled = models.BooleanField(_("running"), default=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    # The newest period that was asked for, or was due before the order was made.
    last_period = models.CharField(max_length=10)

    objects = ReportOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("report order")
        verbose_name_plural = _("report orders")
        ordering = ["region_code", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "region_code", "period_kind", "format", "breadth"],
                name="order_once_a_table",
            ),
            models.CheckConstraint(
                condition=Q(days_after__gte=1, days_after__lte=LONGEST_WAIT),
                name="order_is_made_within_half_a_year",
            ),
            models.CheckConstraint(
                condition=Q(hour__gte=0, hour__lte=23), name="order_has_an_hour_of_the_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.region_code} {self.period_kind}"


class ReportRun(Job):
    """One making of one declared report for one region and period.

    `basis` is the digest of what a report over sealed months rests on, '' while any of its
    months is open. Such a file is kept: `expires_at` is null.
    """

    report = models.CharField(_("report"), max_length=40)
    period = models.CharField(_("period"), max_length=10)
    format = models.CharField(_("format"), max_length=4, choices=Format, default=Format.XLSX)
    breadth = models.CharField(_("whose"), max_length=8, choices=Breadth, default=Breadth.ALONE)
    parameters = models.JSONField(default=dict)
    by_clock = models.BooleanField(_("made on schedule"), default=False)
    order = models.ForeignKey(ReportOrder, models.SET_NULL, null=True, related_name="runs")
    # Figures are of this moment: the snapshot the rows were read from.
    as_of = models.DateTimeField(_("as of"), null=True, blank=True)
    stored_as = models.CharField(max_length=255, blank=True)
    file_name = models.CharField(_("file"), max_length=255, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(_("size"), null=True)
    rows = models.IntegerField(_("rows"), null=True)
    expires_at = models.DateTimeField(_("kept until"), null=True, blank=True)
    basis = models.CharField(_("basis"), max_length=64, blank=True, default="")
    # An earlier run on the same basis that has other bytes: something outside of the seals moved.
    differs_from = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")

    objects = ReportRunQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["region_code", "-id"], name="report_region"),
            models.Index(fields=["state", "lease_until"], name="report_state"),
            models.Index(fields=["basis"], name="report_basis", condition=~Q(basis="")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "region_code", "period"],
                condition=Q(order__isnull=False),
                name="ordered_report_once_a_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.region_code} {self.period}"

    @property
    def suffix(self) -> str:
        """The ending of the file's name."""
        return "zip" if self.breadth == Breadth.BENEATH else str(self.format)
