"""A county's month on its way up: its state, what rules and people said of it, the job that looks."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import RegionCodeField
from core.rules import Severity, say
from exchange.models.jobs import Job
from exchange.querysets import SubmissionQuerySet


class Submission(models.Model):
    """One county's rows of one month and book, on their way to the province.

    Only `exchange.submissions.moves` changes `state`. `round` says how often it was
    submitted; `due_on` is empty where the clock does not expect the month.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("being filled in")
        SUBMITTED = "submitted", _("submitted")
        RETURNED = "returned", _("returned")
        ACCEPTED = "accepted", pgettext_lazy("submission", "accepted")
        LOCKED = "locked", _("locked")
        REOPENED = "reopened", _("opened again for a time")

    book = models.CharField(max_length=20)
    county_code = RegionCodeField(_("county"), max_length=6)
    prefecture_code = RegionCodeField(_("prefecture"), max_length=4)
    month = models.DateField(_("month"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    round = models.SmallIntegerField(_("times submitted"), default=0)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    locked_at = models.DateTimeField(_("locked at"), null=True, blank=True)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    returned_at = models.DateTimeField(_("returned at"), null=True, blank=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    late_reason = models.CharField(_("reason for lateness"), max_length=300, blank=True)
    open_until = models.DateTimeField(_("open until"), null=True, blank=True)
    version = models.IntegerField(default=1)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        ordering = ["-month", "county_code"]
        indexes = [
            models.Index(fields=["state", "due_on"], name="submission_state"),
            models.Index(fields=["prefecture_code", "month"], name="submission_prefecture"),
            models.Index(fields=["county_code", "-month"], name="submission_county"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["book", "county_code", "month"], name="one_submission_a_month"
            ),
            models.CheckConstraint(
                condition=Q(month__day=1), name="submission_month_starts_on_the_first"
            ),
            models.CheckConstraint(
                condition=~Q(accepted_by=F("submitted_by")), name="nobody_accepts_their_own"
            ),
            models.CheckConstraint(
                condition=~Q(locked_by=F("accepted_by")), name="nobody_locks_their_own"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "draft",
                        "submitted",
                        "returned",
                        "accepted",
                        "locked",
                        "reopened",
                    ]
                ),
                name="submission_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="reopened", open_until__isnull=False)
                | ~Q(state="reopened") & Q(open_until__isnull=True),
                name="reopened_until_some_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.county_code} {self.month:%Y-%m}"

    def counts_as_late(self, today: datetime.date) -> bool:
        """Was due and has not come up, or came up after its day."""
        waits = self.state in {self.State.DRAFT, self.State.RETURNED}
        overdue = bool(waits and self.due_on and self.due_on < today)
        return bool(self.late_reason) or overdue


class LedgerCheck(Job):
    """A look at all rows of a county's month: to see what stands against it, or to submit it."""

    class Step(models.TextChoices):
        CHECK = "check", _("checking the month")
        SUBMIT = "submit", _("checking and submitting the month")

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="checks")
    late_reason = models.CharField(_("reason for lateness"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("check of a month")
        verbose_name_plural = _("checks of months")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["submission", "-id"], name="check_submission"),
            models.Index(fields=["state", "lease_until"], name="check_state"),
        ]

    def __str__(self) -> str:
        return f"{self.submission} {self.step}"


class SubmissionFinding(models.Model):
    """What a rule said of a row of a county's month when it was last looked at."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="findings")
    chapter = models.CharField(max_length=12)
    row_key = models.BigIntegerField()
    column = models.CharField(max_length=40, blank=True)
    rule = models.CharField(max_length=80)
    severity = models.CharField(max_length=12, choices=Severity)
    sentence = models.TextField()
    params = models.JSONField(default=dict)
    # SM3 of what was found: an explanation holds for this and for nothing else.
    facts = models.CharField(max_length=64)

    class Meta:
        ordering = ["submission", "rule", "id"]
        indexes = [models.Index(fields=["submission", "rule", "id"], name="submission_finding")]

    def __str__(self) -> str:
        return say(self.sentence, self.params)


class Explanation(models.Model):
    """Why a row is right although a rule asks about it; a changed row is explained anew."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="explanations")
    rule = models.CharField(max_length=80)
    chapter = models.CharField(max_length=12)
    row_key = models.BigIntegerField()
    facts = models.CharField(max_length=64)
    text = models.CharField(_("explanation"), max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("explained at"), auto_now=True)

    class Meta:
        verbose_name = _("explanation")
        verbose_name_plural = _("explanations")
        ordering = ["submission", "rule", "row_key"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "rule", "chapter", "row_key", "facts"],
                name="explained_once",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class ReturnNote(models.Model):
    """What an upper level asks of one row, or of one cell of it (`column`), and the answer."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="notes")
    round = models.SmallIntegerField()
    chapter = models.CharField(max_length=12)
    row_key = models.BigIntegerField()
    column = models.CharField(max_length=40, blank=True)
    text = models.CharField(_("note"), max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("noted at"), auto_now_add=True)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("return note")
        verbose_name_plural = _("return notes")
        ordering = ["submission", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True)
                | ~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False),
                name="an_answer_names_who_gave_it",
            ),
        ]

    def __str__(self) -> str:
        return self.text
