"""What people say of a file that the portal did not understand by itself."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import Office
from exchange.models.imports import ImportBatch


class ColumnMatch(models.Model):
    """How an office has matched the headings of a layout; it holds for every file with the same.

    `digest` stands for the headings in their order; `columns` maps the key of each to a
    column's name, or to "" where nothing is to be taken from it. A match without any
    column leaves the table out.
    """

    office = models.ForeignKey(Office, models.CASCADE, related_name="+")
    kind = models.CharField(_("kind of roster"), max_length=40)
    digest = models.CharField(max_length=32)
    columns = models.JSONField(default=dict)
    matched_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    matched_at = models.DateTimeField(_("matched at"), auto_now=True)

    class Meta:
        verbose_name = _("column match")
        verbose_name_plural = _("column matches")
        constraints = [
            models.UniqueConstraint(
                fields=["office", "kind", "digest"], name="layout_matched_once_an_office"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.kind} {self.digest}"


class Mend(models.Model):
    """What somebody wrote over the cells of a held row, or that the row is to be left out.

    `cells` maps column names to text, sealed as a whole. The file itself stays as it is.
    """

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="mends")
    sheet = models.SmallIntegerField()
    line = models.IntegerField()
    cells = models.BinaryField()
    is_left_out = models.BooleanField(default=False)
    # Whether the rows that stand beside the import were judged with it.
    is_checked = models.BooleanField(default=False)
    mended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    mended_at = models.DateTimeField(_("mended at"), auto_now=True)

    class Meta:
        verbose_name = _("mended row")
        verbose_name_plural = _("mended rows")
        ordering = ["batch", "sheet", "line"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "sheet", "line"], name="row_mended_once"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.sheet}:{self.line}"
