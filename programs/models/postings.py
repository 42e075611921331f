"""People posted to serve below."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import RegionCodeField
from exchange.models import Imported
from programs.querysets import PostingQuerySet
from talent.models import Person


class PostingKind(models.TextChoices):
    """The programs that send people to serve below (domain sources: see data/rules.toml)."""

    FIRST_SECRETARY = "first-secretary", _("first secretary")
    VILLAGE_TEAM = "village-team", _("village work team")
    DEPUTY_OF_TOWNSHIP = "deputy-of-township", _("deputy head of township for technology")
    DEPUTY_OF_COUNTY = "deputy-of-county", _("deputy head of county for technology")
    TECHNICAL_ENVOY = "technical-envoy", _("technical envoy")
    THREE_SUPPORTS = "three-supports", _("three supports and one aid")
    VILLAGE_GRADUATE = "village-graduate", _("college graduate as village official")
    SPECIAL_POST = "special-post", _("special-post teacher")
    WEST_PLAN = "west-plan", _("western plan")
    PAIRED_AID = "paired-aid", _("paired assistance")
    SECONDMENT = "secondment", _("secondment")
    INTERNSHIP = "internship", _("teaching internship")


class Posting(Imported):
    """A person is posted by a unit to a place, from a day to a day, both included.

    Without an end the posting goes on. The place is where it happened and stays so.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(_("kind of posting"), max_length=20, choices=PostingKind)
    sending_unit = models.CharField(_("sending unit"), max_length=100)
    post = models.CharField(_("post"), max_length=100, blank=True)
    county_code = RegionCodeField(_("county"), max_length=6)
    region_code = RegionCodeField(_("place"))
    start_date = models.DateField(_("start"))
    end_date = models.DateField(_("end"), null=True, blank=True)
    document_number = models.CharField(_("document number"), max_length=100, blank=True)
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    entered_by = models.BigIntegerField(null=True, blank=True)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(_("entered at"), auto_now_add=True)

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        ordering = ["-start_date", "-id"]
        indexes = [
            models.Index(
                F("county_code"), F("start_date").desc(), F("id").desc(), name="posting_county"
            ),
            models.Index(fields=["person", "start_date"], name="posting_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_date__isnull=True) | Q(end_date__gte=F("start_date")),
                name="posting_dates_in_order",
            ),
            models.UniqueConstraint(
                fields=["person", "county_code"],
                condition=Q(end_date__isnull=True),
                name="one_open_posting_a_county",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.start_date}"
