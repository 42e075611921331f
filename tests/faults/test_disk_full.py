"""The database's disk full while rows are staged or written: all or none, and the job says so."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import psycopg2
import pytest
from django.db import connection
from portal.places import servers_user

from exchange.causes import Cause
from exchange.imports import services
from exchange.models import ImportBatch
from tests.faults.conftest import PLACE, Worker, until
from tests.faults.imports import CONFIRMED, DONE, ROWS, State, assert_whole, brought_in, ended, kept

pytestmark = pytest.mark.usefixtures("county")
FULL = Cause.DATABASE_FULL.sentence


@contextmanager
def full(table: str, when: str) -> Iterator[None]:
    """Rows of the table for which `when` holds find no room, as PostgreSQL says it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$"
        )
        cursor.execute(
            f"CREATE TRIGGER full_disk BEFORE INSERT ON {table} FOR EACH ROW"
            f" WHEN ({when}) EXECUTE FUNCTION no_room()"
        )
        yield
        cursor.execute(f"DROP TRIGGER full_disk ON {table}")
        cursor.execute("DROP FUNCTION no_room()")


def reached(goal: State, batch: ImportBatch, worker: Worker) -> None:
    worker.start()
    until(lambda: bool(ended(batch)[0] == goal), lambda: assert_whole(batch))
    assert_whole(batch)


def test_no_room_while_staging(worker: Worker) -> None:
    """Not tried again by itself: the one who brought it in is told at once."""
    with full("exchange_stagedpage", f"NEW.line > {ROWS // 2}"):
        batch = brought_in()
        reached(State.FAILED, batch, worker)
    assert ended(batch) == (State.FAILED, 1, FULL)
    assert str(batch.public_id) in batch.error_sentence


@pytest.mark.parametrize("table", ["training_enrollment", "exchange_rollup"])
def test_no_room_while_writing(table: str, worker: Worker) -> None:
    """What is judged stays, and is written once there is room."""
    batch = brought_in()
    reached(State.WAITING, batch, worker)
    with full(table, "true"):
        services.confirm(batch, by=None)
        reached(State.WAITING, batch, worker)
    assert (ended(batch), kept(batch)) == ((State.WAITING, 1, FULL), CONFIRMED)
    services.confirm(batch, by=None)
    until(lambda: bool(ended(batch)[0] == State.DONE))
    assert kept(batch) == replace(DONE, entries={**DONE.entries, "confirmed": 2})
    assert ended(batch) == (State.DONE, 1, "")


@pytest.fixture
def tiny_disk(own_servers: None, worker: Worker) -> Iterator[None]:
    """The staged rows' table on a disk of its own with room for a few of them."""
    disk = PLACE.servers / "tiny"
    disk.mkdir()
    user = servers_user()
    owner = f"size=160k,mode=0700,uid={user.pw_uid},gid={user.pw_gid}" if user else ""
    mount = ["mount", "-t", "tmpfs", "-o", owner, "tmpfs", str(disk)]
    if not user or subprocess.run(mount, capture_output=True).returncode:
        disk.rmdir()
        pytest.skip("Only root may make a disk, and not everywhere.")
    server = psycopg2.connect(
        host=str(PLACE.sockets()), user="postgres", dbname=connection.settings_dict["NAME"]
    )
    server.autocommit = True
    try:
        with server.cursor() as cursor:
            cursor.execute(f"CREATE TABLESPACE tiny LOCATION '{disk}'")
            cursor.execute("ALTER TABLE exchange_stagedpage SET TABLESPACE tiny")
            yield
            cursor.execute("ALTER TABLE exchange_stagedpage SET TABLESPACE pg_default")
            cursor.execute("DROP TABLESPACE tiny")
    finally:
        server.close()
        subprocess.run(["umount", str(disk)], check=True)
        disk.rmdir()


@pytest.mark.usefixtures("tiny_disk")
def test_a_disk_that_is_really_full(worker: Worker) -> None:
    batch = brought_in()
    reached(State.FAILED, batch, worker)
    assert ended(batch) == (State.FAILED, 1, FULL)
