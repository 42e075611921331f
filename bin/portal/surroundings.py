"""What the portal's processes find in their environment."""

import os
import secrets
from dataclasses import dataclass, field

from portal import environment, keeper
from portal.places import ROOT, State
from portal.servers import KINDS


@dataclass
class Surroundings:
    """The variables for the portal's processes, and the servers that are held for them."""

    state: State
    throwaway: bool = False
    variables: dict[str, str] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)

    def enter(self, mode: str) -> None:
        """Gather the variables; servers that the caller's environment does not name are joined."""
        self.variables = environment.clean_environment()
        for name, value in (own_secrets(self.state) | self.defaults(mode)).items():
            self.variables.setdefault(name, value)
        for kind, server in KINDS.items():
            if not self.variables.get(server.variable):
                self.users[kind], self.variables[server.variable] = keeper.join(
                    self.state, kind, self.throwaway
                )

    def defaults(self, mode: str) -> dict[str, str]:
        return {
            "PORTAL_MODE": mode,
            "PORTAL_STATE_DIR": str(self.state.folder),
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
        }

    def leave(self) -> None:
        for kind, descriptor in reversed(self.users.items()):
            keeper.leave(self.state, kind, descriptor)
        self.users.clear()

    def hand_on(self) -> None:
        """Let the program that replaces this process go on holding the servers."""
        for descriptor in self.users.values():
            os.set_inheritable(descriptor, True)


def own_secrets(state: State) -> dict[str, str]:
    """This state's secrets, made at the first call in a file that only its owner reads."""
    file = state.secrets
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(descriptor, "w") as made:
            for name, value in _new_secrets().items():
                made.write(f"{name}={value}\n")
    pairs = (line.partition("=") for line in file.read_text().splitlines() if "=" in line)
    return {name: value for name, _, value in pairs}


def _new_secrets() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "PORTAL_KEYS": f"1:{secrets.token_hex(32)}",
        "PORTAL_INDEX_KEY": secrets.token_hex(32),
    }
