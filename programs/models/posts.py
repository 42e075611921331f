"""How many posts of the higher grades a unit may fill (岗位限额)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import RegionCodeField
from exchange.models import Imported
from programs.querysets import PostCeilingQuerySet


class PostCeiling(Imported):
    """A unit's posts by a document, and how many of them are filled on a day.

    Posts set up specially (特设岗位) are counted beside the others: they take nothing from
    the total, and nothing from the part that may be intermediate and senior.
    """

    county_code = RegionCodeField(_("county"), max_length=6)
    unit = models.CharField(_("unit"), max_length=100)
    series = models.CharField(_("series of posts"), max_length=60, blank=True)
    total = models.IntegerField(_("posts in all"))
    senior = models.IntegerField(_("senior posts"))
    intermediate = models.IntegerField(_("intermediate posts"))
    special = models.IntegerField(_("posts set up specially"), default=0)
    filled_senior = models.IntegerField(_("senior posts filled"))
    filled_intermediate = models.IntegerField(_("intermediate posts filled"))
    filled_special = models.IntegerField(_("special posts filled"), default=0)
    document_number = models.CharField(_("document number"), max_length=100, blank=True)
    as_of = models.DateField(_("as of"))
    entered_by = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(_("entered at"), auto_now_add=True)

    objects = PostCeilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("posts of a unit")
        verbose_name_plural = _("posts of units")
        ordering = ["-as_of", "-id"]
        indexes = [
            models.Index(fields=["county_code", "-as_of", "-id"], name="post_ceiling_county")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "unit", "series", "as_of"], name="posts_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(
                    total__gte=0,
                    senior__gte=0,
                    intermediate__gte=0,
                    special__gte=0,
                    filled_senior__gte=0,
                    filled_intermediate__gte=0,
                    filled_special__gte=0,
                ),
                name="posts_are_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.as_of}"
