"""The lines of work that ledgers and plans speak of, and what pays for them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from programs.querysets import ProgramQuerySet


class Fund(models.TextChoices):
    """Where the money of a class comes from, by the national layout of 2006.

    Source: 劳社培就司函[2006]75号, whose blocks are the first three; the rest is found in rosters.
    """

    EMPLOYMENT_FUNDS = "employment-funds", _("employment and re-employment funds")
    OTHER_FISCAL = "other-fiscal", _("other fiscal funds")
    OWN_CLAIM = "own-claim", _("paid by the trainee and refunded")
    ENTERPRISE = "enterprise", _("raised by the enterprise")
    CHARITY = "charity", _("donations")
    UNKNOWN = "unknown", _("source of funds not filled in")


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
