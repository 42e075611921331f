"""What the queue and the clock call: fetch by key, call."""

from celery import shared_task

from exchange import jobs


@shared_task(name=jobs.RUN_JOB)
def run_job(label: str, key: int) -> None:
    jobs.run(label, key)


@shared_task(name="exchange.sweep_jobs")
def sweep_jobs() -> int:
    return jobs.sweep()
