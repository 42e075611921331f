"""What the clock calls: fetch by key, call."""

from celery import shared_task
from django.utils import timezone

from training import follow_up_days


@shared_task(name="training.follow_ups_due")
def follow_ups_due() -> int:
    return follow_up_days.follow_ups_due(timezone.localdate())
