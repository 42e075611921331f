"""What bin/test makes of its checks and of the two runs of a whole run."""

import os
import sys
from contextlib import nullcontext

import pytest
from portal import environment, testing
from portal.say import Trouble
from portal.servers import KINDS

SLEEP = "import time; time.sleep(60)"


@pytest.fixture(autouse=True)
def this_python(monkeypatch):
    monkeypatch.setattr(environment, "python", lambda: sys.executable)


@pytest.fixture
def runs(monkeypatch, tmp_path):
    """Takes the two programs that stand for the runs, on servers of bin/test's own."""
    for server in KINDS.values():
        monkeypatch.delenv(server.variable, raising=False)
    variables = {**os.environ, "PORTAL_STATE_DIR": str(tmp_path)}
    monkeypatch.setattr(testing, "_surroundings", lambda: nullcontext(variables))

    def start(computing, waiting):
        programs = {"loadfile": computing, "loadscope": waiting}
        monkeypatch.setattr(
            testing,
            "_pytest",
            lambda given: [sys.executable, "-c", programs[given[2].partition("=")[2]]],
        )
        return testing._everything(variables)

    return start


def check(monkeypatch, *programs):
    checks = [(f"check {n}", ["-c", program], {}) for n, program in enumerate(programs, 1)]
    monkeypatch.setattr(testing, "CHECKS", checks)
    testing._check(dict(os.environ))


def test_checks_are_told_in_their_order_whichever_ends_first(monkeypatch, capsys):
    check(monkeypatch, "import time; time.sleep(0.5); print('unheard')", "")
    assert capsys.readouterr().err == "check 1: good\ncheck 2: good\n"


def test_a_failed_check_says_why_and_no_test_is_run(monkeypatch, capsys):
    with pytest.raises(Trouble, match=r"^The check of check 2 failed \(above\); the tests were"):
        check(monkeypatch, "", "print('broken'); raise SystemExit(1)", SLEEP)
    assert capsys.readouterr().err == "check 1: good\nbroken\n\n"


@pytest.mark.parametrize(
    ("computing", "waiting", "code"),
    [
        ("", "", 0),
        ("raise SystemExit(1)", "", 1),
        ("", "raise SystemExit(1)", 1),
        ("raise SystemExit(1)", "raise SystemExit(4)", 4),
        ("", "import os; os.kill(os.getpid(), 9)", 9),
        ("raise SystemExit(2)", SLEEP, 2),  # interrupted: the other one is not waited for
    ],
)
def test_the_worse_of_the_two_runs_counts(runs, computing, waiting, code):
    assert runs(computing, waiting) == code


def test_the_words_of_both_runs_follow_each_other(runs, capfd):
    runs("import time; time.sleep(0.5); print('first', flush=True)", "print('second')")
    assert capfd.readouterr().out == "first\nsecond\n\n"


def test_on_the_callers_servers_they_run_one_after_the_other(runs, monkeypatch, capfd):
    monkeypatch.setenv("DATABASE_URL", "postgresql://portal@server/portal")
    code = runs("import time; time.sleep(0.5); print('first', flush=True)", "print('second')")
    assert (code, capfd.readouterr().out) == (0, "first\nsecond\n")
