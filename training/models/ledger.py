"""The ledger: who was in which class."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import RegionCodeField
from exchange.models import ImportBatch
from programs.models import Program
from talent.models import Category, Education, Person, Relation
from training.models.classes import SkillLevel, TrainingClass
from training.querysets import EnrollmentQuerySet


class Enrollment(models.Model):
    """A row of the ledger: a person was in a class.

    Holds the key of the person, never the number. The place is where it happened
    and stays so when the person moves. `as_written` keeps what the roster wrote
    where it differs from the register's wording, so that nothing is retyped.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("in the ledger")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Result(models.TextChoices):
        UNASSESSED = "unassessed", _("not assessed")
        PASSED = "passed", pgettext_lazy("result of a training", "passed")
        FAILED = "failed", _("did not pass")
        DROPPED = "dropped", _("dropped out")

    class Employment(models.TextChoices):
        UNKNOWN = "unknown", _("not known")
        EMPLOYED = "employed", _("employed")
        SELF_EMPLOYED = "self-employed", _("self-employed")
        UNEMPLOYED = "unemployed", _("not employed")

    person = models.ForeignKey(Person, models.PROTECT, related_name="enrollments", db_index=False)
    training_class = models.ForeignKey(
        TrainingClass, models.PROTECT, related_name="enrollments", db_index=False
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ACTIVE)
    region_code = RegionCodeField(_("village"))
    county_code = RegionCodeField(_("county"), max_length=6)
    prefecture_code = RegionCodeField(_("prefecture"), max_length=4)
    group_name = models.CharField(_("villagers' group"), max_length=30, blank=True)
    household_code = models.CharField(_("household number"), max_length=30, blank=True)
    relation = models.CharField(
        _("relation to the head"), max_length=20, choices=Relation, blank=True
    )
    category = models.CharField(_("category"), max_length=20, choices=Category)
    education = models.CharField(_("education"), max_length=20, choices=Education, blank=True)
    program = models.ForeignKey(Program, models.PROTECT, related_name="+", db_index=False)
    level = models.CharField(_("level"), max_length=1, choices=SkillLevel, blank=True)
    start_date = models.DateField(_("start"))
    end_date = models.DateField(_("end"))
    hours = models.DecimalField(_("hours"), max_digits=6, decimal_places=1, null=True, blank=True)
    result = models.CharField(_("result"), max_length=10, choices=Result, default=Result.UNASSESSED)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=1, null=True, blank=True)
    certificate_number = models.CharField(_("certificate number"), max_length=30, blank=True)
    subsidy = models.DecimalField(
        _("subsidy, yuan"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    employment = models.CharField(
        _("employment"), max_length=15, choices=Employment, default=Employment.UNKNOWN
    )
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    as_written = models.JSONField(null=True, blank=True)
    import_batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    sheet = models.SmallIntegerField(null=True, blank=True)
    line = models.IntegerField(null=True, blank=True)
    entered_by = models.BigIntegerField(null=True, blank=True)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(_("entered at"), auto_now_add=True)

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrollment")
        verbose_name_plural = _("enrollments")
        ordering = ["-start_date", "-id"]
        indexes = [
            models.Index(
                F("county_code"), F("start_date").desc(), F("id").desc(), name="enrollment_county"
            ),
            models.Index(
                F("prefecture_code"),
                F("start_date").desc(),
                F("id").desc(),
                name="enrollment_prefecture",
            ),
            models.Index(F("start_date").desc(), F("id").desc(), name="enrollment_start"),
            models.Index(
                fields=["person", "start_date"], include=["end_date"], name="enrollment_person"
            ),
            BrinIndex(fields=["import_batch"], name="enrollment_batch"),
            # For the foreign key's own look when a class goes; rows of a class lie together.
            BrinIndex(
                fields=["training_class"],
                opclasses=["int8_minmax_multi_ops"],
                name="enrollment_class",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["training_class", "person"],
                condition=Q(state="active"),
                name="one_active_enrollment_a_class",
            ),
            models.CheckConstraint(
                condition=Q(end_date__gte=F("start_date")), name="enrollment_dates_in_order"
            ),
            models.CheckConstraint(
                condition=Q(import_batch__isnull=True, line__isnull=True)
                | Q(import_batch__isnull=False, line__isnull=False, sheet__isnull=False),
                name="imported_rows_name_their_line",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.training_class_id} {self.person_id}"
