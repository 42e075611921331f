from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import RegionCodeField
from core.rules import say
from exchange.models.corrections import Correction
from exchange.models.submissions import Submission
from exchange.querysets import ReceiptQuerySet, SealFindingQuerySet


class Receipt(models.Model):
    """What a submission or a correction sealed: one link of its county's chain.

    `link` is the HMAC of the link before and of this receipt's header, `lines_digest`
    the SM3 of the rows it seals; `code` is what is printed. The database refuses to
    change or delete a receipt.
    """

    class Kind(models.TextChoices):
        SUBMISSION = "submission", _("monthly submission")
        CORRECTION = "correction", _("correction request")

    county_code = RegionCodeField(_("county"))
    seq = models.IntegerField(_("number in the county's chain"))
    kind = models.CharField(_("what was sealed"), max_length=10, choices=Kind)
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="receipts")
    correction = models.OneToOneField(Correction, models.PROTECT, null=True, related_name="receipt")
    round = models.SmallIntegerField(_("submitted for the time"))
    rows = models.IntegerField(_("rows"))
    people = models.IntegerField(_("people"))
    # [measure, program, category, amount] of the county's month, amounts as text.
    figures = models.JSONField(default=list)
    lines_digest = models.BinaryField(max_length=32)
    prev = models.BinaryField(max_length=32)
    link = models.BinaryField(max_length=32, unique=True)
    code = models.CharField(_("receipt code"), max_length=16, unique=True)
    sealed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sealed_at = models.DateTimeField(_("sealed at"), default=timezone.now)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["county_code", "seq"], name="receipt_once_a_number"),
            models.CheckConstraint(
                condition=Q(kind="submission", correction__isnull=True)
                | Q(kind="correction", correction__isnull=False),
                name="receipt_of_a_correction_names_it",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def public_id(self) -> str:
        """What stands for the receipt in an address and on paper."""
        return self.code


class SealedRow(models.Model):
    """The digest of one row as a receipt sealed it; the newest one of a row is valid."""

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="sealed_rows")
    chapter = models.CharField(max_length=12, db_collation="C")
    row_key = models.BigIntegerField()
    version = models.IntegerField()
    digest = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("sealed row")
        verbose_name_plural = _("sealed rows")
        constraints = [
            models.UniqueConstraint(
                fields=["receipt", "chapter", "row_key"], name="sealed_row_once_a_receipt"
            ),
        ]
        indexes = [models.Index(fields=["chapter", "row_key", "-id"], name="sealed_row_newest")]

    def __str__(self) -> str:
        return f"{self.receipt_id} {self.chapter} {self.row_key}"


class Verification(models.Model):
    """One comparison of everything sealed with what is there now."""

    at = models.DateTimeField(_("begun"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    receipts = models.IntegerField(_("receipts"), default=0)
    rows = models.BigIntegerField(_("rows"), default=0)
    findings_count = models.IntegerField(_("faults found"), default=0)

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S}"


class SealFinding(models.Model):
    """Something that is not as it was sealed."""

    class Kind(models.TextChoices):
        ROW_CHANGED = "row-changed", _("row changed")
        ROW_GONE = "row-gone", _("row gone")
        ROW_UNSEALED = "row-unsealed", _("row put in")
        SEALED_ROWS_ALTERED = "sealed-rows-altered", _("sealed rows altered")
        RECEIPT_ALTERED = "receipt-altered", _("receipt altered")
        CHAIN_BROKEN = "chain-broken", _("receipts cut out of the chain")
        TAIL_CUT = "tail-cut", _("newest receipts cut off")
        CHAIN_RECOMPUTED = "chain-recomputed", _("chain made anew")
        ANCHOR_GONE = "anchor-gone", _("anchor file gone or altered")

    verification = models.ForeignKey(Verification, models.CASCADE, related_name="findings")
    # '' where the fault is of no one county: the anchor file.
    county_code = RegionCodeField(_("county"), blank=True, default="")
    month = models.DateField(_("month"), null=True)
    receipt_seq = models.IntegerField(_("number in the county's chain"), null=True)
    kind = models.CharField(_("what happened"), max_length=20, choices=Kind)
    chapter = models.CharField(max_length=12, blank=True, default="")
    row_key = models.BigIntegerField(null=True)
    sentence = models.TextField()
    params = models.JSONField(default=dict)

    objects = SealFindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("fault in the seals")
        verbose_name_plural = _("faults in the seals")
        ordering = ["id"]
        indexes = [models.Index(fields=["verification", "county_code"], name="seal_finding_place")]

    def __str__(self) -> str:
        return say(self.sentence, self.params)
