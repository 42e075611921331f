from __future__ import annotations

import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models.regions import Region


class PolicyArea(models.Model):
    """A named set of counties that a policy treats apart, such as 三区三州."""

    class Kind(models.TextChoices):
        DEEP_POVERTY = "deep-poverty", _("deep-poverty areas (three areas, three prefectures)")
        CONTIGUOUS = "contiguous", _("contiguous poor areas")
        PROVINCIAL = "provincial", _("set by the province")
        KEY_SUPPORT = "key-support", _("key counties for rural revitalization")

    key = models.SlugField(_("key"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    source = models.TextField(_("source"))
    needs_checking = models.BooleanField(_("to be checked against the original"), default=True)

    class Meta:
        verbose_name = _("policy area")
        verbose_name_plural = _("policy areas")
        ordering = ["kind", "key"]

    def __str__(self) -> str:
        return self.name


class PolicyAreaCountyQuerySet(models.QuerySet["PolicyAreaCounty"]):
    def on(self, day: datetime.date) -> Self:
        """Memberships in force on a day; an open end has no limit."""
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day)
        )


class PolicyAreaCounty(models.Model):
    """A county's dated membership in a policy area; areas overlap (木里, 天祝)."""

    area = models.ForeignKey(PolicyArea, models.CASCADE, related_name="memberships")
    county = models.ForeignKey(Region, models.PROTECT, related_name="+")
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    source = models.TextField(_("source"), blank=True)

    objects = PolicyAreaCountyQuerySet.as_manager()

    class Meta:
        verbose_name = _("county of a policy area")
        verbose_name_plural = _("counties of policy areas")
        constraints = [
            models.UniqueConstraint(
                fields=["area", "county", "valid_from"],
                name="one_membership_per_start",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.county_id}"


class PolicyAreaVillage(models.Model):
    """A village designated under a policy area, such as a poor village 贫困村, from a day to a day."""

    area = models.ForeignKey(PolicyArea, models.CASCADE, related_name="villages")
    village = models.ForeignKey(Region, models.PROTECT, related_name="+")
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    source = models.TextField(_("source"), blank=True)

    class Meta:
        verbose_name = _("village of a policy area")
        verbose_name_plural = _("villages of policy areas")
        constraints = [
            models.UniqueConstraint(
                fields=["area", "village", "valid_from"],
                name="one_designation_per_start",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.village_id}"
