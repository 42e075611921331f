"""The Python environment in var/venv, installed from the lock files with their hashes."""

import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from portal import locks, process
from portal.places import ROOT, State, tools
from portal.say import Trouble, passing, say

NEEDED_MEGABYTES = 900
RUNTIME, DEVELOPMENT = "requirements.lock", "requirements-dev.lock"
# Settings of the caller that would lead pip or Python elsewhere.
MISLEADING = [
    "PYTHONPATH",
    "PYTHONHOME",
    "VIRTUAL_ENV",
    "PIP_USER",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_REQUIRE_VIRTUALENV",
]


def python() -> Path:
    """The environment's interpreter."""
    return tools().folder / "venv" / "bin" / "python"


def ensure(development: bool = False) -> None:
    """Make or renew the environment unless it already matches the lock file."""
    state = tools()
    lock = DEVELOPMENT if development else RUNTIME
    if _fits(lock) or (not development and _fits(DEVELOPMENT)):
        return
    holder = locks.alone(state.run / "setup.lock")
    try:
        if not _fits(lock):
            _make(state, lock)
    finally:
        os.close(holder)


def installed() -> str:
    """Changes when the packages do."""
    return (ROOT / RUNTIME).read_text()


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in MISLEADING}


def _fits(lock: str) -> bool:
    stamp = _stamp(lock)
    return python().exists() and stamp.exists() and stamp.read_text() == _wanted(lock)


def _stamp(lock: str) -> Path:
    return python().parent.parent / f"{lock}.installed"


def _wanted(lock: str) -> str:
    contents = (ROOT / lock).read_bytes()
    return f"{hashlib.sha256(contents).hexdigest()} {sys.version}"


def _make(state: State, lock: str) -> None:
    _check_machine(state)
    log = state.log / "setup.log"
    if not _works():
        _create(log)
    for old in (RUNTIME, DEVELOPMENT):
        _stamp(old).unlink(missing_ok=True)
    _install(lock, log)
    _stamp(lock).write_text(_wanted(lock))


def _check_machine(state: State) -> None:
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            version = f"{sys.version_info.major}.{sys.version_info.minor}"
            raise Trouble(
                f"This Python lacks its module '{module}'. On Debian, Ubuntu and their kin install it by: "
                f"sudo apt install python{version}-venv"
            )
    free = shutil.disk_usage(state.folder).free // 2**20
    if free < NEEDED_MEGABYTES:
        raise Trouble(
            f"Only {free} MB are free in {state.folder}; {NEEDED_MEGABYTES} MB are needed. Make room."
        )


def _works() -> bool:
    """Whether an environment of this very Python version is there and runs."""
    question = [str(python()), "-c", "import sys, pip; print(sys.version)"]
    try:
        answer = subprocess.run(question, capture_output=True, text=True, env=clean_environment())
    except OSError:
        return False
    return answer.returncode == 0 and answer.stdout.strip() == sys.version.strip()


def _create(log: Path) -> None:
    folder = python().parent.parent
    say(f"Making a Python environment in {folder} ...")
    command = [sys.executable, "-m", "venv", "--clear", str(folder)]
    if _run(command, log):
        raise Trouble(
            f"The Python environment could not be made; the reason is at the end of {log}."
        )


def _install(lock: str, log: Path) -> None:
    total = sum(line[:1].isalnum() for line in (ROOT / lock).read_text().splitlines())
    say(f"Installing {total} packages from {lock} (about a minute; details in {log}) ...")
    if run_pip("install", ["--require-hashes", "-r", str(ROOT / lock)], log, total):
        raise Trouble(
            f"The packages could not be installed; the reason is at the end of {log}. "
            "Often the package index cannot be reached: see 'pip config list', then start again."
        )


def run_pip(command: str, arguments: list[str], log: Path, total: int) -> int:
    """Run pip on wheels only, its words in `log`, a short line of progress here; returns its exit code."""
    quietly = [
        "--only-binary=:all:",
        "--no-input",
        "--progress-bar=off",
        "--disable-pip-version-check",
    ]
    return _run([str(python()), "-m", "pip", command, *quietly, *arguments], log, total)


def _run(command: list[str], log: Path, total: int = 0) -> int:
    seen = 0
    with log.open("a", encoding="utf-8") as output:
        running = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=clean_environment(),
            preexec_fn=process.dies_with(os.getpid(), signal.SIGTERM),
        )
        for line in running.stdout or []:
            output.write(line)
            seen += line.startswith("Collecting ")
            passing(f"  [{min(seen, total)}/{total}] {line.strip()}")
    passing("")
    return running.wait()
