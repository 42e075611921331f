"""Lists of people whose classes are looked up, many at once."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from exchange.models import Job
from training.querysets import ListCheckQuerySet


class ListCheck(Job):
    """A list of names or citizen numbers, and who of it is in which class. The asker's alone.

    `content` is sealed: first the list, if it was pasted, then the answers. An uploaded file
    lies aside under `stored_as` until it is read.
    """

    name = models.CharField(_("file"), max_length=255, blank=True)
    stored_as = models.CharField(max_length=32, blank=True)
    content = models.BinaryField(default=bytes)
    # How many lines there are of each sort of answer.
    answers = models.JSONField(default=dict)
    expires_at = models.DateTimeField(_("kept until"))

    objects = ListCheckQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("list check")
        verbose_name_plural = _("list checks")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["requested_by", "-id"], name="list_check_asker"),
            models.Index(fields=["state", "lease_until"], name="list_check_state"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)
