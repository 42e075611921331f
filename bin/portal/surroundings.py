"""What the portal's processes find in their environment."""

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from portal import environment, executables, keeper, locks, marks
from portal.places import ROOT, State, tools
from portal.servers import KINDS

MARK = "PORTAL_MARK"
DEFAULTS = {"ALLOWED_HOSTS": "127.0.0.1,localhost", "DJANGO_SETTINGS_MODULE": "config.settings"}


@dataclass
class Surroundings:
    """The variables for the portal's processes, and the servers that are used for them."""

    state: State
    throwaway: bool = False
    variables: dict[str, str] = field(default_factory=dict)
    uses: list[keeper.Use] = field(default_factory=list)

    def enter(self, mode: str) -> None:
        """Gather the variables; servers that the caller's environment does not name are joined."""
        self.variables = environment.clean_environment() | self.fixed()
        is_new = not self.state.secrets.exists()
        own = own_secrets(self.state)
        for name, value in ({"PORTAL_MODE": mode} | own | DEFAULTS).items():
            self.variables.setdefault(name, value)
        marks.check(self.state, own[MARK], is_new)
        for kind, server in KINDS.items():
            if not self.variables.get(server.variable):
                executables.carried(server.package)  # here: the keeper has no terminal
                self.uses.append(keeper.join(self.state, kind, self.throwaway))
                self.variables[server.variable] = self.uses[-1].url

    def fixed(self) -> dict[str, str]:
        return {
            "PORTAL_STATE_DIR": str(self.state.folder),
            "PORTAL_TOOLS_DIR": str(tools().folder),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
        }

    def database(self) -> str:
        """What tells this database from another one, also from one made anew in the same place."""
        made = self.state.servers / "postgresql" / "cluster" / "PG_VERSION"
        stamp = made.stat().st_mtime_ns if made.exists() else 0
        return f"{self.variables['DATABASE_URL']} {stamp}"

    def leave(self) -> None:
        while self.uses:
            self.uses.pop().leave()


def own_secrets(state: State) -> dict[str, str]:
    """This state's secrets; those that are missing are made, in a file that only its owner reads."""
    holder = locks.alone(state.run / "secrets.lock")
    try:
        text = state.secrets.read_text() if state.secrets.exists() else ""
        found = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        complete = _new_secrets() | found
        if complete != found:
            _write_privately(state.secrets, "".join(f"{n}={v}\n" for n, v in complete.items()))
        return complete
    finally:
        os.close(holder)


def _write_privately(file: Path, text: str) -> None:
    part = file.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as made:
        made.write(text)
    part.replace(file)


def _new_secrets() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "PORTAL_KEYS": f"1:{secrets.token_hex(32)}",
        "PORTAL_INDEX_KEY": secrets.token_hex(32),
        MARK: secrets.token_hex(8),
    }
