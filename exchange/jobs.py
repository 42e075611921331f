"""Jobs that survive: PostgreSQL holds their truth, the queue only wakes a worker.

A worker claims a job by one conditional UPDATE that raises the attempt and sets a
lease on the database's clock. A heartbeat on a connection of its own renews the
lease and shows progress, also while a long transaction is open. What the work
writes, and the change of state that ends it, are one transaction which counts only
while step and attempt are still the worker's own: a job that was taken over cannot
be written twice. What is lost on the way is found by a sweep and sent again, three
times in all; the row keeps the cause for which an attempt broke off.
"""

from __future__ import annotations

import datetime
import gc
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import structlog
from celery import current_app
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, connections, models, transaction
from django.db.models import F
from django.db.models.functions import Now

from exchange.causes import Cause, cause_of
from exchange.models import Job

log = structlog.get_logger()

RUN_JOB = "exchange.run_job"
ATTEMPTS = 3

J = TypeVar("J", bound=Job)
Runner = Callable[[Any, "Progress"], None]

_runners: dict[str, Runner] = {}
_listeners: dict[str, Callable[[Any], None]] = {}


class JobTakenOver(Exception):
    """Another worker holds the job now; what this one was about to write is rolled back."""


class JobRefused(Exception):
    """The work cannot be done, and trying again would not help.

    Carries an untranslated sentence for the user and its params.
    """

    def __init__(self, sentence: str, **params: Any) -> None:
        super().__init__(sentence)
        self.sentence, self.params = sentence, params


def lease() -> datetime.timedelta:
    return datetime.timedelta(seconds=settings.JOB_LEASE_SECONDS)


def runs(
    model: type[Job], *, failed: Callable[[Any], None] | None = None
) -> Callable[[Runner], Runner]:
    """Declare the function that does a kind of job: it gets the claimed row and its progress.

    `failed` gets the row of a job that failed for good, in the transaction that says so.
    """

    def declare(runner: Runner) -> Runner:
        _runners[model._meta.label_lower] = runner
        if failed:
            _listeners[model._meta.label_lower] = failed
        return runner

    return declare


def job_models() -> list[type[Job]]:
    return [apps.get_model(label) for label in sorted(_runners)]


def send(job: Job) -> None:
    """Wake a worker for the job once the transaction that asks for it is committed."""
    transaction.on_commit(lambda: _try_to_wake(job))


def _try_to_wake(job: Job) -> None:
    # The row is committed: whatever the queue does now, the sweep finds it.
    try:
        current_app.send_task(RUN_JOB, [job._meta.label_lower, job.pk])
    except Exception as trouble:
        log.warning("job.not_sent", job=str(job.public_id), trouble=type(trouble).__name__)


def claim(model: type[J], key: int) -> J | None:
    """Take a queued or abandoned job for this worker; None when there is nothing to take."""
    row = model.objects.filter(pk=key)
    taken = {
        "state": Job.State.RUNNING,
        "attempt": F("attempt") + 1,
        "lease_until": Now() + lease(),
        "started_at": Now(),
        "done": 0,
        "total": None,
    }
    for job in row:
        # Who held an abandoned job could not say why it let go.
        cut_off, abandoned = as_told(Cause.CUT_OFF, job), row.abandoned()
        with transaction.atomic():
            if abandoned.filter(attempt__gte=ATTEMPTS).update(**cut_off, **_over(job)):
                _hear(job)
                return None
        queued = row.filter(state=Job.State.QUEUED)
        if queued.update(**taken) or abandoned.update(**cut_off, **taken):
            return model.objects.get(pk=key)
    return None


def as_told(cause: Cause, job: Job, at: str = "") -> dict[str, Any]:
    """The values by which a job's row says why it broke off, and at which part of the work."""
    params = {"number": str(job.public_id)} | _place(at)
    return {"error": cause.sentence, "error_params": params}


def _place(at: str) -> dict[str, str]:
    return {"at": at} if at else {}


def _over(job: Job) -> dict[str, Any]:
    """The values of a job that is not tried again by itself."""
    state = job.state_if_broken_off
    finished = None if state == Job.State.WAITING else Now()
    return {"state": state, "finished_at": finished, "lease_until": None}


