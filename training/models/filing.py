"""Before and while a class is held: who may teach what, the filing, the timetable, visits, roll calls."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import RegionCodeField
from training.models.classes import Institution, Occupation, SkillLevel, TrainingClass
from training.models.ledger import Enrollment
from training.querysets import OfClassQuerySet, OfInstitutionQuerySet


class Teacher(models.Model):
    """Who teaches at an institution, by name: two of one name are told apart by the name written."""

    county_code = RegionCodeField(_("county"), max_length=6)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="teachers")
    name = models.CharField(_("name"), max_length=50)
    qualification = models.CharField(_("title or qualification"), max_length=100, blank=True)
    created_at = models.DateTimeField(_("registered at"), auto_now_add=True)

    objects = OfInstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("teacher")
        verbose_name_plural = _("teachers")
        ordering = ["institution", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "name"], name="teacher_once_an_institution"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LicensedScope(models.Model):
    """What an institution's licence lets it teach, from a day to a day; no level means all."""

    county_code = RegionCodeField(_("county"), max_length=6)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="licensed_scopes")
    occupation = models.ForeignKey(Occupation, models.PROTECT, related_name="+")
    level = models.CharField(_("level"), max_length=1, choices=SkillLevel, blank=True)
    licence = models.CharField(_("number of the licence"), max_length=60, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    created_at = models.DateTimeField(_("registered at"), auto_now_add=True)

    objects = OfInstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("licensed scope")
        verbose_name_plural = _("licensed scopes")
        ordering = ["institution", "occupation", "level", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "occupation", "level", "valid_from"],
                name="licensed_scope_once",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="licensed_scope_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.occupation_id} {self.level}"


class ClassFiling(models.Model):
    """A class is filed ahead of time (开班备案): what is planned, and who agreed.

    `explanations` maps keys of rules that ask to {text, facts}: what was said, and of which
    findings (`training.gates.facts_of`). The attachment, if there is one, is kept by
    `exchange.evidence`. A class that came with a roster has no filing.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("being drawn up")
        FILED = "filed", _("filed, waiting for a decision")
        APPROVED = "approved", pgettext_lazy("filing of a class", "approved")
        RETURNED = "returned", _("returned")

    training_class = models.OneToOneField(TrainingClass, models.CASCADE, related_name="filing")
    county_code = RegionCodeField(_("county"), max_length=6)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    planned_size = models.SmallIntegerField(_("planned size"))
    hours_theory = models.DecimalField(_("hours of theory"), max_digits=6, decimal_places=1)
    hours_practice = models.DecimalField(_("hours of practice"), max_digits=6, decimal_places=1)
    place = models.CharField(_("place of teaching"), max_length=200)
    assessor = models.CharField(_("assessed by"), max_length=100, blank=True)
    plan = models.TextField(_("teaching plan"), max_length=4000, blank=True)
    attachment_stored_as = models.CharField(max_length=64, blank=True)
    attachment_name = models.CharField(_("attachment"), max_length=255, blank=True)
    attachment_sha256 = models.CharField(max_length=64, blank=True)
    attachment_size = models.BigIntegerField(_("size"), null=True, blank=True)
    explanations = models.JSONField(default=dict, blank=True)
    filed_at = models.DateTimeField(_("filed at"), null=True, blank=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decision = models.CharField(_("decision"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("drawn up at"), auto_now_add=True)
    version = models.IntegerField(default=1)

    objects = OfClassQuerySet.as_manager()

    class Meta:
        verbose_name = _("filing of a class")
        verbose_name_plural = _("filings of classes")
        ordering = ["-id"]
        indexes = [models.Index(fields=["county_code", "state", "-id"], name="filing_county")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(decided_by=F("filed_by")), name="nobody_approves_their_own_filing"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(filed_at__isnull=False, filed_by__isnull=False),
                name="a_filing_says_who_filed_it",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "returned"])
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="a_decided_filing_says_by_whom",
            ),
            models.CheckConstraint(condition=Q(planned_size__gt=0), name="a_class_plans_for_some"),
        ]

    def __str__(self) -> str:
        return f"{self.training_class_id} {self.state}"

    @property
    def hours(self) -> Decimal:
        """All hours that are planned, without zeros behind the point."""
        return Decimal(f"{(self.hours_theory + self.hours_practice).normalize():f}")


class Lesson(models.Model):
    """A line of a class's timetable."""

    training_class = models.ForeignKey(TrainingClass, models.CASCADE, related_name="lessons")
    county_code = RegionCodeField(_("county"), max_length=6)
    date = models.DateField(_("date"))
    subject = models.CharField(_("subject"), max_length=100)
    hours = models.DecimalField(_("hours"), max_digits=4, decimal_places=1)
    is_practice = models.BooleanField(_("practice"), default=False)
    teacher = models.ForeignKey(
        Teacher, models.PROTECT, null=True, blank=True, related_name="lessons"
    )

    objects = OfClassQuerySet.as_manager()

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")
        ordering = ["date", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["training_class", "date", "subject"], name="a_subject_once_a_day"
            ),
            models.CheckConstraint(condition=Q(hours__gt=0), name="a_lesson_takes_time"),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.subject}"


class ClassVisit(models.Model):
    """Somebody looked at a class while it was held (中期检查): how many were there."""

    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="visits")
    county_code = RegionCodeField(_("county"), max_length=6)
    visited_on = models.DateField(_("visited on"))
    enrolled = models.SmallIntegerField(_("enrolled"))
    seen = models.SmallIntegerField(_("present"))
    asked = models.SmallIntegerField(_("asked"), default=0)
    remark = models.CharField(_("what was found"), max_length=500, blank=True)
    visited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("entered at"), auto_now_add=True)

    objects = OfClassQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit of a class")
        verbose_name_plural = _("visits of classes")
        ordering = ["-visited_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(enrolled__gte=0, seen__gte=0, asked__gte=0),
                name="a_visit_counts_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.training_class_id} {self.visited_on}"


class RollCall(models.Model):
    """Who was there on which day (考勤): one a ledger row.

    `marks` maps a day as ISO text to `present`, `absent` or `leave`; a day without a mark was
    not called.
    """

    class Mark(models.TextChoices):
        PRESENT = "present", pgettext_lazy("roll call", "present")
        ABSENT = "absent", pgettext_lazy("roll call", "absent")
        LEAVE = "leave", _("on leave")

    enrollment = models.OneToOneField(Enrollment, models.CASCADE, related_name="roll_call")
    training_class = models.ForeignKey(TrainingClass, models.CASCADE, related_name="+")
    county_code = RegionCodeField(_("county"), max_length=6)
    marks = models.JSONField(default=dict)
    version = models.IntegerField(default=1)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = OfClassQuerySet.as_manager()

    class Meta:
        verbose_name = _("roll call")
        verbose_name_plural = _("roll calls")

    def __str__(self) -> str:
        return str(self.enrollment_id)
