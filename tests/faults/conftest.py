"""Real worker processes on the test's own database, halted where a test wants and killed."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import unquote, urlsplit, urlunsplit

import pytest
import redis
from django.conf import settings as portal
from django.db import connection
from portal.places import State as Place

from exchange import jobs
from tests.factories import a_program, divisions
from tests.faults.points import Stop
from tests.faults.serving import serve

LEASE = {"JOB_LEASE_SECONDS": "2", "JOB_HEARTBEAT_SECONDS": "1", "JOB_FORGOTTEN_SECONDS": "1"}
PATIENCE = 60
PLACE = Place(Path(os.environ["PORTAL_STATE_DIR"]))
# Django's checks at the worker's start read the whole portal.
PRELOADED = ["tests.faults.stopping", "config.urls", "celery.bin.celery", "celery.bin.worker"]
PRELOADED += ["celery.concurrency.prefork", "celery.worker.consumer", "kombu.transport.redis"]


def database_url() -> str:
    """The test's own database, for another process."""
    url = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(url._replace(path="/" + connection.settings_dict["NAME"]))


class Worker:
    """A Celery worker in a process group of its own.

    It is forked from a process that has imported everything: starting takes half a
    second instead of four.
    """

    def __init__(self, folder: Path) -> None:
        self.process: Any = None
        self.stop = Stop(folder)
        self.files = folder / "files"
        self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload(PRELOADED)

    def variables(self) -> dict[str, str]:
        own = {"DATABASE_URL": database_url(), "PORTAL_FILES_DIR": str(self.files)}
        return {**os.environ, **LEASE, **own, "STOP_FOLDER": str(self.stop.wanted.parent)}

    def start(self) -> None:
        """Start it, unless it runs."""
        if self.process is None:
            with mock.patch.dict(os.environ, self.variables()):
                self.process = self.context.Process(target=serve)
                self.process.start()

    def kill(self) -> None:
        """kill -9 to the worker and its children."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.join()
            self.process = None

    def kill_child(self) -> None:
        """kill -9 to the process that stands still, as the kernel does when memory is short."""
        assert self.stop.process is not None
        os.kill(self.stop.process, signal.SIGKILL)
        self.stop.reached.unlink()

    def halted(self, meanwhile: Callable[[], Any]) -> None:
        """Wait until it stands at the point that was asked for."""
        until(lambda: self.stop.process is not None, meanwhile)


@pytest.fixture(scope="session")
def one_worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """Started anew only after it was killed: a start takes seconds."""
    worker = Worker(tmp_path_factory.mktemp("worker"))
    yield worker
    worker.kill()


@pytest.fixture
def worker(one_worker: Worker, transactional_db: None, settings: Any) -> Iterator[Worker]:
    settings.FILES_DIR = one_worker.files
    settings.JOB_FORGOTTEN_SECONDS = 1
    queue().flushall()
    yield one_worker
    one_worker.stop.let_go()
    # Not while it is at a job: the rows are about to be emptied under it.
    if one_worker.stop.process is not None:
        one_worker.kill()
    one_worker.stop.reached.unlink(missing_ok=True)


@pytest.fixture
def county(worker: Worker) -> None:
    divisions()
    a_program("skills")


@pytest.fixture
def own_servers() -> None:
    """Only servers that bin/test started for this run may be ended; it starts them again."""
    if str(PLACE.sockets()) not in unquote(os.environ["DATABASE_URL"]):
        pytest.skip("The servers are not this run's own.")


def queue() -> redis.Redis:
    return redis.Redis.from_url(portal.REDIS_URL)


def until(condition: Callable[[], bool], meanwhile: Callable[[], Any] = lambda: None) -> None:
    """Wait, sweeping as the clock does and looking at what is to hold meanwhile."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it stood still"
        jobs.sweep()
        meanwhile()
        time.sleep(0.1)
