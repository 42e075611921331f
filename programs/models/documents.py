"""The papers that move quotas, and their lines."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import RegionCodeField
from exchange.models import ImportBatch
from programs.models.plans import Plan, Quota
from programs.models.programs import Program
from programs.querysets import QuotaDocumentQuerySet, QuotaLineQuerySet


class QuotaDocument(models.Model):
    """A numbered document of a region that moves quotas of a plan (指标文件).

    As a draft it moves nothing. Issued, all its lines are added at once and it stays as it
    is: a mistake is put right by the next document. The attachment is kept by
    `exchange.evidence`.
    """

    class Kind(models.TextChoices):
        ISSUE = "issue", pgettext_lazy("quota document", "issue")
        BREAK_DOWN = "break-down", _("break down")
        ADJUST = "adjust", _("adjust")
        CLAW_BACK = "claw-back", _("claw back")
        OPENING = "opening", _("opening balance")

    class State(models.TextChoices):
        DRAFT = "draft", _("being drawn up")
        ISSUED = "issued", _("issued")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="documents")
    region_code = RegionCodeField(_("region"), max_length=6)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    number = models.CharField(_("document number"), max_length=100, blank=True)
    dated = models.DateField(_("dated"), null=True, blank=True)
    issuer = models.CharField(
        pgettext_lazy("quota document", "issued by"), max_length=100, blank=True
    )
    title = models.CharField(_("title"), max_length=200, blank=True)
    reason = models.CharField(pgettext_lazy("quota document", "reason"), max_length=500, blank=True)
    attachment_stored_as = models.CharField(max_length=64, blank=True)
    attachment_name = models.CharField(_("attachment"), max_length=255, blank=True)
    attachment_sha256 = models.CharField(max_length=64, blank=True)
    attachment_size = models.BigIntegerField(_("size"), null=True, blank=True)
    import_batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, blank=True, related_name="+"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(_("drawn up at"), auto_now_add=True)
    # Empty where it was done at the server.
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    issued_at = models.DateTimeField(_("issued at"), null=True, blank=True)
    version = models.IntegerField(default=1)

    objects = QuotaDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("quota document")
        verbose_name_plural = _("quota documents")
        ordering = ["-id"]
        indexes = [models.Index(fields=["region_code", "-id"], name="quota_document_region")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(dated__isnull=False, issued_at__isnull=False)
                & (Q(kind="opening") | ~Q(number="")),
                name="an_issued_document_names_its_paper",
            ),
            models.UniqueConstraint(
                fields=["plan", "region_code", "number", "dated"],
                condition=Q(state="issued") & ~Q(number=""),
                name="a_document_is_issued_once",
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.title or str(self.public_id)


class QuotaLine(models.Model):
    """What a document adds to a quota, or takes from it (指标明细).

    `quota` is set when the document is issued; until then the place may have none.
    `sheet` and `line` are those of the document's import.
    """

    document = models.ForeignKey(QuotaDocument, models.CASCADE, related_name="lines")
    region_code = RegionCodeField(_("place"), max_length=6)
    program = models.ForeignKey(Program, models.PROTECT, related_name="+")
    listed_apart = models.BooleanField(_("listed apart"), default=False)
    change = models.BigIntegerField(pgettext_lazy("quota document", "change"))
    quota = models.ForeignKey(Quota, models.PROTECT, null=True, blank=True, related_name="lines")
    sheet = models.SmallIntegerField(null=True, blank=True)
    line = models.IntegerField(null=True, blank=True)

    objects = QuotaLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a quota document")
        verbose_name_plural = _("lines of quota documents")
        ordering = ["document", "program__order", "program", "region_code", "listed_apart"]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "region_code", "program", "listed_apart"],
                name="a_document_names_a_quota_once",
            ),
            models.CheckConstraint(condition=~Q(change=0), name="a_line_changes_something"),
        ]

    def __str__(self) -> str:
        return f"{self.region_code} {self.program_id} {self.change:+d}"
