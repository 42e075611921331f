"""Experts who serve counties in teams."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import RegionCodeField
from exchange.models import Imported
from programs.querysets import ExpertQuerySet
from talent.models import Person


class TeamKind(models.TextChoices):
    SENIOR = "senior", _("team of senior experts")
    RETURNED = "returned", _("team of returned scholars")
    POSTDOCTORAL = "postdoctoral", _("team of postdoctoral researchers")
    SPECIAL = "special", _("special training for Xinjiang and Tibet")
    OTHER = "other", _("other")


class TitleGrade(models.TextChoices):
    """Grades of professional titles, the highest first."""

    FULL = "full", _("full senior")
    ASSOCIATE = "associate", _("associate senior")
    INTERMEDIATE = "intermediate", _("intermediate")
    JUNIOR = "junior", _("junior")


class Expert(Imported):
    """A person who serves a county in a team of experts."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    team = models.CharField(_("team of experts"), max_length=15, choices=TeamKind)
    county_code = RegionCodeField(_("county"), max_length=6)
    unit = models.CharField(_("unit"), max_length=100)
    title = models.CharField(_("professional title"), max_length=100, blank=True)
    grade = models.CharField(_("grade of title"), max_length=15, choices=TitleGrade, blank=True)
    specialty = models.CharField(_("specialty"), max_length=100)
    start_date = models.DateField(_("serves since"), null=True, blank=True)
    entered_by = models.BigIntegerField(null=True, blank=True)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(_("entered at"), auto_now_add=True)

    objects = ExpertQuerySet.as_manager()

    class Meta:
        verbose_name = _("expert")
        verbose_name_plural = _("experts")
        ordering = ["county_code", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "person", "team"], name="expert_once_a_team"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.team}"
