import signal
import sys

import pytest
from portal import services
from portal.keeper import wait_for
from portal.say import Trouble
from portal.services import Services

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
FAIL = [sys.executable, "-c", "print('broken')"]


@pytest.fixture
def some(tmp_path):
    made = Services(tmp_path)
    yield made
    made.stop()


def start(some, **commands):
    some.start([(name, command, signal.SIGTERM) for name, command in commands.items()], {})


def mended(some):
    """Mend as soon as the first one has died."""
    assert wait_for(lambda: some.all[0].process.poll() is not None, 30)
    some.mend()


def test_what_dies_is_started_again_and_it_is_said(some, capsys, tmp_path):
    start(some, web=SLEEP, worker=SLEEP)
    first, other = (service.process.pid for service in some.all)
    some.all[0].process.kill()
    mended(some)
    assert some.all[0].process.pid != first
    assert some.all[1].process.pid == other
    said = f"The web ended unexpectedly (see {tmp_path / 'web.log'}) and is started again.\n"
    assert capsys.readouterr().err == said


def test_what_keeps_dying_is_given_up(some, tmp_path):
    start(some, web=FAIL)
    for _ in range(services.RESTARTS):
        mended(some)
    with pytest.raises(Trouble, match=r"^The web keeps ending \(see .*web\.log\)\.$"):
        mended(some)
    assert (tmp_path / "web.log").read_text() == "broken\n" * (services.RESTARTS + 1)


def test_old_failures_are_forgotten(some, monkeypatch):
    monkeypatch.setattr(services, "RESTARTS_WITHIN", 0.0)
    start(some, web=FAIL)
    for _ in range(services.RESTARTS + 2):
        mended(some)
    assert len(some.all[0].restarts) == 1


def test_a_log_does_not_grow_without_end(some, tmp_path, monkeypatch):
    monkeypatch.setattr(services, "LOG_LIMIT", 3)
    (tmp_path / "web.log").write_text("old words")
    start(some, web=SLEEP)
    assert (tmp_path / "web.log.1").read_text() == "old words"
    assert (tmp_path / "web.log").read_text() == ""
