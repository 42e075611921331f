"""What is planned for a place: programs, plans and the quotas they break down into."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import RegionCodeField
from exchange.models import Imported
from programs.querysets import ProgramQuerySet, QuotaQuerySet


class Program(models.Model):
    """A line of work the ledgers and the plans speak of, such as 两后生培训.

    A program may be a part of another; an umbrella's figures are the sum of its parts.
    """

    code = models.SlugField(_("code"), max_length=20, primary_key=True)
    name = models.CharField(_("name"), max_length=100)
    part_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    # The key of the measure that says how far a quota is filled.
    measure = models.CharField(_("measure"), max_length=60)
    order = models.SmallIntegerField(default=0)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    source = models.TextField(_("source"), blank=True)

    objects = ProgramQuerySet.as_manager()

    class Meta:
        verbose_name = _("program")
        verbose_name_plural = _("programs")
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name


class Plan(models.Model):
    """A numbered document that sets quotas for a year or for a phase over years."""

    class Kind(models.TextChoices):
        PHASE = "phase", _("phase")
        YEAR = "year", _("year")

    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    region_code = RegionCodeField(_("issued for"))
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("to"))
    document_number = models.CharField(_("document number"), max_length=100, blank=True)
    source = models.TextField(_("source"), blank=True)
    needs_checking = models.BooleanField(_("to be checked against the original"), default=True)

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["-first_day", "region_code", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="plan_dates_in_order"
            ),
            models.UniqueConstraint(fields=["region_code", "name"], name="plan_name_once_a_region"),
        ]

    def __str__(self) -> str:
        return self.name


class Quota(Imported):
    """How much of a program a place is to do under a plan, in the measure's unit.

    `allotted` is what the next level down has been given out of `amount`. It is
    only ever moved by one conditional UPDATE, and the database refuses more than
    the amount. A quota listed apart (计划单列) is not taken out of its parent.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="quotas")
    program = models.ForeignKey(Program, models.PROTECT, related_name="+")
    region_code = RegionCodeField(_("region"), max_length=6)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    amount = models.BigIntegerField(_("amount"))
    allotted = models.BigIntegerField(_("allotted"), default=0)
    listed_apart = models.BooleanField(_("listed apart"), default=False)
    document_number = models.CharField(_("document number"), max_length=100, blank=True)
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = QuotaQuerySet.as_manager()

    class Meta:
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        ordering = ["plan", "program__order", "region_code"]
        indexes = [models.Index(fields=["region_code", "plan"], name="quota_region")]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "program", "region_code", "listed_apart"], name="quota_once"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="quota_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(allotted__gte=0) & Q(allotted__lte=F("amount")),
                name="children_never_exceed_the_parent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.program_id} {self.region_code} {self.amount}"

    @property
    def remainder(self) -> int:
        """What may still be allotted."""
        return self.amount - self.allotted
