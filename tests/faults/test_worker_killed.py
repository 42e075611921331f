"""kill -9 at random in mid-import: nothing lost, nothing doubled, nothing half visible."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from core.divisions import load_divisions
from exchange import rollups
from exchange.imports import services
from exchange.imports.kinds import kind_of
from exchange.models import ImportBatch, StagedRow
from programs.models import Program
from talent.models import Person
from tests.faults.conftest import Worker, until
from training.demo.rosters import HUANXIAN, write_roster
from training.models import Enrollment

KILLS = 4
ROWS = 4000


@pytest.fixture
def gansu(worker: Worker) -> None:
    load_divisions(provinces=["62"])
    Program.objects.create(code="skills", name="就业技能培训", measure="training.completions")


def state_of(batch: ImportBatch) -> str:
    batch.refresh_from_db()
    assert batch.state != ImportBatch.State.FAILED, batch.error_sentence
    return batch.state


def run_with_a_kill(batch: ImportBatch, worker: Worker, chance: random.Random, goal: str) -> None:
    """Let the step begin, kill the worker somewhere in it, and let another one finish it."""
    worker.start()
    until(lambda: state_of(batch) != ImportBatch.State.QUEUED)
    time.sleep(chance.uniform(0, 0.6))
    worker.kill()
    assert_whole(batch)
    worker.start()
    until(lambda: state_of(batch) == goal)
    assert_whole(batch)


def assert_whole(batch: ImportBatch) -> None:
    """Staged and written rows are none or all, and the figures agree with the rows."""
    assert StagedRow.objects.filter(batch=batch).count() in {0, ROWS}
    assert Enrollment.objects.filter(import_batch=batch).count() in {0, ROWS}
    assert rollups.differences() == []


@pytest.mark.usefixtures("gansu")
def test_kills_at_random_lose_and_double_nothing(worker: Worker, tmp_path: Path) -> None:
    chance = random.Random(20191231)
    for number in range(KILLS // 2):
        path = tmp_path / f"{number}.xlsx"
        write_roster(path, HUANXIAN, 2018 + number % 3, "skills", ROWS)
        Enrollment.objects.all().delete()
        rollups.rebuild()
        with path.open("rb") as file:
            batch = services.bring_in(
                file=file,
                name=path.name,
                kind=kind_of("training"),
                region_code=HUANXIAN.code,
                options={"program": "skills"},
                by=None,
            )
        run_with_a_kill(batch, worker, chance, ImportBatch.State.WAITING)
        services.confirm(batch, by=None)
        run_with_a_kill(batch, worker, chance, ImportBatch.State.DONE)
        assert (batch.accepted, batch.written) == (ROWS, ROWS)
        people = Enrollment.objects.values("person").distinct().count()
        assert Person.objects.filter(enrollments__isnull=False).distinct().count() == people
