"""kill -9 while a report is made: no half file is shown, and the next worker makes it whole."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from django.db.models.functions import Now

from core.models import AuditEntry
from exchange.causes import Cause
from exchange.models import ReportRun
from exchange.reports import services
from exchange.reports.making import folder
from tests.factories import a_class, a_person, an_account, enrolled, settled
from tests.factories.rosters import HUAN
from tests.faults.conftest import Worker, until
from tests.faults.points import Point

State = ReportRun.State
pytestmark = pytest.mark.usefixtures("county")


def whole_files() -> list[str]:
    """Names of the files that a reader could be given."""
    return list(ReportRun.objects.exclude(stored_as="").values_list("stored_as", flat=True))


def ended(run: ReportRun) -> tuple[str, int, str]:
    run.refresh_from_db()
    return run.state, run.attempt, run.error


def asked_for() -> ReportRun:
    for order in range(50):
        enrolled(a_person(order), a_class())
    settled()
    clerk = an_account("clerk", "county-clerk", HUAN)
    return services.request_report(report="ledger", region_code=HUAN, period="2019-06", by=clerk)


def files() -> list[Path]:
    return sorted(folder().iterdir())


@pytest.mark.parametrize("point", [Point.CLAIMED, Point.HALF_READ, Point.WRITTEN])
def test_a_worker_killed_while_it_makes_a_report(point: Point, worker: Worker) -> None:
    for path in files():
        path.unlink()
    worker.stop.ask(point)
    run = asked_for()
    worker.start()
    worker.halted(lambda: None)
    assert (ended(run), whole_files()) == ((State.RUNNING, 1, ""), [])
    assert not services.openable(run, run.requested_by)
    worker.kill()
    assert (ended(run), whole_files()) == ((State.RUNNING, 1, ""), [])
    left = files()
    assert (left != []) == (point != Point.CLAIMED)
    worker.stop.ask(Point.CLAIMED)
    ReportRun.objects.update(lease_until=Now())
    worker.start()
    worker.halted(lambda: None)
    assert ended(run) == (State.RUNNING, 2, Cause.CUT_OFF.sentence)
    worker.stop.let_go()
    until(lambda: bool(ended(run)[0] == State.DONE))
    assert ended(run) == (State.DONE, 2, "")
    with services.open_file(run, by=run.requested_by) as file:
        assert hashlib.sha256(file.read()).hexdigest() == run.sha256
    assert run.rows == 50
    assert AuditEntry.objects.filter(verb="exchange.report.made", target_key=run.pk).count() == 1
    for path in left:
        os.utime(path, (0, 0))
    services.remove_expired()
    assert [path.name for path in files()] == [run.stored_as]
