import os
import signal
import subprocess
import sys

import pytest
from portal import locks
from portal.places import ROOT

HOLDER = """
import sys, time
from pathlib import Path
from portal import locks
getattr(locks, sys.argv[1])(Path(sys.argv[2]))
print(flush=True)
time.sleep(60)
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "lock"


@pytest.fixture
def hold(path):
    """Start a process that takes the lock in the named way and keeps it; returns the process."""
    started = []

    def start(way):
        command = [sys.executable, "-c", HOLDER, way, str(path)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "bin")}
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
        started.append(process)
        assert process.stdout.readline() == b"\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def state(path):
    return locks.held(path), locks.is_shared(path)


def test_nobody_holds_a_new_lock(path):
    assert state(path) == (False, False)


def test_a_lock_held_alone_is_held_and_not_shared(path, hold):
    hold("alone")
    assert state(path) == (True, False)
    assert locks.alone_now(path) is None


def test_a_shared_lock_can_be_joined(path, hold):
    hold("shared")
    assert state(path) == (True, True)
    mine = locks.shared(path)
    os.close(mine)
    assert locks.alone_now(path) is None


def test_the_lock_goes_with_its_holder_however_it_ends(path, hold):
    holder = hold("shared")
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert state(path) == (False, False)


def test_waiting_ends_when_the_lock_is_free_or_time_is_over(path, hold):
    holder = hold("alone")
    assert locks.wait_until_free(path, 0.1) is False
    holder.kill()
    assert locks.wait_until_free(path, 10) is True
