"""A child does not outlive its parent, however the parent ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from portal import process
from portal.keeper import wait_for
from portal.places import ROOT

PARENT = """
import signal, sys, time
from pathlib import Path
from portal import process
child = process.start(sys.argv[2:], log=Path(sys.argv[1]), if_orphaned=signal.SIGTERM)
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def family(tmp_path):
    """A parent, and the number of the child that it started."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path / "log"), "sleep", "60"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "bin")},
        stdout=subprocess.PIPE,
        text=True,
    )
    child = int(parent.stdout.readline())
    yield parent, child
    parent.kill()
    parent.communicate()


def lives(pid):
    """Whether a process runs; one that has ended and waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_child_goes_with_its_parent(family, number):
    parent, child = family
    assert lives(child) is True
    parent.send_signal(number)
    assert wait_for(lambda: not lives(child), 10) is True


def test_stopping_takes_the_whole_group_along(tmp_path):
    stubborn = "trap '' TERM; sleep 60 & echo $!; wait; wait"
    log = tmp_path / "log"
    shell = process.start(["/bin/sh", "-c", stubborn], log=log)
    assert wait_for(lambda: log.read_text().endswith("\n"), 10)
    grandchild = int(log.read_text())
    assert lives(grandchild) is True
    process.stop(shell, signal.SIGTERM, 0.3)
    assert (shell.returncode, wait_for(lambda: not lives(grandchild), 10)) == (
        -signal.SIGKILL,
        True,
    )


def test_a_child_is_asked_first(tmp_path):
    log = tmp_path / "log"
    polite = process.start(["/bin/sh", "-c", "trap 'exit 3' TERM; echo; sleep 60 & wait"], log=log)
    assert wait_for(lambda: log.read_text() == "\n", 10)
    process.stop(polite, signal.SIGTERM, 10)
    assert polite.returncode == 3
