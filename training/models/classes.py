"""What is taught and where: institutions, occupations, classes."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import RegionCodeField
from exchange.models import Imported
from programs.models import Fund, Program
from training.querysets import InstitutionQuerySet, TrainingClassQuerySet


class SkillLevel(models.TextChoices):
    """National skill levels; rosters write both 五级 and 初级."""

    JUNIOR = "5", _("junior (level 5)")
    INTERMEDIATE = "4", _("intermediate (level 4)")
    SENIOR = "3", _("senior (level 3)")
    TECHNICIAN = "2", _("technician (level 2)")
    SENIOR_TECHNICIAN = "1", _("senior technician (level 1)")


class Institution(Imported):
    """A school or training center, as its county knows it."""

    county_code = RegionCodeField(_("county"), max_length=6)
    name = models.CharField(_("name"), max_length=100)
    # What a narrowed role is bound to: the unified social credit code once it is known.
    key = models.CharField(_("unified social credit code"), max_length=40, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True, db_default="")
    licence_until = models.DateField(_("licensed until"), null=True, blank=True)
    created_at = models.DateTimeField(_("registered at"), auto_now_add=True, null=True)

    objects = InstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("training institution")
        verbose_name_plural = _("training institutions")
        ordering = ["county_code", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "name"], name="institution_name_once_a_county"
            ),
            models.UniqueConstraint(
                fields=["county_code", "key"],
                condition=~Q(key=""),
                name="institution_key_once_a_county",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Occupation(models.Model):
    """What is taught, by the name rosters use and the code of the national list if known."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    code = models.CharField(_("code"), max_length=20, blank=True)
    created_at = models.DateTimeField(_("registered at"), auto_now_add=True, null=True)

    class Meta:
        verbose_name = _("occupation")
        verbose_name_plural = _("occupations")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TrainingClass(models.Model):
    """One class: an institution teaches an occupation from a day to a day.

    Offices number classes by hand, so one number may stand for two classes; what
    tells them apart is the whole of number, institution, occupation and start.
    """

    county_code = RegionCodeField(_("county"), max_length=6)
    code = models.CharField(_("class number"), max_length=40)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="classes")
    occupation = models.ForeignKey(Occupation, models.PROTECT, related_name="+")
    program = models.ForeignKey(Program, models.PROTECT, related_name="+")
    level = models.CharField(_("level"), max_length=1, choices=SkillLevel, blank=True)
    start_date = models.DateField(_("start"))
    end_date = models.DateField(_("end"))
    hours = models.DecimalField(_("hours"), max_digits=6, decimal_places=1, null=True, blank=True)
    fund = models.CharField(
        _("source of funds"),
        max_length=20,
        choices=Fund,
        default=Fund.UNKNOWN,
        db_default=Fund.UNKNOWN.value,
    )
    created_at = models.DateTimeField(_("registered at"), auto_now_add=True)

    objects = TrainingClassQuerySet.as_manager()

    class Meta:
        verbose_name = _("class")
        verbose_name_plural = _("classes")
        ordering = ["-start_date", "-id"]
        indexes = [
            models.Index(
                F("county_code"), F("start_date").desc(), F("id").desc(), name="class_county"
            ),
            models.Index(F("start_date").desc(), F("id").desc(), name="class_start"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "code", "institution", "occupation", "start_date"],
                name="class_once",
            ),
            models.CheckConstraint(
                condition=Q(end_date__gte=F("start_date")), name="class_dates_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.code
