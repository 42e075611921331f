from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.regions import RegionCodeField
from core.querysets import AuditEntryQuerySet


class AuditEntry(models.Model):
    """One act, written by the act itself in its own transaction.

    Holds no foreign key to what it describes and no personal number in clear;
    the database refuses to change or delete a row.
    """

    at = models.DateTimeField(_("at"), auto_now_add=True)
    actor_id = models.BigIntegerField(_("actor"), null=True)
    actor_name = models.CharField(_("actor's name"), max_length=150, blank=True)
    verb = models.CharField(_("act"), max_length=80)
    target_type = models.CharField(_("kind of target"), max_length=80, blank=True)
    target_key = models.CharField(_("target"), max_length=80, blank=True)
    region_code = RegionCodeField(_("region"), blank=True, default="")
    changes = models.JSONField(_("changes"), default=dict)
    request_id = models.CharField(_("request number"), max_length=40, blank=True)
    succeeded = models.BooleanField(_("succeeded"), default=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["target_type", "target_key"], name="audit_target"),
            models.Index(fields=["actor_id", "-id"], name="audit_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor_name} {self.verb}"
