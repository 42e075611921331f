"""bin/test: every check and test, on servers of their own that are thrown away afterwards."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from portal import environment, locks, process
from portal.places import ROOT, TEMPORARY, State, temporary_state
from portal.say import Trouble, say
from portal.servers import KINDS
from portal.surroundings import Surroundings

BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
MOST_PROCESSES = 4
# They start, stop and kill servers, or drive a browser: one after another, in two groups side by
# side (tests/conftest.py), for journeys have servers of their own.
APART = ["tests/bin", "tests/faults", "tests/journeys"]
SLOWEST = "--durations=15"
PRODUCTION = {"PORTAL_MODE": "production", "ALLOWED_HOSTS": "portal.example"}
CHECKS: list[tuple[str, list[str], dict[str, str]]] = [
    ("style", ["-m", "ruff", "check", "--quiet", "."], {}),
    ("format", ["-m", "ruff", "format", "--quiet", "--check", "."], {}),
    ("types", ["-m", "mypy"], {}),
    (
        "production settings",
        ["manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        PRODUCTION,
    ),
    ("migrations", ["manage.py", "makemigrations", "--check", "--dry-run"], {}),
]


def work(arguments: list[str]) -> int:
    environment.ensure(development=True)
    _remove_leftovers()
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    state = temporary_state()
    surroundings = Surroundings(state, throwaway=True)
    try:
        surroundings.enter("test")
        surroundings.variables["PORTAL_MODE"] = "test"
        if not arguments:
            _check(surroundings.variables)
        return _pytest(arguments, surroundings.variables)
    finally:
        surroundings.leave()
        _remove(state)


def _check(variables: dict[str, str]) -> None:
    for name, command, extra in CHECKS:
        done = subprocess.run(
            [str(environment.python()), *command],
            cwd=ROOT,
            env={**variables, **extra},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=process.dies_with(os.getpid(), signal.SIGTERM),
        )
        if done.returncode:
            say(done.stdout)
            raise Trouble(f"The check of {name} failed (above); the tests were not run.")
        say(f"{name}: good")


def _pytest(arguments: list[str], variables: dict[str, str]) -> int:
    browser = variables.get("PORTAL_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), "")
    if not browser:
        say("No Chromium on this machine: the browser tests (tests/journeys) are skipped.")
    variables = {**variables, "PORTAL_BROWSER": browser}
    runs = [arguments] if arguments else [_by_file(), _by_group()]
    worst = 0
    for each in runs:
        code = _run(each, variables)
        if code > 1:  # interrupted, or nothing was run: no test has just failed
            return code
        worst = max(worst, code)
    return worst


def _by_file() -> list[str]:
    """Most tests, some files at a time: each process has a database of its own."""
    processes = str(min(os.cpu_count() or 1, MOST_PROCESSES))
    ignored = [f"--ignore={folder}" for folder in APART]
    return ["-n", processes, "--dist=loadfile", SLOWEST, *ignored]


def _by_group() -> list[str]:
    """The others, as tests/conftest.py groups them."""
    return ["-n", str(min(os.cpu_count() or 1, 2)), "--dist=loadscope", SLOWEST, *APART]


def _run(arguments: list[str], variables: dict[str, str]) -> int:
    return process.in_foreground(
        [str(environment.python()), "-m", "pytest", *arguments], variables, ROOT
    )


def _remove_leftovers() -> None:
    """What runs that were killed have left in the temporary folders."""
    for folder in _old_folders():
        state = State(Path(tempfile.gettempdir()).resolve() / folder.name)
        if not any(locks.held(state.run / f"{kind}.users") for kind in KINDS):
            _remove(state)


def _old_folders() -> list[Path]:
    """Old enough not to be of a run that has just begun; root has the servers' data apart."""
    places = {Path(tempfile.gettempdir()), Path("/var/tmp")}  # noqa: S108
    found = [(folder, folder.stat()) for place in places for folder in place.glob(f"{TEMPORARY}*")]
    old = time.time() - 300
    return [folder for folder, seen in found if seen.st_uid == os.geteuid() and seen.st_mtime < old]


def _remove(state: State) -> None:
    for folder in (state.sockets(), state.servers, state.folder):
        shutil.rmtree(folder, ignore_errors=True)
