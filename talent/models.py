"""The register of people: who they are, where they live, what they were and when."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import RegionCodeField
from exchange.models import ImportBatch
from talent.querysets import CredentialQuerySet, HouseholdQuerySet, PersonQuerySet


class Sex(models.TextChoices):
    """GB/T 2261.1."""

    MALE = "1", _("male")
    FEMALE = "2", _("female")


class Education(models.TextChoices):
    """The list in field use on household cards."""

    ILLITERATE = "illiterate", _("illiterate or half-illiterate")
    PRIMARY = "primary", _("primary school")
    JUNIOR = "junior", _("junior high school")
    SENIOR = "senior", _("senior high school")
    COLLEGE = "college", _("junior college")
    BACHELOR = "bachelor", _("bachelor or higher")


# 建档立卡 was closed with the year 2020: nobody was filed after this day.
FILED_POOR_TO = datetime.date(2020, 12, 31)


class Category(models.TextChoices):
    """What a person is treated as by the programs, from a date to a date.

    建档立卡 ends with 2020 and becomes 脱贫 or 监测; the rest are the trainee
    categories in force (四川 2025, domain.md section 1).
    """

    FILED_POOR = "filed-poor", _("filed poor laborer")
    OUT_OF_POVERTY = "out-of-poverty", _("laborer out of poverty")
    MONITORED = "monitored", _("monitored against return to poverty")
    TRANSFERRED = "transferred", _("rural migrant laborer")
    UNEMPLOYED = "unemployed", _("registered unemployed")
    TWO_AFTER = "two-after", _("school leaver without further schooling")
    HARD_TO_PLACE = "hard-to-place", _("hard to place")
    FARM_TALENT = "farm-talent", _("practical farm talent")
    EMPLOYEE = "employee", _("enterprise employee")
    VETERAN = "veteran", _("veteran")
    DISABLED = "disabled", _("disabled person")
    GRADUATE = "graduate", _("college graduate")
    FOUNDER = "founder", _("business founder")
    OTHER = "other", _("other")


class Relation(models.TextChoices):
    """Relation to the head of the household, as household cards name it."""

    HEAD = "head", _("head of household")
    SPOUSE = "spouse", _("spouse")
    SON = "son", _("son")
    DAUGHTER = "daughter", _("daughter")
    DAUGHTER_IN_LAW = "daughter-in-law", _("daughter-in-law")
    SON_IN_LAW = "son-in-law", _("son-in-law")
    GRANDSON = "grandson", _("grandson")
    GRANDDAUGHTER = "granddaughter", _("granddaughter")
    FATHER = "father", _("father")
    MOTHER = "mother", _("mother")
    FATHER_IN_LAW = "father-in-law", _("father-in-law")
    MOTHER_IN_LAW = "mother-in-law", _("mother-in-law")
    GRANDFATHER = "grandfather", _("grandfather")
    GRANDMOTHER = "grandmother", _("grandmother")
    BROTHER = "brother", _("brother")
    SISTER = "sister", _("sister")
    OTHER = "other", _("other")


class LaborSkill(models.TextChoices):
    """The list in field use on household cards."""

    ORDINARY = "ordinary", _("ordinary laborer")
    SKILLED = "skilled", _("skilled laborer")
    WEAK = "weak", _("weak or half laborer")
    LOST = "lost", _("lost the ability to work")
    NONE = "none", _("no ability to work")


class Household(models.Model):
    """A household on file, by the number on its card."""

    code = models.CharField(_("household number"), max_length=30)
    county_code = RegionCodeField(_("county"), max_length=6)
    region_code = RegionCodeField(_("village"))
    created_at = models.DateTimeField(_("registered at"), auto_now_add=True, null=True)

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("household")
        verbose_name_plural = _("households")
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "code"], name="household_number_once_a_county"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Person(models.Model):
    """A person, once in the whole portal, by the blind index of the citizen number.

    The number itself is sealed; screens show the mask. The name stands as it was
    written; `name_key` is what a search compares.
    """

    id_number_index = models.BinaryField(max_length=32, unique=True)
    id_number_sealed = models.BinaryField()
    id_number_mask = models.CharField(_("citizen number"), max_length=18)
    name = models.CharField(_("name"), max_length=100)
    name_key = models.CharField(max_length=100, db_collation="C")
    name_initials = models.CharField(max_length=50, db_collation="C", blank=True)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex)
    birth_date = models.DateField(_("date of birth"))
    ethnicity = models.CharField(_("ethnic group"), max_length=20, blank=True)
    education = models.CharField(_("education"), max_length=20, choices=Education, blank=True)
    # 在校生状况, as the roster writes it; filled in instead of the education.
    studying = models.CharField(_("present schooling"), max_length=30, blank=True, db_default="")
    labor_skill = models.CharField(
        _("labor skill"), max_length=20, choices=LaborSkill, blank=True, db_default=""
    )
    phone_sealed = models.BinaryField(null=True)
    # By which a roster's phone is compared; unknown for those registered without it.
    phone_index = models.BinaryField(max_length=32, null=True)
    phone_mask = models.CharField(_("phone"), max_length=20, blank=True)
    county_code = RegionCodeField(_("county"), max_length=6)
    region_code = RegionCodeField(_("home"))
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(_("registered at"), auto_now_add=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes = [
            models.Index(fields=["county_code", "name_key", "id"], name="person_county_name"),
        ]
        constraints = [
            # Sets of people hold keys of 32 bits.
            models.CheckConstraint(
                condition=models.Q(id__gte=1, id__lte=2_147_483_647), name="person_key_fits_a_set"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class HouseholdMembership(models.Model):
    """A person belongs to a household from a date to a date."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="memberships")
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    relation = models.CharField(_("relation to the head"), max_length=20, choices=Relation)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    created_at = models.DateTimeField(_("registered at"), auto_now_add=True, null=True)

    class Meta:
        verbose_name = _("household membership")
        verbose_name_plural = _("household memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(valid_to__isnull=True),
                name="one_household_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True)
                | models.Q(valid_to__gte=models.F("valid_from")),
                name="membership_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.household_id} {self.valid_from}"


class CategorySpell(models.Model):
    """A person is of a category from a date to a date, on some evidence."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="category_spells")
    category = models.CharField(_("category"), max_length=20, choices=Category)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    evidence = models.CharField(_("evidence"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("registered at"), auto_now_add=True, null=True)

    class Meta:
        verbose_name = _("category spell")
        verbose_name_plural = _("category spells")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "category", "valid_from"], name="category_spell_once"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True)
                | models.Q(valid_to__gte=models.F("valid_from")),
                name="category_dates_in_order",
            ),
            models.CheckConstraint(
                condition=~models.Q(category="filed-poor")
                | models.Q(valid_from__lte=str(FILED_POOR_TO)),
                name="filed_poor_to_2020",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.category} {self.valid_from}"


class Credential(models.Model):
    """A certificate a person was given, by its number.

    `enrollment_key` names the row of the training ledger that it came of, if any: the
    register knows nothing of the ledger. One that was entered wrongly is withdrawn, so that
    its number is free again.
    """

    class Kind(models.TextChoices):
        LEVEL = "level", _("vocational skill level certificate")
        QUALIFICATION = "qualification", _("national vocational qualification certificate")
        SKILL = "skill", _("certificate of a single skill")
        COMPLETION = "completion", _("certificate of completed training")

    class State(models.TextChoices):
        VALID = "valid", pgettext_lazy("certificate", "valid")
        WITHDRAWN = "withdrawn", pgettext_lazy("certificate", "withdrawn")

    person = models.ForeignKey(Person, models.PROTECT, related_name="credentials")
    county_code = RegionCodeField(_("county"), max_length=6)
    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    number = models.CharField(_("certificate number"), max_length=30)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.VALID)
    issued_on = models.DateField(_("issued on"))
    issuer = models.CharField(_("issued by"), max_length=100, blank=True)
    occupation = models.CharField(_("occupation"), max_length=100, blank=True)
    level = models.CharField(_("level"), max_length=1, blank=True)
    enrollment_key = models.BigIntegerField(null=True, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(_("entered at"), auto_now_add=True)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["-issued_on", "-id"]
        indexes = [
            models.Index(fields=["county_code", "issued_on"], name="credential_month"),
            models.Index(
                fields=["enrollment_key"],
                name="credential_enrollment",
                condition=models.Q(enrollment_key__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "number"],
                condition=models.Q(state="valid"),
                name="certificate_number_once",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class RegisterLine(models.Model):
    """A line of a roster that registered a person, changed what is on file, or agreed with it.

    `before` holds what a change replaced, and the version it led to; a phone stays sealed.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="register_lines")
    import_batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="+")
    sheet = models.SmallIntegerField()
    line = models.IntegerField()
    is_new = models.BooleanField()
    before = models.JSONField(null=True)
    created_at = models.DateTimeField(_("registered at"), auto_now_add=True, null=True)

    class Meta:
        verbose_name = _("line of the register")
        verbose_name_plural = _("lines of the register")
        constraints = [
            models.UniqueConstraint(
                fields=["import_batch", "sheet", "line"], name="register_line_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.import_batch_id} {self.sheet}:{self.line}"
