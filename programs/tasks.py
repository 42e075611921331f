"""What the clock calls: fetch by key, call."""

from celery import shared_task

from programs import upkeep


@shared_task(name="programs.check_quotas")
def check_quotas() -> int:
    return upkeep.check_quotas()
