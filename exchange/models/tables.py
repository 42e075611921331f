"""Official tables as offices file them: the filing, and its cells as they were when it was filed."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import Office, RegionCodeField
from exchange.querysets import TableFilingQuerySet


class TableFiling(models.Model):
    """One office's table for a period, in one round.

    A draft is filled from the measures whenever it is looked at; filing freezes its cells, its
    form and the declaration it was filled by. Only `exchange.tables.filing` changes `state`.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("table", "being filled in")
        FILED = "filed", pgettext_lazy("table", "filed")
        RETURNED = "returned", pgettext_lazy("table", "returned")
        ACCEPTED = "accepted", pgettext_lazy("table", "accepted")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    table = models.CharField(_("table"), max_length=40)
    declaration = models.CharField(max_length=64, blank=True)
    region_code = RegionCodeField(_("region"), max_length=6)
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    period = models.CharField(_("period"), max_length=10)
    round = models.SmallIntegerField(_("round"), default=1)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    form = models.JSONField(null=True)  # the head as it was printed
    basis = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    code = models.CharField(_("filing code"), max_length=20, blank=True)
    filled_at = models.DateTimeField(_("figures as of"), null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("begun at"), auto_now_add=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    filed_at = models.DateTimeField(_("filed at"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decision = models.CharField(_("reason"), max_length=500, blank=True)
    contact = models.CharField(_("telephone"), max_length=30, blank=True)
    version = models.IntegerField(default=1)

    objects = TableFilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("filed table")
        verbose_name_plural = _("filed tables")
        ordering = ["-period", "region_code", "table", "-round"]
        indexes = [
            models.Index(fields=["region_code", "period", "table"], name="table_filing_place"),
            models.Index(fields=["code"], name="table_filing_code"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["table", "region_code", "period", "round"], name="table_round_once"
            ),
            models.UniqueConstraint(
                fields=["table", "region_code", "period"],
                condition=Q(state__in=["draft", "filed", "accepted"]),
                name="one_standing_table_a_period",
            ),
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(filed_by__isnull=False, filed_at__isnull=False, filled_at__isnull=False)
                & ~Q(digest="")
                & ~Q(code=""),
                name="a_filed_table_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "filed"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="a_decided_table_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("filed_by")),
                name="nobody_decides_on_their_own_table",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.region_code} {self.period} {self.round}"


class TableCell(models.Model):
    """A cell of a filing: typed or explained while it is a draft, all cells once it is filed."""

    class Origin(models.TextChoices):
        LEDGER = "ledger", _("from what is kept")
        FORMULA = "formula", _("computed")
        TYPED = "typed", _("typed in")
        NONE = "none", _("does not apply")

    filing = models.ForeignKey(TableFiling, models.CASCADE, related_name="cells")
    line = models.CharField(_("line"), max_length=40)
    column = models.CharField(_("column"), max_length=10)
    place = RegionCodeField(_("place"), blank=True)
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=4, null=True)
    text = models.CharField(_("text"), max_length=200, blank=True)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin)
    figure = models.TextField(blank=True)  # the query of the figure's address
    typed_by = models.BigIntegerField(null=True)
    typed_at = models.DateTimeField(null=True)
    explanation = models.CharField(_("explanation"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("cell of a table")
        verbose_name_plural = _("cells of tables")
        ordering = ["filing", "id"]
        constraints = [
            models.UniqueConstraint(fields=["filing", "line", "column"], name="table_cell_once"),
        ]

    def __str__(self) -> str:
        return f"{self.line}{self.column} {self.text or self.value}"
