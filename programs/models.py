"""What is planned for a place: programs, plans and the quotas they break down into."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import RegionCodeField
from exchange.models import Imported
from programs.querysets import ExpertQuerySet, PostingQuerySet, ProgramQuerySet, QuotaQuerySet
from talent.models import Person


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
