"""kill -9 of a web process in the middle of a save: what the desk sends again is there once."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from portal import process
from portal.places import ROOT

from core.models import AuditEntry, User
from exchange import rollups
from tests.factories import a_class, a_person, a_program, an_account, divisions, enrolled
from tests.factories.rosters import a_row
from tests.faults.conftest import PATIENCE, database_url
from tests.faults.points import Point, Stop
from training.models import DraftRow, Enrollment, RollCall, RowChange

ROWS = 30
TOKEN = "a" * 32
Answer = dict[str, Any]


class Web:
    """gunicorn with one process that serves the test's own database."""

    def __init__(self, folder: Path) -> None:
        self.stop = Stop(folder)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = int(probe.getsockname()[1])
        own = {"DATABASE_URL": database_url(), "STOP_FOLDER": str(folder), "WEB_WORKERS": "1"}
        bind = ["--bind", f"127.0.0.1:{self.port}", "tests.faults.pausing_web"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn", *bind],
            cwd=ROOT,
            env={**os.environ, **own},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=process.dies_with(os.getpid(), signal.SIGTERM),
        )

    def end(self) -> None:
        self.stop.let_go()
        self.process.terminate()
        self.process.wait(30)

    def send(self, session: str, path: str, body: dict[str, Any]) -> Answer:
        """Raises OSError or HTTPException when nobody answers."""
        cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
        headers = {"Content-Type": "application/json", "Cookie": cookies, "X-CSRFToken": TOKEN}
        address = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with closing(address) as door:
            door.request("POST", path, json.dumps(body), headers)
            answer = door.getresponse()
            text = answer.read().decode()
        assert answer.status == 200, text
        found: Answer = json.loads(text)
        return found

    def send_until_answered(self, *asked: Any) -> Answer:
        """As a desk does: again and again, the same."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with suppress(OSError, http.client.HTTPException):
                return self.send(*asked)
            time.sleep(0.1)
        raise AssertionError("nobody answered")

    def killed_while_sending(self, point: Point, *asked: Any) -> None:
        """The process that serves the request dies where it stands still; the answer is lost."""
        lost: list[BaseException] = []

        def ask() -> None:
            try:
                self.send_until_connected(*asked)
            except (OSError, http.client.HTTPException) as trouble:
                lost.append(trouble)

        self.stop.ask(point)
        desk = threading.Thread(target=ask)
        desk.start()
        deadline = time.monotonic() + PATIENCE
        while self.stop.process is None:
            assert time.monotonic() < deadline, "it stood still nowhere"
            time.sleep(0.01)
        os.kill(self.stop.process, signal.SIGKILL)
        self.stop.let_go()
        desk.join(PATIENCE)
        assert len(lost) == 1

    def send_until_connected(self, *asked: Any) -> Answer:
        """The server may still be starting; what was refused was never sent."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return self.send(*asked)
            except ConnectionRefusedError:
                assert time.monotonic() < deadline, "it never started"
                time.sleep(0.1)


@pytest.fixture(scope="module")
def one_web(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Web]:
    """Starting takes seconds; a process that was killed is replaced in none."""
    with django_db_blocker.unblock():
        serving = Web(tmp_path_factory.mktemp("web"))
    yield serving
    serving.end()


@pytest.fixture
def web(one_web: Web, transactional_db: None) -> Iterator[Web]:
    divisions()
    a_program("skills")
    yield one_web
    one_web.stop.let_go()


def signed_in(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def rows_sent() -> dict[str, Any]:
    """Some sound rows, and one that is held."""
    cells = [*(a_row(order) for order in range(ROWS - 1)), a_row(ROWS, name="")]
    rows = [{"client": uuid.uuid4().hex, "op": uuid.uuid4().hex, "cells": row} for row in cells]
    return {"region": "621022", "program": "skills", "month": "2019-06", "rows": rows}


def in_ledger() -> tuple[int, int, int, int]:
    """Rows, unfinished rows, changes and acts."""
    acts = AuditEntry.objects.filter(verb="training.rows.saved")
    counted = (Enrollment, DraftRow, RowChange)
    rows, drafts, changes = (model._default_manager.count() for model in counted)
    return rows, drafts, changes, acts.count()


@pytest.mark.parametrize("point", [Point.HALF_WRITTEN, Point.WRITTEN, Point.UNACKNOWLEDGED])
def test_rows_of_a_desk_are_there_once(point: Point, web: Web) -> None:
    asked = signed_in(an_account("clerk", "county-clerk", "621022")), "/api/v1/ledger-rows/save/"
    sent = rows_sent()
    web.killed_while_sending(point, *asked, sent)
    whole = (ROWS - 1, 1, ROWS - 1, 1)
    assert in_ledger() == (whole if point == Point.UNACKNOWLEDGED else (0, 0, 0, 0))
    found = web.send_until_answered(*asked, sent)["rows"]
    assert [row["outcome"] for row in found] == ["saved"] * (ROWS - 1) + ["held"]
    assert in_ledger()[:3] == whole[:3]
    assert rollups.differences() == []


@pytest.mark.parametrize("point", [Point.WRITTEN, Point.UNACKNOWLEDGED])
def test_a_roll_of_a_class_is_there_once(point: Point, web: Web) -> None:
    attended = a_class()
    rows = [enrolled(a_person(order), attended) for order in range(1, ROWS, 2)]
    asked = (
        signed_in(an_account("clerk", "county-clerk", "621022")),
        f"/api/v1/roll-calls/{attended.pk}/save/",
    )
    sent = {
        "rows": [
            {"client": uuid.uuid4().hex, "op": uuid.uuid4().hex, "id": row.pk}
            | {"cells": {"2019-06-24": "√"}}
            for row in rows
        ]
    }
    web.killed_while_sending(point, *asked, sent)
    there = len(rows) if point == Point.UNACKNOWLEDGED else 0
    assert (RollCall.objects.count(), RowChange.objects.count()) == (there, there)
    found = web.send_until_answered(*asked, sent)["rows"]
    assert {(row["outcome"], row["version"]) for row in found} == {("saved", 1)}
    assert (RollCall.objects.count(), RowChange.objects.count()) == (len(rows), len(rows))
