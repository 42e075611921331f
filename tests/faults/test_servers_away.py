"""The database restarted and Redis emptied or killed in the middle of an import."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

import pytest
import redis
from django.db import DatabaseError, InterfaceError, connection

from exchange.causes import Cause
from exchange.imports import services
from exchange.models import ImportBatch
from tests.faults.conftest import PATIENCE, PLACE, Worker, queue, until
from tests.faults.imports import State, assert_whole, brought_in, ended
from tests.faults.points import Point

pytestmark = pytest.mark.usefixtures("own_servers", "county")


def process_of_the_database() -> int | None:
    """Its first process; None while there is none."""
    file = PLACE.servers / "postgresql" / "cluster" / "postmaster.pid"
    try:
        return int(file.read_text().split()[0])
    except (FileNotFoundError, IndexError):
        return None


def restart_the_database(by: signal.Signals, while_away: Callable[[], None]) -> None:
    """End it; whoever keeps it starts it again. What was committed must be on the disk before."""
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
    connection.close()
    before = process_of_the_database()
    assert before is not None
    os.kill(before, by)
    eventually(lambda: process_of_the_database() != before)
    while_away()
    eventually(answers)


def answers() -> bool:
    try:
        connection.ensure_connection()
    except (DatabaseError, InterfaceError):
        return False
    return True


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def halted(point: Point, batch: ImportBatch, worker: Worker) -> None:
    worker.stop.ask(point)
    worker.start()
    worker.halted(lambda: assert_whole(batch))


def reached(goal: State, batch: ImportBatch, worker: Worker) -> None:
    worker.start()
    until(lambda: bool(ended(batch)[0] == goal), lambda: assert_whole(batch))
    assert_whole(batch)


def let_go(worker: Worker) -> None:
    worker.stop.let_go()
    worker.stop.reached.unlink()


@pytest.mark.parametrize("by", [signal.SIGQUIT, signal.SIGINT], ids=["immediate", "fast"])
def test_the_database_is_restarted_in_the_middle(by: signal.Signals, worker: Worker) -> None:
    """Judging, then writing: each is told of, taken up again by itself, and whole."""
    batch = brought_in()
    broken_off_by_a_restart(Point.STAGED, by, batch, worker)
    reached(State.WAITING, batch, worker)
    assert ended(batch) == (State.WAITING, 2, "")
    worker.stop.ask(Point.HALF_WRITTEN)
    services.confirm(batch, by=None)
    broken_off_by_a_restart(Point.HALF_WRITTEN, by, batch, worker)
    reached(State.DONE, batch, worker)
    assert ended(batch) == (State.DONE, 2, "")


def broken_off_by_a_restart(
    point: Point, by: signal.Signals, batch: ImportBatch, worker: Worker
) -> None:
    """The worker goes on from the point while the database is away, up to its second attempt."""
    halted(point, batch, worker)
    restart_the_database(by, while_away=lambda: worker.stop.ask(Point.CLAIMED))
    worker.halted(lambda: assert_whole(batch))
    assert ended(batch) == (State.RUNNING, 2, Cause.DATABASE_AWAY.sentence)
    let_go(worker)


def empty() -> None:
    queue().flushall()


def kill() -> None:
    """Redis is killed and started again empty by whoever keeps it."""
    before = process_of_redis()
    assert before is not None
    os.kill(before, signal.SIGKILL)
    eventually(lambda: process_of_redis() not in {None, before})


def process_of_redis() -> int | None:
    try:
        return int(queue().info("server")["process_id"])
    except redis.RedisError:
        return None


@pytest.mark.parametrize("lose", [empty, kill])
def test_redis_loses_all_with_a_job_running_and_one_queued(
    lose: Callable[[], None], worker: Worker
) -> None:
    running = brought_in()
    halted(Point.JUDGED, running, worker)
    queued = brought_in()
    lose()
    let_go(worker)
    until(lambda: ended(running)[0] == ended(queued)[0] == State.WAITING)
    assert ended(running) == ended(queued) == (State.WAITING, 1, "")
    services.confirm(running, by=None)
    lose()
    until(lambda: bool(ended(running)[0] == State.DONE))
    assert ended(running) == (State.DONE, 1, "")
