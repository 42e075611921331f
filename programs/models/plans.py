"""What is planned for a place: plans and the quotas they break down into."""

from __future__ import annotations

import datetime
from fractions import Fraction

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import RegionCodeField
from programs.models.programs import Program
from programs.querysets import QuotaQuerySet


class Plan(models.Model):
    """What is set for a year, or for a phase over years; a year may lie under a phase."""

    class Kind(models.TextChoices):
        PHASE = "phase", _("phase")
        YEAR = "year", _("year")

    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    phase = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="years", verbose_name=_("phase")
    )
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
            models.CheckConstraint(
                condition=Q(phase__isnull=True) | Q(kind="year"), name="a_phase_has_no_phase"
            ),
            models.UniqueConstraint(fields=["region_code", "name"], name="plan_name_once_a_region"),
        ]

    def __str__(self) -> str:
        return self.name

    def pace(self, day: datetime.date) -> Fraction:
        """The part of the plan's days that is gone by the end of a day, from 0 to 1."""
        gone = (min(day, self.last_day) - self.first_day).days + 1
        return Fraction(max(gone, 0), (self.last_day - self.first_day).days + 1)


class Quota(models.Model):
    """How much of a program a place is to do under a plan, in the measure's unit.

    `amount`, `allotted` (what the next level down holds of it) and `scheduled` (what the
    years under a phase hold of it) are written by issued documents only: PostgreSQL adds
    their lines up and refuses every other write. A quota listed apart (计划单列) is taken
    out of neither its parent nor its phase; the parts of one are.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="quotas")
    program = models.ForeignKey(Program, models.PROTECT, related_name="+")
    region_code = RegionCodeField(_("region"), max_length=6)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    phase_quota = models.ForeignKey("self", models.PROTECT, null=True, related_name="years")
    amount = models.BigIntegerField(_("amount"), default=0)
    allotted = models.BigIntegerField(_("allotted"), default=0)
    scheduled = models.BigIntegerField(_("scheduled"), default=0)
    listed_apart = models.BooleanField(_("listed apart"), default=False)
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
                condition=Q(allotted__gte=0, allotted__lte=F("amount")),
                name="children_never_exceed_the_parent",
            ),
            models.CheckConstraint(
                condition=Q(scheduled__gte=0, scheduled__lte=F("amount")),
                name="years_never_exceed_the_phase",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.program_id} {self.region_code} {self.amount}"

    @property
    def remainder(self) -> int:
        """What may still be allotted."""
        return self.amount - self.allotted
