from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exchange.models.jobs import Job
from exchange.querysets import ReportRunQuerySet


class Format(models.TextChoices):
    """What a table is written as."""

    XLSX = "xlsx", _("workbook (xlsx)")
    PDF = "pdf", _("print (PDF)")


class Breadth(models.TextChoices):
    """Whose tables are made: the region's own, or one of each office beneath it, as one zip."""

    ALONE = "alone", _("of the region itself")
    BENEATH = "beneath", _("one of each office beneath, as a zip")


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
                fields=["report", "region_code", "period"],
                condition=Q(by_clock=True),
                name="scheduled_report_once_a_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.region_code} {self.period}"

    @property
    def suffix(self) -> str:
        """The ending of the file's name."""
        return "zip" if self.breadth == Breadth.BENEATH else str(self.format)
