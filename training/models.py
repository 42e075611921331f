"""What is taught: institutions, classes, and the ledger of who was in which class."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import RegionCodeField
from exchange.models import ImportBatch, Imported
from programs.models import Program
from talent.models import Category, Education, Person, Relation
from training.querysets import EnrollmentQuerySet, InstitutionQuerySet, TrainingClassQuerySet


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
