"""kill -9 at each of eight named points: all rows or none, at every moment, and the job says which."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from django.db.models.functions import Now

from exchange.causes import Cause
from exchange.imports import services
from exchange.models import ImportBatch
from tests.faults.conftest import Worker, until
from tests.faults.imports import DONE, State, assert_whole, brought_in, ended, kept
from tests.faults.points import Point

pytestmark = pytest.mark.usefixtures("county")
WHILE_JUDGING = [Point.CLAIMED, Point.HALF_READ, Point.JUDGED, Point.STAGED]
WHILE_WRITING = [Point.HALF_WRITTEN, Point.WRITTEN]
CUT_OFF = Cause.CUT_OFF.sentence


def killed_at(point: Point, batch: ImportBatch, worker: Worker) -> None:
    """Let the worker come to the point and kill it there."""
    worker.stop.ask(point)
    worker.start()
    worker.halted(lambda: assert_whole(batch))
    assert_whole(batch)
    worker.kill()
    worker.stop.let_go()
    assert_whole(batch)
    # As if the time of the lease had passed.
    ImportBatch.objects.filter(pk=batch.pk, state=State.RUNNING).update(lease_until=Now())


def reached(goal: State, batch: ImportBatch, worker: Worker) -> None:
    worker.start()
    until(lambda: bool(ended(batch)[0] == goal), lambda: assert_whole(batch))
    assert_whole(batch)


def judged(worker: Worker) -> ImportBatch:
    batch = brought_in()
    reached(State.WAITING, batch, worker)
    return batch


@pytest.mark.parametrize("point", WHILE_JUDGING)
def test_a_worker_killed_while_judging(point: Point, worker: Worker) -> None:
    batch = brought_in()
    killed_at(point, batch, worker)
    assert ended(batch) == (State.RUNNING, 1, "")
    reached(State.WAITING, batch, worker)
    assert ended(batch) == (State.WAITING, 2, "")


@pytest.mark.parametrize("point", WHILE_WRITING)
def test_a_worker_killed_while_writing(point: Point, worker: Worker) -> None:
    batch = judged(worker)
    worker.stop.ask(point)
    services.confirm(batch, by=None)
    killed_at(point, batch, worker)
    assert ended(batch) == (State.RUNNING, 1, "")
    reached(State.DONE, batch, worker)
    assert ended(batch) == (State.DONE, 2, "")


def test_who_confirms_is_killed_before_a_worker_is_woken(worker: Worker) -> None:
    batch = judged(worker)
    worker.stop.ask(Point.CONFIRMED)
    web = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.stopping", str(batch.pk)], env=worker.variables()
    )
    while worker.stop.process is None:
        assert web.poll() is None
    web.kill()
    web.wait()
    worker.stop.let_go()
    assert ended(batch) == (State.QUEUED, 0, "")
    assert_whole(batch)
    reached(State.DONE, batch, worker)
    assert ended(batch) == (State.DONE, 1, "")


def test_a_worker_killed_before_it_acknowledges_has_its_message_brought_twice(
    worker: Worker,
) -> None:
    """Both ends: what was judged is not judged again, what was written not written again."""
    batch = brought_in()
    killed_at(Point.UNACKNOWLEDGED, batch, worker)
    assert ended(batch) == (State.WAITING, 1, "")
    again(batch, worker)
    assert ended(batch) == (State.WAITING, 1, "")
    services.confirm(batch, by=None)
    killed_at(Point.UNACKNOWLEDGED, batch, worker)
    assert ended(batch) == (State.DONE, 1, "")
    again(batch, worker)
    assert ended(batch) == (State.DONE, 1, "")


def again(batch: ImportBatch, worker: Worker) -> None:
    """Bring the message another time and wait until a worker has dealt with it."""
    worker.stop.ask(Point.UNACKNOWLEDGED)
    services.jobs._try_to_wake(batch)
    worker.start()
    worker.halted(lambda: assert_whole(batch))
    worker.stop.let_go()
    worker.stop.reached.unlink()
    assert_whole(batch)


def test_what_dies_three_times_is_given_up_and_says_so(worker: Worker) -> None:
    """Only the child at work is killed, as the kernel does when memory is short."""
    batch = brought_in()
    worker.start()
    for attempt, told in ((1, ""), (2, CUT_OFF), (3, CUT_OFF)):
        worker.stop.ask(Point.HALF_READ)
        worker.halted(lambda: assert_whole(batch))
        assert ended(batch) == (State.RUNNING, attempt, told)
        worker.kill_child()
    worker.stop.let_go()
    reached(State.FAILED, batch, worker)
    assert ended(batch) == (State.FAILED, 3, CUT_OFF)
    assert str(batch.public_id) in batch.error_sentence


def test_what_cannot_be_written_three_times_waits_whole(worker: Worker) -> None:
    batch = judged(worker)
    services.confirm(batch, by=None)
    for attempt in (1, 2, 3):
        worker.stop.ask(Point.WRITTEN)
        worker.halted(lambda: assert_whole(batch))
        assert ended(batch)[:2] == (State.RUNNING, attempt)
        worker.kill_child()
    worker.stop.let_go()
    reached(State.WAITING, batch, worker)
    assert ended(batch) == (State.WAITING, 3, CUT_OFF)
    services.confirm(batch, by=None)
    worker.start()
    until(lambda: bool(ended(batch)[0] == State.DONE))
    assert kept(batch) == replace(DONE, entries={**DONE.entries, "confirmed": 2})
    assert ended(batch) == (State.DONE, 1, "")
