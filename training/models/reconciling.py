"""What another office's workbook says otherwise than the ledger."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from exchange.models import Job
from exchange.periods import Period
from training.querysets import ReconciledLineQuerySet, ReconciliationQuerySet


class Reconciliation(Job):
    """A workbook held against the ledger of a region and period, and what was found.

    It is a list of people, or an official table with or without the list behind it. `program` is
    that of the list, empty where it may be of any. `compared` names what the list tells and so
    was compared; `cells` are of `training.reconciling.cells`. The files lie aside under
    `stored_as` and `roster_stored_as` until they are read.
    """

    class Kind(models.TextChoices):
        ROSTER = "roster", _("a list of people")
        TABLE = "table", _("an official table")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.ROSTER)
    table = models.CharField(_("table"), max_length=40, blank=True)
    roster_name = models.CharField(_("list of people"), max_length=255, blank=True)
    roster_stored_as = models.CharField(max_length=32, blank=True)
    name = models.CharField(_("file"), max_length=255)
    stored_as = models.CharField(max_length=32, blank=True)
    period = models.CharField(_("period"), max_length=20)
    program = models.CharField(_("program"), max_length=20, blank=True)
    compared = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    cells = models.JSONField(default=list)
    expires_at = models.DateTimeField(_("kept until"))

    objects = ReconciliationQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["region_code", "-id"], name="reconciliation_region"),
            models.Index(fields=["state", "lease_until"], name="reconciliation_state"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.region_code} {self.period}"

    @property
    def span(self) -> Period:
        return Period.parse(self.period)


class ReconciledLine(models.Model):
    """One difference: a line of theirs, a row of ours, or both; or a cell of a table.

    `theirs` and `ours` hold what each says, by the names of `training.reconciling.sides`;
    numbers stand masked. `also` names what differs beside `way`.
    """

    class Way(models.TextChoices):
        MISSING = "missing", _("we lack it")
        EXTRA = "extra", _("they lack it")
        CATEGORY = "category", _("another category")
        PROGRAM = "program", _("another program")
        PERIOD = "period", _("another period")
        PLACE = "place", _("another place")
        NUMBER = "number", _("another number")
        DOUBTFUL = "doubtful", _("cannot be told")
        CELL = "cell", _("another figure")

    job = models.ForeignKey(Reconciliation, models.CASCADE, related_name="lines")
    way = models.CharField(_("difference"), max_length=10, choices=Way)
    also = models.JSONField(default=list)
    name = models.CharField(_("name"), max_length=100)
    sheet = models.CharField(_("sheet"), max_length=100, blank=True)
    line = models.IntegerField(_("line"), null=True)
    row_key = models.BigIntegerField(null=True)
    person_key = models.BigIntegerField(null=True)
    theirs = models.JSONField(default=dict)
    ours = models.JSONField(default=dict)

    objects = ReconciledLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("difference")
        verbose_name_plural = _("differences")
        ordering = ["id"]
        indexes = [models.Index(fields=["job", "way", "id"], name="reconciled_line_way")]

    def __str__(self) -> str:
        return f"{self.way} {self.line} {self.row_key}"