def run(label: str, key: int) -> None:
    """Do one job, if it is there to be done. Called by the worker with a key only."""
    job = claim(apps.get_model(label), key)
    if job is None:
        return
    names = {"job": str(job.public_id), "kind": label, "step": job.step, "attempt": job.attempt}
    log.info("job.started", **names)
    with Progress(job) as progress:
        try:
            _do(job, progress)
        except JobTakenOver:
            log.warning("job.taken_over", **names)
        except Exception as trouble:
            cause = cause_of(trouble)
            log.exception("job.broke_off", cause=cause.value, **names)
            _let_go(job, cause, progress.at)


def _do(job: Job, progress: Progress) -> None:
    # Millions of cells and hardly a circle: looking for circles would take a third of the time.
    was_on = gc.isenabled()
    gc.disable()
    try:
        _runners[job._meta.label_lower](job, progress)
    except JobRefused as refusal:
        _fail(job, refusal, progress.at)
    finally:
        if was_on:
            gc.enable()


def _let_go(job: Job, cause: Cause, at: str) -> None:
    """Say why the attempt broke off, and leave the job to the sweep or end it."""
    is_last = cause.is_lasting or job.attempt >= ATTEMPTS
    values = _over(job) if is_last else {"state": Job.State.QUEUED, "lease_until": None}
    patience = time.monotonic() + settings.JOB_LEASE_SECONDS
    while True:
        try:
            with transaction.atomic():
                if _mine(job).update(**as_told(cause, job, at), **values):
                    _hear(job)
            return
        except (DatabaseError, InterfaceError):
            # It may be what the attempt broke off by. In the end the lease runs out anyway.
            if time.monotonic() > patience:
                raise
            connection.close_if_unusable_or_obsolete()
            time.sleep(settings.JOB_HEARTBEAT_SECONDS)


def _mine(job: Job) -> models.QuerySet[Job]:
    return type(job).objects.filter(
        pk=job.pk, attempt=job.attempt, step=job.step, state=Job.State.RUNNING
    )


@contextmanager
def ending(job: Job) -> Iterator[dict[str, Any]]:
    """The transaction that writes a job's result and moves its state, or neither.

    Yields a dict to be filled with the row's new values. Raises JobTakenOver, and so
    rolls back, when the job is no longer this worker's.
    """
    with transaction.atomic():
        values: dict[str, Any] = {"lease_until": None, "error": "", "error_params": {}}
        yield values
        if _mine(job).update(**values) != 1:
            raise JobTakenOver


def _fail(job: Job, refusal: JobRefused, at: str) -> None:
    with transaction.atomic():
        with ending(job) as values:
            values |= {
                "state": job.state_if_failed,
                "error": refusal.sentence,
                "error_params": refusal.params | _place(at),
                "finished_at": Now(),
            }
        _hear(job)


def _hear(job: Job) -> None:
    """Let who declared the job know, if it has failed for good."""
    listener = _listeners.get(job._meta.label_lower)
    if listener is not None:
        now = type(job).objects.get(pk=job.pk)
        if now.state == Job.State.FAILED:
            listener(now)


def sweep() -> int:
    """Wake workers for jobs that were dropped; returns how many."""
    forgotten = datetime.timedelta(seconds=settings.JOB_FORGOTTEN_SECONDS)
    found = [job for model in job_models() for job in model.objects.to_be_sent(forgotten)]
    for job in found:
        _try_to_wake(job)
    return len(found)


class Progress:
    """Renews a job's lease and publishes how far it is, on a connection of its own.

    Used as a context manager around the work; `report(done, total)` is cheap and may
    be called as often as one likes. `at` names the part of the work that is at hand, in
    which it breaks off if it does.
    """

    at = ""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._done, self._total = 0, job.total
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Progress:
        self._thread.start()
        return self

    def __exit__(self, *trouble: object) -> None:
        self._over.set()
        self._thread.join()

    def report(self, done: int, total: int | None = None) -> None:
        self._done = done
        if total is not None:
            self._total = total

    def _beat(self) -> None:
        try:
            while not self._over.wait(settings.JOB_HEARTBEAT_SECONDS):
                self._publish()
        finally:
            connections.close_all()  # this thread's own

    def _publish(self) -> None:
        try:
            _mine(self._job).update(done=self._done, total=self._total, lease_until=Now() + lease())
        except Exception as trouble:  # the database may be away for a moment; the work decides
            log.warning("job.no_heartbeat", key=self._job.pk, trouble=type(trouble).__name__)
            connections.close_all()
