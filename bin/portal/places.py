"""Where things are kept."""

import hashlib
import os
import pwd
import tempfile
from dataclasses import dataclass
from pathlib import Path

from portal.say import Trouble

ROOT = Path(__file__).resolve().parents[2]
TEMPORARY = "talent-portal-test-"


@dataclass(frozen=True)
class State:
    """One portal's state: data, logs, secrets. `folder` is absolute."""

    folder: Path

    @property
    def log(self) -> Path:
        return _made(self.folder / "log")

    @property
    def run(self) -> Path:
        return _made(self.folder / "run")

    @property
    def secrets(self) -> Path:
        return self.folder / "secrets.env"

    @property
    def digest(self) -> str:
        return hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]

    @property
    def is_temporary(self) -> bool:
        return self.folder.name.startswith(TEMPORARY)

    @property
    def servers(self) -> Path:
        """Where the servers' data and executables live.

        PostgreSQL refuses to run as root, and the user it then runs as may not be able to
        enter the project's folder; so root keeps them where everyone can pass through.
        """
        if os.geteuid() == 0:
            name = self.folder.name if self.is_temporary else f"talent-portal-{self.digest}"
            return _made(Path("/var/tmp") / name, 0o711)  # noqa: S108
        return _made(self.folder / "servers", 0o700)

    def sockets(self) -> Path:
        """A folder with a short name (a socket's path has at most 107 bytes), for the servers' user only."""
        folder = Path("/tmp") / f"talent-portal-{os.geteuid()}-{self.digest}"  # noqa: S108
        return private(folder)


def default_state() -> State:
    return state_at(os.environ.get("PORTAL_STATE_DIR") or ROOT / "var")


def tools() -> State:
    """Where the Python environment and the servers' executables are, whichever state is served."""
    folder = os.environ.get("PORTAL_TOOLS_DIR")
    return state_at(folder) if folder else default_state()


def state_at(folder: str | Path) -> State:
    """The state in `folder`, which is made if it is not there."""
    try:
        return State(_made(Path(folder).expanduser().resolve()))
    except OSError as error:
        raise Trouble(
            f"The folder {folder} cannot be made ({error.strerror}); choose another."
        ) from error


def servers_user() -> pwd.struct_passwd | None:
    """The user the servers run as when root starts them; None: as whoever starts them."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        raise Trouble(
            "PostgreSQL does not run as root and there is no user 'nobody'; start as another user."
        ) from None


def private(folder: Path) -> Path:
    """`folder`, made if need be, for the servers' user alone."""
    user = servers_user()
    owner = user.pw_uid if user else os.geteuid()
    try:
        folder.mkdir(mode=0o700, parents=True)
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)
    except FileExistsError:
        pass
    found = folder.lstat()
    if found.st_uid != owner or found.st_mode & 0o077 or folder.is_symlink():
        raise Trouble(
            f"{folder} belongs to somebody else or is open to others; remove it and start again."
        )
    return folder


def temporary_state() -> State:
    """A state of its own under the system's temporary folder."""
    return State(Path(tempfile.mkdtemp(prefix=TEMPORARY)).resolve())


def _made(folder: Path, mode: int = 0o755) -> Path:
    folder.mkdir(mode=mode, parents=True, exist_ok=True)
    return folder
