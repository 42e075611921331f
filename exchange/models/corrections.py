"""What may still change in a closed month: by request of one, decision of another, with a trace."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import RegionCodeField
from exchange.models.submissions import Submission
from exchange.querysets import CorrectionQuerySet, RestatementQuerySet


class Correction(models.Model):
    """A county asks for one row of a locked month to be changed, and shows why.

    `cells` maps the names of changed columns to text, sealed as a whole; `before` and
    `after` hold the same cells as they may be shown. `row_key` is empty for a row to be
    added until it is. The file that proves it lies in FILES_DIR/evidence.
    """

    class Kind(models.TextChoices):
        CHANGE = "change", _("change a row")
        WITHDRAW = "withdraw", _("withdraw a row")
        ADD = "add", _("add a row")

    class State(models.TextChoices):
        ASKED = "asked", _("waiting for a decision")
        APPROVED = "approved", _("approved")
        APPLIED = "applied", pgettext_lazy("correction", "corrected")
        REFUSED = "refused", pgettext_lazy("correction", "not corrected")
        WITHDRAWN = "withdrawn", pgettext_lazy("correction", "request withdrawn")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="corrections")
    county_code = RegionCodeField(_("county"), max_length=6)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    chapter = models.CharField(max_length=12)
    row_key = models.BigIntegerField(null=True, blank=True)
    row_version = models.IntegerField(null=True, blank=True)
    cells = models.BinaryField(default=bytes)
    reason = models.CharField(_("reason"), max_length=300)
    evidence_stored_as = models.CharField(max_length=64)
    evidence_name = models.CharField(_("evidence"), max_length=255)
    evidence_sha256 = models.CharField(max_length=64)
    evidence_size = models.BigIntegerField(_("size"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked for at"), auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision = models.CharField(_("decision"), max_length=300, blank=True)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    version = models.IntegerField(default=1)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["-id"]
        indexes = [models.Index(fields=["county_code", "-id"], name="correction_county")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(decided_by=F("asked_by")), name="nobody_decides_their_own"
            ),
            models.CheckConstraint(
                condition=Q(kind="add", row_key__isnull=True)
                | Q(kind="add", row_key__isnull=False, state="applied")
                | ~Q(kind="add") & Q(row_key__isnull=False, row_version__isnull=False),
                name="a_correction_names_its_row",
            ),
            models.UniqueConstraint(
                fields=["chapter", "row_key"],
                condition=Q(state="asked"),
                name="one_open_correction_a_row",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.kind} {self.row_key}"


class Restatement(models.Model):
    """By how much a figure of a closed month was moved, by which act. Append-only.

    Written by `rollups.move` from the same delta that moves the figure: a month's figures
    as sealed, and what was restated since, give its figures now. Of people it says by how many
    more or fewer there are in a program and category of the month.
    """

    measure = models.CharField(_("measure"), max_length=60)
    county_code = RegionCodeField(_("county"), max_length=6)
    month = models.DateField(_("month"))
    program = models.CharField(_("program"), max_length=20)
    category = models.CharField(_("category"), max_length=20)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    correction = models.ForeignKey(Correction, models.PROTECT, null=True, related_name="+")
    act = models.CharField(_("act"), max_length=80, blank=True)
    request_id = models.CharField(_("request number"), max_length=40, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = RestatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("restatement")
        verbose_name_plural = _("restatements")
        ordering = ["-id"]
        indexes = [models.Index(fields=["county_code", "month", "-id"], name="restatement_cell")]

    def __str__(self) -> str:
        return f"{self.measure} {self.county_code} {self.month:%Y-%m} {self.amount:+}"
