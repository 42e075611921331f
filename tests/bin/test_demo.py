"""bin/demo from start to end, without its data: the portal is up, tells its troubles, leaves nothing."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from portal.keeper import wait_for
from portal.places import ROOT, temporary_state
from portal.process import dies_with

WITHOUT_DATA = """
import sys
from portal import demo, run
demo.DATA = []
sys.exit(run.command(demo.work))
"""
# What the tests themselves run with; a demo makes its own.
NOT_PASSED_ON = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PORTAL_MODE", "PORTAL_STATE_DIR"}
PATIENCE = 180.0  # for a machine that is busy
WELL = {"database": "ok", "redis": "ok", "worker": "ok", "beat": "ok"}


class Running:
    """A demo in a process of its own, and what it has said."""

    def __init__(self, state, port):
        self.address = f"http://127.0.0.1:{port}"
        self.said = ""
        passed_on = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}
        arguments = ["--port", str(port), "--state", str(state.folder)]
        self.process = subprocess.Popen(
            [sys.executable, "-c", WITHOUT_DATA, *arguments],
            env={**passed_on, "PYTHONPATH": str(ROOT / "bin")},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=dies_with(os.getpid(), signal.SIGTERM),
        )
        self.reader = threading.Thread(target=self.listen, daemon=True)
        self.reader.start()

    def listen(self):
        for line in self.process.stdout:
            self.said += line

    def heard(self, words):
        return wait_for(
            lambda: words in self.said or self.process.poll() is not None, PATIENCE
        ) and (words in self.said)

    def end(self, number):
        self.process.send_signal(number)
        return self.ended()

    def ended(self):
        """Wait for the end; returns the exit code."""
        code = self.process.wait(PATIENCE)
        self.reader.join(10)
        self.process.stdout.close()
        return code

    def health(self):
        try:
            with urllib.request.urlopen(f"{self.address}/healthz", timeout=5) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as answer:
            with answer:
                return json.load(answer)


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@pytest.fixture
def state():
    made = temporary_state()
    yield made
    assert wait_for(lambda: processes_of(made) == [], 30)
    for folder in (made.sockets(), made.servers, made.folder):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def start(state, port):
    started = []

    def run(on_port=port, in_state=state):
        started.append(Running(in_state, on_port))
        return started[-1]

    yield run
    for demo in started:
        if demo.process.poll() is None:
            demo.end(signal.SIGKILL)


def processes_of(state):
    """Commands of all processes that speak of this state; those that wait to be reaped have none."""
    signs = (os.fsencode(state.folder), state.digest.encode())
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            seen = (entry / "cmdline").read_bytes() + b"\0" + (entry / "environ").read_bytes()
        except OSError:
            continue
        if any(sign in seen for sign in signs):
            found.append(seen.replace(b"\0", b" ")[:200].decode())
    return found


def child_of(demo, name):
    children = (
        Path(f"/proc/{demo.process.pid}/task/{demo.process.pid}/children").read_text().split()
    )
    commands = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children}
    return next(pid for pid, command in commands.items() if name in command)


def test_the_life_of_a_demo(start, state):
    """One test for all, because each start takes its time."""
    first = start()
    assert first.heard(f"The portal runs at {first.address}"), first.said
    assert first.health() == WELL
    secrets = state.secrets.read_text()

    second = start(on_port=1)
    assert (second.ended(), second.said) == (
        1,
        f"A demo is already running at {first.address}; stop it by Ctrl-C in its terminal.\n",
    )

    os.kill(child_of(first, b"worker"), signal.SIGKILL)
    assert first.heard("The worker ended unexpectedly"), first.said
    assert first.health() is not None

    # Killed in whatever way, at whatever moment, it leaves nothing and starts again with its data.
    first.end(signal.SIGKILL)
    assert wait_for(lambda: processes_of(state) == [], 30), processes_of(state)
    again = start()
    assert again.heard("The portal runs at"), again.said
    assert (again.health(), state.secrets.read_text()) == (WELL, secrets)

    # Stopped, it has ended all before it ends itself.
    assert again.end(signal.SIGTERM) == 0
    assert processes_of(state) == []


def test_a_demo_stopped_while_it_sets_up_leaves_nothing(start, state):
    demo = start()
    assert demo.heard("The database"), demo.said
    code, deadline = demo.end(signal.SIGTERM), time.monotonic() + 30
    while processes_of(state) and time.monotonic() < deadline:  # the keepers end the servers
        time.sleep(0.1)
    assert (code, processes_of(state)) == (130, [])


def test_a_port_in_use_is_one_sentence(start):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        demo = start(on_port=taken.getsockname()[1])
        assert demo.ended() == 1
    assert demo.said == (
        f"Port {taken_port(demo)} cannot be used (Address already in use). "
        "Choose another: bin/demo --port 8123\n"
    )


def taken_port(demo):
    return demo.address.rpartition(":")[2]
