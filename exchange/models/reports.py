from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from exchange.models.jobs import Job
from exchange.querysets import ReportRunQuerySet


class ReportRun(Job):
    """One making of one declared report for one region and period."""

    report = models.CharField(_("report"), max_length=40)
    period = models.CharField(_("period"), max_length=10)
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

    objects = ReportRunQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["region_code", "-id"], name="report_region"),
            models.Index(fields=["state", "lease_until"], name="report_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "region_code", "period"],
                condition=models.Q(by_clock=True),
                name="scheduled_report_once_a_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.region_code} {self.period}"
