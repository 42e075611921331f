"""What the queue and the clock call: fetch by key, call."""

from celery import shared_task
from django.utils import timezone

from exchange import deadlines, jobs, notices, upkeep
from exchange.imports import upkeep as imports
from exchange.reports import orders, services
from exchange.submissions import anchor_mail, anchors, moves, verifying


@shared_task(name=jobs.RUN_JOB)
def run_job(label: str, key: int) -> None:
    jobs.run(label, key)


@shared_task(name="exchange.sweep_jobs")
def sweep_jobs() -> int:
    return jobs.sweep()


@shared_task(name="exchange.request_ordered_reports")
def request_ordered_reports() -> int:
    return orders.request_due(timezone.now())


@shared_task(name="exchange.remove_expired_reports")
def remove_expired_reports() -> int:
    return services.remove_expired()


@shared_task(name="exchange.tidy_imports")
def tidy_imports() -> int:
    return imports.stop_neglected() + imports.remove_strays()


@shared_task(name="exchange.recount_outdated")
def recount_outdated() -> int:
    return upkeep.recount_outdated()


@shared_task(name="exchange.check_rollups")
def check_rollups() -> int:
    return upkeep.check_rollups()


@shared_task(name="exchange.send_mail")
def send_mail() -> int:
    return notices.send_mail(timezone.now())


@shared_task(name="exchange.anchor_receipts")
def anchor_receipts() -> int:
    return anchors.anchor_missing(timezone.now())


@shared_task(name="exchange.mail_anchors")
def mail_anchors() -> int:
    return anchor_mail.mail_heads(timezone.now())


@shared_task(name="exchange.verify_receipts")
def verify_receipts() -> int:
    return verifying.verify().findings_count


@shared_task(name="exchange.close_opened_months")
def close_opened_months() -> int:
    return moves.close_expired(timezone.now())


@shared_task(name="exchange.open_months")
def open_months() -> int:
    return deadlines.open_months(timezone.localdate())


@shared_task(name="exchange.remind")
def remind() -> int:
    return deadlines.remind(timezone.now())
