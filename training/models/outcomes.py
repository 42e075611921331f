"""What came of a class: exams, claims, employment. Each fact lies in the month in which it happened."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import RegionCodeField
from training.models.classes import TrainingClass
from training.models.ledger import Enrollment
from training.querysets import OfClaimQuerySet, OfClassQuerySet, OfEnrollmentQuerySet


class ExamRoll(models.Model):
    """Who sits an exam (鉴定名单). Once it is frozen nobody comes or goes: PostgreSQL sees to it.

    `digest` is the SM3 of the entries' people as they were when it was frozen.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("being drawn up")
        FROZEN = "frozen", _("frozen")

    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="exam_rolls")
    county_code = RegionCodeField(_("county"), max_length=6)
    exam_on = models.DateField(_("day of the exam"))
    assessor = models.CharField(_("assessed by"), max_length=100)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField(_("frozen at"), null=True, blank=True)
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    digest = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(_("drawn up at"), auto_now_add=True)

    objects = OfClassQuerySet.as_manager()

    class Meta:
        verbose_name = _("exam roll")
        verbose_name_plural = _("exam rolls")
        ordering = ["-exam_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["training_class", "exam_on"], name="exam_roll_once"),
            models.CheckConstraint(
                condition=Q(state="draft", digest="")
                | Q(state="frozen", frozen_at__isnull=False, frozen_by__isnull=False),
                name="a_frozen_roll_says_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.training_class_id} {self.exam_on}"


class ExamEntry(models.Model):
    """One person of an exam roll, and the result once it is known: in the month of `resulted_on`."""

    class Result(models.TextChoices):
        PASSED = "passed", pgettext_lazy("result of a training", "passed")
        FAILED = "failed", _("did not pass")
        ABSENT = "absent", _("did not sit the exam")
        DROPPED = "dropped", _("dropped out")

    roll = models.ForeignKey(ExamRoll, models.CASCADE, related_name="entries")
    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="exam_entries")
    county_code = RegionCodeField(_("county"), max_length=6)
    result = models.CharField(_("result"), max_length=10, choices=Result, blank=True)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=1, null=True, blank=True)
    resulted_on = models.DateField(_("day of the result"), null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.IntegerField(default=1)

    objects = OfEnrollmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("exam entry")
        verbose_name_plural = _("exam entries")
        ordering = ["roll", "id"]
        indexes = [
            models.Index(
                fields=["county_code", "resulted_on"],
                name="exam_entry_month",
                condition=Q(resulted_on__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["roll", "enrollment"], name="once_on_an_exam_roll"),
            models.CheckConstraint(
                condition=Q(result="", resulted_on__isnull=True, score__isnull=True)
                | ~Q(result="") & Q(resulted_on__isnull=False, entered_by__isnull=False),
                name="a_result_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.roll_id} {self.enrollment_id}"


class FollowUp(models.Model):
    """What a trainee did for a living on a day after the class (就业回访)."""

    class Way(models.TextChoices):
        PHONE = "phone", _("by telephone")
        VISIT = "visit", _("by visit")
        RECORD = "record", _("by record")

    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="follow_ups")
    county_code = RegionCodeField(_("county"), max_length=6)
    visited_on = models.DateField(_("asked on"))
    way = models.CharField(_("way"), max_length=10, choices=Way)
    employment = models.CharField(_("employment"), max_length=15, choices=Enrollment.Employment)
    employer = models.CharField(_("employer or trade"), max_length=100, blank=True)
    evidence = models.CharField(_("evidence"), max_length=200, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    version = models.IntegerField(default=1)
    at = models.DateTimeField(_("entered at"), auto_now_add=True)

    objects = OfEnrollmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ["-visited_on", "-id"]
        indexes = [models.Index(fields=["county_code", "visited_on"], name="follow_up_month")]
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "visited_on"], name="one_follow_up_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id} {self.visited_on}"


class Claim(models.Model):
    """A claim of the subsidy for people of one class (补贴申领): published, then decided.

    `standard` is yuan a head. While an objection is open nobody may approve.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("being drawn up")
        PUBLISHED = "published", _("being published")
        APPROVED = "approved", pgettext_lazy("claim", "approved")
        REFUSED = "refused", pgettext_lazy("claim", "refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("claim", "withdrawn")

    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="claims")
    county_code = RegionCodeField(_("county"), max_length=6)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    standard = models.DecimalField(_("standard, yuan a head"), max_digits=8, decimal_places=2)
    explanations = models.JSONField(default=dict, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("drawn up at"), auto_now_add=True)
    published_on = models.DateField(_("published on"), null=True, blank=True)
    publicity_until = models.DateField(_("published until"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    decision = models.CharField(_("decision"), max_length=300, blank=True)
    version = models.IntegerField(default=1)

    objects = OfClassQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["-id"]
        indexes = [models.Index(fields=["county_code", "state", "-id"], name="claim_county")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(decided_by=F("made_by")), name="nobody_approves_their_own_claim"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"])
                | Q(published_on__isnull=False, publicity_until__isnull=False),
                name="a_claim_is_published_first",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "refused"])
                | Q(decided_by__isnull=False, decided_on__isnull=False),
                name="a_decided_claim_says_by_whom",
            ),
            models.CheckConstraint(condition=Q(standard__gt=0), name="a_claim_asks_for_something"),
        ]

    def __str__(self) -> str:
        return f"{self.training_class_id} {self.state}"


class ClaimLine(models.Model):
    """What is claimed for one person: `share` of the standard, by employment. Sealed when approved."""

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="lines")
    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="claim_lines")
    county_code = RegionCodeField(_("county"), max_length=6)
    employment = models.CharField(_("employment"), max_length=15, choices=Enrollment.Employment)
    share = models.DecimalField(_("share of the standard"), max_digits=4, decimal_places=3)
    amount = models.DecimalField(_("amount, yuan"), max_digits=8, decimal_places=2)
    # Not of a refused or withdrawn claim: of those a person may have many.
    is_live = models.BooleanField(default=True)
    approved_on = models.DateField(_("approved on"), null=True, blank=True)
    version = models.IntegerField(default=1)

    objects = OfEnrollmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a claim")
        verbose_name_plural = _("lines of a claim")
        ordering = ["claim", "id"]
        indexes = [
            models.Index(
                fields=["county_code", "approved_on"],
                name="claim_line_month",
                condition=Q(approved_on__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment"],
                condition=Q(is_live=True),
                name="claimed_once",
            ),
            models.UniqueConstraint(fields=["claim", "enrollment"], name="once_in_a_claim"),
            models.CheckConstraint(
                condition=Q(approved_on__isnull=True) | Q(is_live=True),
                name="approved_lines_are_live",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.enrollment_id}"


class Objection(models.Model):
    """Somebody objects to a published claim (公示异议); settled with a sentence."""

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="objections")
    county_code = RegionCodeField(_("county"), max_length=6)
    raised_on = models.DateField(_("raised on"))
    who = models.CharField(_("raised by"), max_length=50, blank=True)
    text = models.CharField(_("objection"), max_length=500)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    settled_on = models.DateField(_("settled on"), null=True, blank=True)
    settlement = models.CharField(_("how it was settled"), max_length=500, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = OfClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_on__isnull=True, settled_by__isnull=True, settlement="")
                | Q(settled_on__isnull=False, settled_by__isnull=False) & ~Q(settlement=""),
                name="a_settled_objection_says_how",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.raised_on}"
