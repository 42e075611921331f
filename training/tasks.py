"""What the clock calls: fetch by key, call."""

from celery import shared_task
from django.utils import timezone

from training import follow_up_days, handed_in
from training.list_checks import services as list_checks
from training.reconciling import services as reconciling


@shared_task(name="training.follow_ups_due")
def follow_ups_due() -> int:
    return follow_up_days.follow_ups_due(timezone.localdate())


@shared_task(name="training.remove_compared")
def remove_compared() -> int:
    expired = list_checks.remove_expired() + reconciling.remove_expired()
    return expired + handed_in.remove_strays()
