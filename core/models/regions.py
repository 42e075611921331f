from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.querysets import RegionQuerySet


class RegionCodeField(models.CharField):  # type: ignore[type-arg]
    """An official division code of 2, 4, 6, 9 or 12 digits.

    The code is the path, so 'here and beneath' is a range of codes. The C
    collation makes that range usable by a plain index.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 12)
        kwargs.setdefault("db_collation", "C")
        super().__init__(*args, **kwargs)


class Region(models.Model):
    """An administrative division, keyed by its official statistical code."""

    class Level(models.IntegerChoices):
        PROVINCE = 1, _("province")
        PREFECTURE = 2, _("prefecture")
        COUNTY = 3, _("county")
        TOWNSHIP = 4, _("township")
        VILLAGE = 5, _("village")

    code = RegionCodeField(_("code"), primary_key=True)
    name = models.CharField(_("name"), max_length=100)
    level = models.SmallIntegerField(_("level"), choices=Level)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    # Zones such as 620171 exist in the statistical bureau's edition only.
    statistical_only = models.BooleanField(_("statistics-only zone"), default=False)
    short_name = models.CharField(_("short name"), max_length=100, blank=True)
    pinyin = models.CharField(_("pinyin initials"), max_length=100, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["code"]
        indexes = [models.Index(fields=["short_name", "code"], name="region_short_name")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    code__regex=r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$"
                ),
                name="region_code_is_a_path",
            ),
        ]

    def __str__(self) -> str:
        return self.name
