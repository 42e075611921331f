"""Servers run while somebody uses them, survive a crash, and leave nothing behind."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys

import pytest
from portal import keeper, locks, process
from portal.keeper import wait_for
from portal.places import ROOT, temporary_state
from portal.say import Trouble
from portal.servers import KINDS, leftover

USER = """
import sys, time
from pathlib import Path
from portal import keeper
from portal.places import State
keeper.join(State(Path(sys.argv[1])), sys.argv[2], throwaway=True)
print(flush=True)
time.sleep(60)
"""


@pytest.fixture
def state():
    made = temporary_state()
    yield made
    for kind in KINDS:
        locks.wait_until_free(made.run / f"{kind}.keeper", 30)
    for folder in (made.sockets(), made.servers, made.folder):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def another_user(state):
    started = []

    def start(kind):
        user = subprocess.Popen(
            [sys.executable, "-c", USER, str(state.folder), kind],
            env={**os.environ, "PYTHONPATH": str(ROOT / "bin")},
            stdout=subprocess.PIPE,
        )
        started.append(user)
        assert user.stdout.readline() == b"\n"
        return user

    yield start
    for user in started:
        user.kill()
        user.communicate()


def running(state, kind):
    return sorted(leftover(KINDS[kind].folder(state)))


def redis(state, *words):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(state.sockets() / "redis.sock"))
        connection.sendall(" ".join(words).encode() + b"\r\n")
        return connection.recv(1000).decode().split()


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_last_one_out_stops_the_server(state, another_user, kind):
    mine = keeper.join(state, kind, throwaway=True)
    other = another_user(kind)
    first = running(state, kind)
    assert len(first) > 0
    mine.leave()
    assert running(state, kind)[0] == first[0]
    other.send_signal(signal.SIGKILL)
    assert wait_for(lambda: running(state, kind) == [], 10) is True
    assert mine.keeper.wait(10) == 0


@pytest.mark.parametrize("kind", list(KINDS))
def test_nothing_outlives_a_killed_keeper_and_the_next_start_recovers(state, kind):
    broken = keeper.join(state, kind, throwaway=True)
    broken.keeper.send_signal(signal.SIGKILL)
    broken.keeper.wait()
    assert wait_for(lambda: running(state, kind) == [], 10) is True
    again = keeper.join(state, kind, throwaway=True)
    assert (again.url, len(running(state, kind)) > 0) == (broken.url, True)
    os.close(broken.holder)
    again.leave()


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_server_left_running_is_ended_before_the_new_one_starts(state, kind):
    """As a killed keeper leaves it where the kernel does not end its children."""
    keeper.join(state, kind, throwaway=True).leave()
    server = KINDS[kind](state, throwaway=True)
    left = process.start(
        server.command(), log=state.log / "left.log", for_servers=True, cwd=server.data
    )
    assert wait_for(server.answers, 30) is True
    mine = keeper.join(state, kind, throwaway=True)
    assert left.wait(30) == 0
    assert server.answers() is True
    mine.leave()


def test_a_stale_lock_file_that_names_a_living_process_does_not_stop_the_start(state):
    keeper.join(state, "postgres", throwaway=True).leave()
    cluster = KINDS["postgres"](state, throwaway=True).cluster
    lines = [str(os.getpid()), str(cluster), "1", "5432", "", "", "", "ready"]
    (cluster / "postmaster.pid").write_text("\n".join(lines))
    mine = keeper.join(state, "postgres", throwaway=True)
    assert KINDS["postgres"](state, throwaway=True).answers() is True
    mine.leave()


def test_a_server_that_dies_is_started_again_and_it_is_said(state):
    mine = keeper.join(state, "redis", throwaway=True)
    (first,) = running(state, "redis")
    os.kill(first, signal.SIGKILL)
    assert wait_for(lambda: running(state, "redis") not in ([], [first]), 10) is True
    assert wait_for(KINDS["redis"](state, throwaway=True).answers, 10) is True
    mine.leave()
    assert (
        "redis ended unexpectedly and is started again (1 of 5)."
        in (state.log / "servers.log").read_text()
    )


def test_what_the_queue_took_survives_a_crash_of_all(state):
    """With the settings of the demo, not those of the tests."""
    mine = keeper.join(state, "redis")
    assert redis(state, "SET", "task", "1") == ["+OK"]
    assert redis(state, "WAITAOF", "1", "0", "0")[0].startswith(("-ERR", "*"))  # not in Redis 6
    assert redis(state, "CONFIG", "GET", "appendonly")[-1] == "yes"
    assert redis(state, "CONFIG", "GET", "maxmemory-policy")[-1] == "noeviction"
    mine.leave()
    again = keeper.join(state, "redis")
    assert redis(state, "GET", "task") == ["$1", "1"]
    again.leave()


def test_a_server_that_cannot_start_says_why(state):
    cluster = KINDS["postgres"](state, throwaway=True).cluster
    cluster.mkdir()
    (cluster / "PG_VERSION").write_text("9\n")
    with pytest.raises(Trouble, match=r"were made by PostgreSQL 9, but [0-9]+ is here now"):
        keeper.join(state, "postgres")


def test_the_portal_s_database_user_is_no_superuser(state):
    mine = keeper.join(state, "postgres", throwaway=True)
    server = KINDS["postgres"](state, throwaway=True)
    roles = server._ask(
        "SELECT rolname, rolsuper, rolcreatedb FROM pg_roles WHERE rolname = 'portal'"
    )
    owner = server._ask("SELECT datdba::regrole FROM pg_database WHERE datname = 'portal'")
    mine.leave()
    assert (roles, owner) == (["portal|f|t"], ["portal"])


def test_an_earlier_answer_is_not_taken_for_a_new_one(state):
    (state.run / "redis.answer").write_text(json.dumps({"url": "unix:///nowhere"}))
    mine = keeper.join(state, "redis", throwaway=True)
    assert mine.url == f"unix://{state.sockets() / 'redis.sock'}"
    mine.leave()
