from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import Office, RegionCodeField
from core.rules import say
from exchange.querysets import JobQuerySet


class Job(models.Model):
    """Long work asked for by somebody. This row is the truth; the queue only wakes a worker.

    A worker holds the job by a lease on the database's clock and by the number of
    its attempt: what it writes counts only while both are its own.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting to start")
        RUNNING = "running", _("running")
        WAITING = "waiting", _("waiting for you")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        STOPPED = "stopped", _("stopped")
        UNDONE = "undone", _("taken back")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    step = models.CharField(_("step"), max_length=20, blank=True)
    done = models.BigIntegerField(_("done so far"), default=0)
    total = models.BigIntegerField(_("total"), null=True, blank=True)
    attempt = models.SmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    error = models.TextField(_("what went wrong"), blank=True)
    error_params = models.JSONField(default=dict)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    region_code = RegionCodeField(_("region"))
    queued_at = models.DateTimeField(_("asked for at"), auto_now_add=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_over(self) -> bool:
        return not self.is_moving and self.state != self.State.WAITING

    @property
    def state_if_failed(self) -> State:
        """Where the job ends when its step cannot be done."""
        return self.State.FAILED

    @property
    def state_if_broken_off(self) -> State:
        """Where the job ends when its step broke off as often as it may."""
        return self.state_if_failed

    @property
    def is_moving(self) -> bool:
        """Whether a page that shows the job should look again soon."""
        return self.state in {self.State.QUEUED, self.State.RUNNING}

    @property
    def error_sentence(self) -> str:
        """What went wrong, in the reader's language."""
        told = say(self.error, self.error_params) if self.error else ""
        at = self.error_params.get("at")
        return _("%(place)s: %(trouble)s") % {"place": at, "trouble": told} if at else told

    @property
    def percent(self) -> int | None:
        """Progress of the current step, 0 to 100, or None when it cannot be told."""
        return min(100, 100 * self.done // self.total) if self.total else None
