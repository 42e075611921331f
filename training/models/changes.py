"""What became of rows of the ledger, and rows that are not yet fit for it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import RegionCodeField
from programs.models import Program
from training.models.classes import TrainingClass
from training.querysets import DraftRowQuerySet, RowChangeQuerySet


class RowChange(models.Model):
    """One change of one row, with the row as it stood before. Appended, never altered.

    `version` is what the change led to; version 1 entered the row and has no `before`,
    which otherwise holds the whole row as canonical cells: text or null by column, the
    person as a hexadecimal blind index. `chapter` and `row_key` name the row, so that
    results, certificates and the like have the same history. `op` is the browser's key of
    the edit, by which an edit that was sent twice is written once; `client` is the key under
    which the browser entered the row. Imports write none.
    """

    chapter = models.CharField(_("chapter"), max_length=12)
    row_key = models.BigIntegerField()
    county_code = RegionCodeField(_("county"), max_length=6)
    version = models.IntegerField(_("version"))
    op = models.UUIDField(null=True)
    client = models.UUIDField(null=True)
    before = models.JSONField(_("before"), null=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    correction = models.BigIntegerField(null=True)
    by = models.BigIntegerField(null=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = RowChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of a row")
        verbose_name_plural = _("changes of rows")
        ordering = ["id"]
        indexes = [models.Index(fields=["county_code", "id"], name="row_change_county")]
        constraints = [
            models.UniqueConstraint(
                fields=["chapter", "row_key", "version"], name="row_change_once_a_version"
            ),
            models.UniqueConstraint(
                fields=["county_code", "op"],
                condition=Q(op__isnull=False),
                name="row_change_once_an_op",
            ),
            models.UniqueConstraint(
                fields=["county_code", "client"],
                condition=Q(client__isnull=False),
                name="row_entered_once_a_client",
            ),
            models.CheckConstraint(
                condition=Q(version=1) | Q(before__isnull=False),
                name="row_change_keeps_what_was",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chapter} {self.row_key} {self.version}"


class DraftRow(models.Model):
    """A row, or an edit of one, that a mandatory rule holds back: kept, and counted nowhere.

    `cells` are sealed JSON of text by column: all of a new row, of a stored row (`row_key`)
    only what was changed. `month` is that of the start, or the desk's while the start cannot be
    read; without either the row stands on every desk of its county. `version` counts how often
    it was sent; `row_version` is that of the stored row which the edit was made upon.
    """

    county_code = RegionCodeField(_("county"), max_length=6)
    client = models.UUIDField()
    op = models.UUIDField()
    program = models.ForeignKey(Program, models.PROTECT, related_name="+")
    training_class = models.ForeignKey(
        TrainingClass, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    month = models.DateField(_("month"), null=True, blank=True)
    row_key = models.BigIntegerField(null=True, blank=True)
    row_version = models.IntegerField(null=True, blank=True)
    cells = models.BinaryField()
    version = models.IntegerField(default=1)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = DraftRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("unfinished row")
        verbose_name_plural = _("unfinished rows")
        ordering = ["id"]
        indexes = [models.Index(fields=["county_code", "month"], name="draft_row_month")]
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "client"], name="draft_row_once_a_client"
            ),
            models.CheckConstraint(
                condition=Q(row_key__isnull=True, row_version__isnull=True)
                | Q(row_key__isnull=False, row_version__isnull=False),
                name="drafts_of_stored_rows_name_their_version",
            ),
        ]

    def __str__(self) -> str:
        return str(self.client)
