"""The real demo, in a process of its own with servers of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

from portal import process
from portal.keeper import wait_for
from portal.places import ROOT, State, temporary_state

OF_THE_TESTS = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS", "DEBUG"}


class Demo:
    """`bin/demo` on a free port; `passwords` by user name, as it has told them."""

    def __init__(self) -> None:
        self.state = temporary_state()
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.said: list[str] = []
        command = [sys.executable, str(ROOT / "bin" / "demo"), "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, "--state", str(self.state.folder)],
            env=_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=process.dies_with(os.getpid(), signal.SIGTERM),
        )
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()

    def _listen(self) -> None:
        assert self.process.stdout
        self.said.extend(self.process.stdout)

    def wait_until_up(self) -> None:
        """The logins are the last it says, once all parts are well."""
        up = wait_for(lambda: "shenji" in self.passwords or self.process.poll() is not None, 240)
        assert up, self.said
        assert self.process.poll() is None, self.said

    @property
    def passwords(self) -> dict[str, str]:
        lines = [line.split("\t") for line in list(self.said) if line.count("\t") == 2]
        return {name: password for name, password, _what in lines}

    def stop(self) -> list[str]:
        """As Ctrl-C does; returns the commands of what is left of it, which should be nothing."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self.process.wait(90)
        self.listener.join(10)
        self.process.stdout.close()  # type: ignore[union-attr]
        left = processes_of(self.state)
        for folder in (self.state.sockets(), self.state.servers, self.state.folder):
            shutil.rmtree(folder, ignore_errors=True)
        return left

    def keeper_of(self, kind: str) -> int:
        """The process that keeps this demo's `postgres` or `redis` running."""
        words = b"\0".join([b"portal.keeper", os.fsencode(self.state.folder), kind.encode()])
        commands = {int(entry.name): _read(entry / "cmdline") for entry in _processes()}
        return next(pid for pid, command in commands.items() if words in command)

    def server_of(self, keeper: int) -> int:
        return int(Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split()[0])


class Away:
    """While it is open, one of the demo's servers is gone and nobody starts it again."""

    def __init__(self, demo: Demo, kind: str) -> None:
        self.keeper = demo.keeper_of(kind)
        self.server = demo.server_of(self.keeper)

    def __enter__(self) -> None:
        os.kill(self.keeper, signal.SIGSTOP)
        os.kill(self.server, signal.SIGKILL)

    def __exit__(self, *_: object) -> None:
        os.kill(self.keeper, signal.SIGCONT)


def processes_of(state: State) -> list[str]:
    """Commands of all processes that speak of this state; those only waiting to be reaped have none."""
    signs = (os.fsencode(state.folder), state.digest.encode())
    seen = [_read(entry / "cmdline") + b"\0" + _read(entry / "environ") for entry in _processes()]
    found = [words for words in seen if any(sign in words for sign in signs)]
    return [words.replace(b"\0", b" ")[:200].decode() for words in found]


def _processes() -> list[Path]:
    return list(Path("/proc").glob("[0-9]*"))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _environment() -> dict[str, str]:
    """What a visitor's shell has: nothing of the tests' own servers and settings."""
    return {
        name: value
        for name, value in os.environ.items()
        if name == "PORTAL_TOOLS_DIR"
        or not (name in OF_THE_TESTS or name.startswith(("PORTAL_", "DJANGO_", "PYTEST_")))
    }


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
