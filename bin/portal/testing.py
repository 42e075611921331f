"""bin/test: every check and test, on servers of their own that are thrown away afterwards."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from portal import environment, locks, process
from portal.places import ROOT, TEMPORARY, State, temporary_state
from portal.say import Trouble, say
from portal.servers import KINDS
from portal.surroundings import Surroundings

BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
MOST_PROCESSES = 4
# They start, stop and kill servers, or drive a browser, and wait much: one after another, in two
# groups side by side (tests/conftest.py), for journeys have servers of their own.
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
    os.environ["PORTAL_BROWSER"] = os.environ.get("PORTAL_BROWSER") or _browser()
    with _surroundings() as variables:
        if arguments:
            return _in_foreground(arguments, variables)
        _check(variables)
        return _everything(variables)


@contextmanager
def _surroundings() -> Iterator[dict[str, str]]:
    """The variables for tests, with servers that are thrown away afterwards."""
    state = temporary_state()
    surroundings = Surroundings(state, throwaway=True)
    try:
        surroundings.enter("test")
        yield surroundings.variables | {"PORTAL_MODE": "test"}
    finally:
        surroundings.leave()
        _remove(state)


def _browser() -> str:
    found = next(filter(None, map(shutil.which, BROWSERS)), "")
    if not found:
        say("No Chromium on this machine: the browser tests (tests/journeys) are skipped.")
    return found


def _check(variables: dict[str, str]) -> None:
    """All checks beside each other; what they say is told in their order."""
    with ExitStack() as started:
        running = [
            (name, _start(command, variables | extra, started)) for name, command, extra in CHECKS
        ]
        for name, check in running:
            said, _ = check.communicate()
            if check.returncode:
                say(said)
                raise Trouble(f"The check of {name} failed (above); the tests were not run.")
            say(f"{name}: good")


def _start(
    command: list[str], variables: dict[str, str], until: ExitStack
) -> subprocess.Popen[str]:
    check = subprocess.Popen(
        [str(environment.python()), *command],
        cwd=ROOT,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=process.dies_with(os.getpid(), signal.SIGTERM),
    )
    until.enter_context(check)
    until.callback(check.kill)
    return check


def _everything(variables: dict[str, str]) -> int:
    """All tests in two runs beside each other: what computes gives way to what waits.

    The second run's words follow those of the first.
    """
    if any(os.environ.get(server.variable) for server in KINDS.values()):
        return _one_after_the_other(variables)
    with _surroundings() as others:
        log = Path(others["PORTAL_STATE_DIR"]) / "apart.log"
        apart = process.start(_pytest(_by_group()), log=log, env=others, cwd=ROOT)
        try:
            code = _in_foreground(_by_file(), variables, giving_way=True)
            if code <= 1:
                code = max(code, abs(apart.wait()))
                print(log.read_text(encoding="utf-8", errors="replace"), flush=True)
        finally:
            process.stop(apart, signal.SIGINT, 30)
    return code


def _one_after_the_other(variables: dict[str, str]) -> int:
    """On the caller's servers, which both runs would use."""
    code = _in_foreground(_by_file(), variables)
    # Greater: interrupted, or nothing was run; no test has just failed.
    return code if code > 1 else max(code, _in_foreground(_by_group(), variables))


def _by_file() -> list[str]:
    """Most tests, some files at a time: each process has a database of its own."""
    processes = str(min(os.cpu_count() or 1, MOST_PROCESSES))
    ignored = [f"--ignore={folder}" for folder in APART]
    return ["-n", processes, "--dist=loadfile", SLOWEST, *ignored]


def _by_group() -> list[str]:
    """The others, as tests/conftest.py groups them."""
    return ["-n", str(min(os.cpu_count() or 1, 2)), "--dist=loadscope", SLOWEST, *APART]


def _in_foreground(
    arguments: list[str], variables: dict[str, str], *, giving_way: bool = False
) -> int:
    command = [*(["nice"] if giving_way else []), *_pytest(arguments)]
    return process.in_foreground(command, variables, ROOT)


def _pytest(arguments: list[str]) -> list[str]:
    return [str(environment.python()), "-m", "pytest", *arguments]


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
