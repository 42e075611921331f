from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import RegionCodeField
from core.rules import say
from exchange.models.submissions import Submission
from exchange.querysets import NoticeQuerySet


class Notice(models.Model):
    """One thing that one user is told, in the inbox and, where they gave an address, by mail.

    `sentence` is untranslated, with %(name)s places for `params`; it holds no personal
    number. `url` is the path of the page where it is to be dealt with.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(_("kind of notice"), max_length=40)
    sentence = models.TextField()
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=200, blank=True)
    region_code = RegionCodeField(_("region"), blank=True, default="")
    created_at = models.DateTimeField(_("sent at"), default=timezone.now)
    read_at = models.DateTimeField(_("read at"), null=True)
    # When the mail may go next; empty when none is to go any more.
    mail_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(_("mailed at"), null=True)
    mail_tries = models.SmallIntegerField(default=0)
    mail_error = models.TextField(blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notice_inbox"),
            models.Index(
                fields=["recipient"], condition=Q(read_at__isnull=True), name="notice_unread"
            ),
            models.Index(
                fields=["mail_at", "id"], condition=Q(mail_at__isnull=False), name="notice_mail_due"
            ),
        ]

    def __str__(self) -> str:
        return say(self.sentence, self.params)


class Reminder(models.Model):
    """A rung of the ladder that a submission has been through; each only once."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="reminders")
    rung = models.CharField(max_length=20)
    sent_at = models.DateTimeField()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(fields=["submission", "rung"], name="reminder_once_a_rung"),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.rung}"
