from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core.rules import Severity, say
from exchange.models.jobs import Job
from exchange.querysets import ImportBatchQuerySet, StagedPageQuerySet, StagedRowQuerySet


class ImportBatch(Job):
    """One file brought in: read, judged, shown, and then written as a whole or stopped.

    What was written may be taken back as a whole; the file, its counts and findings stay.
    """

    class Step(models.TextChoices):
        JUDGE = "judge", _("reading and checking")
        MATCH = "match", _("matching columns")
        WRITE = "write", _("writing to the ledger")
        MEND = "mend", _("checking mended rows")
        UNDO = "undo", _("taking back")

    kind = models.CharField(_("kind of roster"), max_length=40)
    original_name = models.CharField(_("file"), max_length=255)
    stored_as = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField(_("size"))
    options = models.JSONField(default=dict)
    # The columns that accepted rows are staged in, as their kind had them when the file was read.
    staged_as = models.JSONField(default=list)
    # What was understood of each sheet: `exchange.imports.tables.Sheet.report`.
    sheets = models.JSONField(default=list)
    # What its user said of this file, by the digest of a heading: columns by the key
    # of a title, and contents by column that hold for all rows of the table.
    matches = models.JSONField(default=dict)
    given = models.JSONField(default=dict)
    people = models.IntegerField(_("people in the file"), null=True)
    accepted = models.IntegerField(_("accepted"), null=True)
    held = models.IntegerField(_("held back"), null=True)
    not_data = models.IntegerField(_("lines that are not people"), null=True)
    written = models.IntegerField(_("written"), null=True)
    repairs = models.JSONField(default=dict)
    # The moment the writing transaction began: what it registered bears it as `created_at`.
    written_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(_("taken back at"), null=True)
    undo_reason = models.CharField(_("reason for taking back"), max_length=300, blank=True)

    objects = ImportBatchQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["region_code", "-id"], name="import_region"),
            models.Index(fields=["state", "lease_until"], name="import_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(people__isnull=True)
                | models.Q(people=models.F("accepted") + models.F("held")),
                name="import_counts_add_up",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="undone")
                | models.Q(undone_at__isnull=False) & ~models.Q(undo_reason=""),
                name="import_undone_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.original_name

    @property
    def takes_advice(self) -> bool:
        """Whether its columns may still be matched: nothing is written, and nobody is at work."""
        return self.state == self.State.WAITING and self.written_at is None

    @cached_property
    def mended(self) -> int:
        """How many rows were mended, or left out, since they were checked last."""
        return self.mends.filter(is_checked=False).count()

    @property
    def takes_mends(self) -> bool:
        """Whether its held rows may be mended: before the others are written, or after."""
        return self.state in {self.State.WAITING, self.State.DONE}

    @property
    def state_if_failed(self) -> Job.State:
        """What was written stays so when it cannot be taken back, or nothing added to it."""
        later = {self.Step.UNDO, self.Step.MEND}
        return self.State.DONE if self.step in later else self.State.FAILED

    @property
    def state_if_broken_off(self) -> Job.State:
        """Rows that could not be written are still there to be written another time."""
        return self.State.WAITING if self.step == self.Step.WRITE else self.state_if_failed


class Imported(models.Model):
    """A row that a file may have brought or last changed: which file, and what line of it."""

    import_batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, blank=True, related_name="+"
    )
    sheet = models.SmallIntegerField(null=True, blank=True)
    line = models.IntegerField(null=True, blank=True)

    class Meta:
        abstract = True


class StagedRow(models.Model):
    """A row that is held back: what stood in the file, sealed, so that it can be shown and mended."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    sheet = models.SmallIntegerField()
    line = models.IntegerField()
    as_read = models.BinaryField()

    objects = StagedRowQuerySet.as_manager()

    class Meta:
        ordering = ["batch", "sheet", "line"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "sheet", "line"], name="staged_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.sheet}:{self.line}"


class StagedPage(models.Model):
    """Accepted rows between the file and their table, some at a time as a page shows them.

    `lines` are the lines of a COPY: sheet, line and the kind's staged columns, parted by
    tabs, personal numbers sealed; nothing between two tabs is unknown. Kept one by one, they
    would cost as much as the rows they become. `sheet` and `line` are those of the first.
    """

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="pages")
    sheet = models.SmallIntegerField()
    line = models.IntegerField()
    lines = models.TextField()

    objects = StagedPageQuerySet.as_manager()

    class Meta:
        ordering = ["batch", "sheet", "line"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "sheet", "line"], name="staged_page_once"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.sheet}:{self.line}"


class ImportFinding(models.Model):
    """What a rule said of one line of a file."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="findings")
    sheet = models.SmallIntegerField()
    line = models.IntegerField()
    column = models.CharField(max_length=40, blank=True)
    rule = models.CharField(max_length=80)
    severity = models.CharField(max_length=12, choices=Severity)
    sentence = models.TextField()
    params = models.JSONField(default=dict)

    class Meta:
        ordering = ["batch", "sheet", "line", "id"]
        indexes = [models.Index(fields=["batch", "rule", "sheet", "line"], name="finding_rule")]

    def __str__(self) -> str:
        return say(self.sentence, self.params)
