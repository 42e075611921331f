"""Jobs: claimed once, written once, given up after three attempts, and told how far they are."""

import contextlib
import errno
import io
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from celery import current_app
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, connections, transaction
from django.db.models.functions import Now
from django.utils import translation

from core import audit
from core.models import AuditEntry
from exchange import jobs
from exchange.causes import Cause, cause_of
from exchange.imports import services
from exchange.imports.kinds import kind_of
from exchange.models import ImportBatch, ReportRun
from tests.factories import an_account, divisions
from tests.factories.rosters import a_row, csv_of, staged_rows, worked

LABEL = "exchange.importbatch"
CUT_OFF = Cause.CUT_OFF.sentence


@pytest.fixture(autouse=True)
def surroundings(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Keys of the jobs a worker was to be woken for."""
    keys: list[int] = []
    monkeypatch.setattr("exchange.jobs._try_to_wake", lambda job: keys.append(job.pk))
    return keys


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> Callable[[jobs.Runner], None]:
    """What a worker does with an import is set by the test."""
    return lambda work: monkeypatch.setitem(jobs._runners, LABEL, work)


def a_job(**values: Any) -> ImportBatch:
    return ImportBatch.objects.create(
        **{"kind": "training", "step": "judge", "region_code": "621022", "size": 1} | values
    )


def changed(job: ImportBatch, **values: Any) -> None:
    ImportBatch.objects.filter(pk=job.pk).update(**values)


def lost(job: ImportBatch, **values: Any) -> None:
    """As if the job's worker had died a while ago."""
    changed(job, lease_until=Now() - timedelta(seconds=1), **values)


def state(job: ImportBatch) -> tuple[str, int]:
    job.refresh_from_db()
    return job.state, job.attempt


def held(job: ImportBatch) -> ImportBatch:
    taken = jobs.claim(ImportBatch, job.pk)
    assert taken is not None
    return taken


def test_a_claim_takes_a_job_once(db: None) -> None:
    job = a_job()
    taken = held(job)
    assert (taken.state, taken.attempt, taken.done, taken.total) == ("running", 1, 0, None)
    assert taken.lease_until is not None
    assert taken.started_at is not None
    assert taken.lease_until - taken.started_at == jobs.lease()
    assert jobs.claim(ImportBatch, job.pk) is None
    assert state(job) == ("running", 1)


@pytest.mark.parametrize("over", ["waiting", "done", "failed", "stopped"])
def test_what_is_not_to_be_done_is_not_claimed(over: str, db: None) -> None:
    job = a_job(state=over)
    assert jobs.claim(ImportBatch, job.pk) is None
    assert state(job) == (over, 0)


def test_a_lease_that_ran_out_is_claimed_by_the_next(db: None) -> None:
    job = a_job()
    held(job)
    lost(job, done=7, total=9)
    taken = held(job)
    assert (taken.attempt, taken.done, taken.total) == (2, 0, None)


@pytest.mark.django_db(transaction=True)
def test_of_workers_at_once_one_gets_the_job() -> None:
    """Eight claim in the same moment: the row's lock lets one UPDATE see it queued."""
    job, start, taken = a_job(), threading.Barrier(8), []

    def claim() -> None:
        with contextlib.closing(connection):
            start.wait()
            taken.append(jobs.claim(ImportBatch, job.pk))

    in_threads(*[claim] * 8)
    assert (len(taken), sum(each is not None for each in taken)) == (8, 1)
    assert state(job) == ("running", 1)


def in_threads(*works: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in threads)


def an_act() -> None:
    audit.record("test.thing.written", by=None)


def acts() -> int:
    return AuditEntry.objects.filter(verb="test.thing.written").count()


def finish(job: ImportBatch, at_last: Callable[[], object] = lambda: None) -> None:
    with jobs.ending(job) as values:
        an_act()
        values |= {"state": "done"}
        at_last()


def test_what_a_worker_writes_and_its_state_are_one(db: None) -> None:
    job = held(a_job())
    finish(job)
    assert (state(job), job.lease_until, acts()) == (("done", 1), None, 1)


def test_a_write_that_fails_moves_no_state(db: None) -> None:
    job = held(a_job())
    with pytest.raises(ZeroDivisionError):
        finish(job, lambda: 1 / 0)
    assert (state(job), acts()) == (("running", 1), 0)


@pytest.mark.parametrize(
    "meanwhile",
    [{"attempt": 2}, {"step": "write"}, {"state": "queued"}, {"state": "stopped"}],
)
def test_who_lost_the_job_writes_nothing(meanwhile: dict[str, Any], db: None) -> None:
    job = held(a_job())
    changed(job, **meanwhile)
    with pytest.raises(jobs.JobTakenOver):
        finish(job)
    assert acts() == 0
    assert ImportBatch.objects.filter(pk=job.pk, **meanwhile).count() == 1


def test_a_worker_that_comes_late_is_quiet(db: None, runner: Callable[[jobs.Runner], None]) -> None:
    """It was taken over while it worked: the other one's result stands."""

    def work(job: ImportBatch, progress: jobs.Progress) -> None:
        changed(job, attempt=2)
        finish(job)

    def refused(job: ImportBatch, progress: jobs.Progress) -> None:
        changed(job, attempt=2)
        raise jobs.JobRefused("A sentence.")

    for late in (work, refused):
        runner(late)
        job = a_job()
        jobs.run(LABEL, job.pk)
        assert (state(job), job.error, acts()) == (("running", 2), "", 0)


def test_work_that_breaks_is_tried_three_times(
    db: None, sent: list[int], runner: Callable[[jobs.Runner], None], settings: Any
) -> None:
    settings.JOB_FORGOTTEN_SECONDS = 0
    tried: list[int] = []

    def work(job: ImportBatch, progress: jobs.Progress) -> None:
        tried.append(job.attempt)
        raise ZeroDivisionError

    runner(work)
    job = a_job()
    changed(job, queued_at=Now() - timedelta(seconds=1))
    for attempt in (1, 2):
        jobs.run(LABEL, job.pk)
        assert (state(job), job.lease_until) == (("queued", attempt), None)
        assert (job.error, job.finished_at) == (Cause.UNKNOWN.sentence, None)
        assert jobs.sweep() == 1
    jobs.run(LABEL, job.pk)
    jobs.run(LABEL, job.pk)
    assert (state(job), tried, sent) == (("failed", 3), [1, 2, 3], [job.pk] * 2)
    assert job.finished_at is not None
    assert (job.error, job.error_params) == (
        Cause.UNKNOWN.sentence,
        {"number": str(job.public_id)},
    )
    assert jobs.sweep() == 0


def test_what_ends_well_at_last_has_no_error(
    db: None, runner: Callable[[jobs.Runner], None]
) -> None:
    job = a_job()
    for work in (lambda job, progress: 1 / 0, lambda job, progress: finish(job)):
        runner(work)
        jobs.run(LABEL, job.pk)
    assert (state(job), job.error, job.error_params) == (("done", 2), "", {})


def test_a_worker_that_died_is_told_by_the_next(db: None) -> None:
    job = a_job()
    for attempt in (1, 2, 3):
        taken = held(job)
        assert (taken.attempt, taken.error) == (attempt, "" if attempt == 1 else CUT_OFF)
        lost(job)
    assert jobs.claim(ImportBatch, job.pk) is None
    assert (state(job), job.error) == (("failed", 3), CUT_OFF)
    assert job.error_params == {"number": str(job.public_id)}


def test_rows_that_could_not_be_written_wait_for_another_time(
    db: None, runner: Callable[[jobs.Runner], None]
) -> None:
    def work(job: ImportBatch, progress: jobs.Progress) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    runner(work)
    job = a_job(step="write", accepted=1, people=1, held=0)
    jobs.run(LABEL, job.pk)
    assert (state(job), job.finished_at) == (("waiting", 1), None)
    assert job.error == Cause.DISK_FULL.sentence
    services.confirm(job, by=None)
    assert (state(job), job.error) == (("queued", 0), "")


def of_the_database(state: str) -> Exception:
    """What Django raises when PostgreSQL reports this state."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$")
    except Exception as trouble:
        return trouble
    raise AssertionError


def over(trouble: Exception) -> Exception:
    """Another exception that came of it."""
    upper = RuntimeError()
    upper.__context__ = trouble
    return upper


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("state", "cause"),
    [
        ("53100", Cause.DATABASE_FULL),
        ("53200", Cause.OUT_OF_MEMORY),
        ("53300", Cause.DATABASE_AWAY),
        ("57P01", Cause.DATABASE_AWAY),
        ("57P03", Cause.DATABASE_AWAY),
        ("08006", Cause.DATABASE_AWAY),
        ("57014", Cause.UNKNOWN),
        ("55P03", Cause.UNKNOWN),
        ("23505", Cause.UNKNOWN),
    ],
)
def test_states_of_the_database_and_their_causes(state: str, cause: Cause) -> None:
    trouble = of_the_database(state)
    assert (cause_of(trouble), cause_of(over(trouble))) == (cause, cause)


@pytest.mark.parametrize(
    ("trouble", "cause"),
    [
        (OSError(errno.ENOSPC, ""), Cause.DISK_FULL),
        (OSError(errno.EDQUOT, ""), Cause.DISK_FULL),
        (OSError(errno.EFBIG, ""), Cause.DISK_FULL),
        (OSError(errno.EACCES, ""), Cause.UNKNOWN),
        (MemoryError(), Cause.OUT_OF_MEMORY),
        (SoftTimeLimitExceeded(), Cause.TOO_LONG),
        (psycopg2.OperationalError("could not connect"), Cause.DATABASE_AWAY),
        (psycopg2.DatabaseError("server closed the connection unexpectedly"), Cause.DATABASE_AWAY),
        (psycopg2.InterfaceError("connection already closed"), Cause.DATABASE_AWAY),
        (psycopg2.ProgrammingError("no results to fetch"), Cause.UNKNOWN),
        (ZeroDivisionError(), Cause.UNKNOWN),
    ],
)
def test_exceptions_and_their_causes(trouble: Exception, cause: Cause) -> None:
    assert (cause_of(trouble), cause_of(over(trouble))) == (cause, cause)


@pytest.mark.parametrize("cause", [Cause.DATABASE_FULL, Cause.DISK_FULL, Cause.TOO_LONG])
def test_what_trying_again_would_only_meet_again_ends_at_once(cause: Cause, db: None) -> None:
    job = a_job()
    jobs._let_go(held(job), cause, "")
    assert (state(job), job.error) == (("failed", 1), cause.sentence)
    assert str(job.public_id) in job.error_sentence


def test_a_refusal_ends_the_job_at_once_with_its_sentence(
    db: None, runner: Callable[[jobs.Runner], None]
) -> None:
    def work(job: ImportBatch, progress: jobs.Progress) -> None:
        raise jobs.JobRefused("“%(sheet)s” lacks %(columns)s.", sheet="一", columns="姓名")

    runner(work)
    job = a_job()
    jobs.run(LABEL, job.pk)
    assert state(job) == ("failed", 1)
    assert (job.error_params, job.error_sentence) == (
        {"sheet": "一", "columns": "姓名"},
        "“一” lacks 姓名.",
    )
    assert job.finished_at is not None
    assert jobs.claim(ImportBatch, job.pk) is None


def test_the_sweep_wakes_what_was_dropped(db: None, sent: list[int], settings: Any) -> None:
    settings.JOB_FORGOTTEN_SECONDS = 60
    long_ago = Now() - timedelta(seconds=61)
    fresh, forgotten, running, dead, done = (a_job() for _ in range(5))
    changed(forgotten, queued_at=long_ago)
    for job in (running, dead):
        held(job)
    lost(dead)
    changed(done, state="done", queued_at=long_ago)
    report = ReportRun.objects.create(report="ledger", region_code="62", period="2019")
    ReportRun.objects.update(queued_at=long_ago)
    assert jobs.sweep() == 3
    assert sorted(sent) == sorted([forgotten.pk, dead.pk, report.pk])
    assert fresh.pk not in sent


@transaction.atomic
def send_and_break(job: ImportBatch) -> None:
    jobs.send(job)
    raise ZeroDivisionError


def test_a_job_is_sent_when_its_row_is_committed(
    db: None, sent: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    job = a_job()
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ZeroDivisionError):
        send_and_break(job)
    assert sent == []
    with django_capture_on_commit_callbacks(execute=True):
        jobs.send(job)
        assert sent == []
    assert sent == [job.pk]


@pytest.mark.django_db(transaction=True)
def test_a_queue_that_is_away_stops_nobody(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The row is committed and waits for the sweep."""

    def away(*_: Any, **__: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(current_app, "send_task", away)
    job = a_job()
    with transaction.atomic():
        jobs.send(job)
    changed(job, queued_at=Now() - timedelta(hours=1))
    assert (jobs.sweep(), state(job)) == (1, ("queued", 0))


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def onlooker(transactional_db: None) -> Iterator[Any]:
    """What another connection sees of the job."""
    other = connections.create_connection("default")
    with contextlib.closing(other):
        yield lambda job: read(other, job)


def read(other: Any, job: ImportBatch) -> tuple[Any, ...]:
    with other.cursor() as cursor:
        cursor.execute(
            "SELECT done, total, lease_until, state FROM exchange_importbatch WHERE id = %s",
            [job.pk],
        )
        found: tuple[Any, ...] = cursor.fetchone()
        return found


def test_progress_is_seen_while_a_long_transaction_is_open(onlooker: Any, settings: Any) -> None:
    settings.JOB_HEARTBEAT_SECONDS = 0.02
    job = held(a_job())
    with jobs.Progress(job) as progress, transaction.atomic():
        an_act()
        progress.report(40, 100)
        until(lambda: onlooker(job)[:2] == (40, 100))
        assert onlooker(job)[2] > job.lease_until
        progress.report(60)
        until(lambda: onlooker(job)[:2] == (60, 100))
    job.refresh_from_db()
    assert (job.percent, job.state) == (60, "running")


def test_the_heartbeat_of_a_lost_job_renews_nothing(onlooker: Any, settings: Any) -> None:
    settings.JOB_HEARTBEAT_SECONDS = 0.02
    job = held(a_job())
    lost(job, attempt=2)
    before = onlooker(job)
    with jobs.Progress(job) as progress:
        progress.report(5, 10)
        time.sleep(0.2)
    assert onlooker(job) == before


@pytest.mark.django_db
def test_a_users_rights_are_looked_at_again_by_the_worker(sent: list[int]) -> None:
    """The role was withdrawn between the upload and the work."""
    divisions()
    clerk = an_account("clerk", "county-clerk", "621022")
    batch = brought_in(clerk)
    clerk.assignments.all().delete()
    worked(batch)
    with translation.override("zh-hans"):
        assert (batch.state, batch.error_sentence) == (
            "failed",
            "您已没有为该地区导入名册的权限，未写入任何数据。",
        )
    assert staged_rows(batch) == []


@pytest.mark.django_db
def test_a_file_that_is_gone_is_told(sent: list[int]) -> None:
    divisions()
    batch = brought_in(None)
    services.stored_path(batch).unlink()
    worked(batch)
    with translation.override("zh-hans"):
        assert batch.error_sentence == "上传的文件已不存在，请重新导入。"


def brought_in(by: Any) -> ImportBatch:
    """Kept and queued, not yet judged."""
    return services.bring_in(
        file=io.BytesIO(csv_of([a_row(1)])),
        name="r.csv",
        kind=kind_of("training"),
        region_code="621022",
        options={"program": "skills"},
        by=by,
    )
