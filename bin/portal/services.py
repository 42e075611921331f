"""The portal's long-running processes: started, mended, stopped."""

import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from portal import process
from portal.places import ROOT
from portal.say import Trouble, say

RESTARTS, RESTARTS_WITHIN = 5, 600.0
LOG_LIMIT = 10 * 2**20


@dataclass
class Service:
    name: str
    command: list[str]
    if_orphaned: signal.Signals
    process: subprocess.Popen[bytes] | None = None
    restarts: list[float] = field(default_factory=list)


class Services:
    """All of them; `log` is the folder for what each one writes."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.all: list[Service] = []
        self.variables: dict[str, str] = {}

    def start(
        self, commands: list[tuple[str, list[str], signal.Signals]], variables: dict[str, str]
    ) -> None:
        self.variables = variables
        self.all = [Service(*described) for described in commands]
        for service in self.all:
            self._start(service)

    def _start(self, service: Service) -> None:
        service.process = process.start(
            service.command,
            log=_rotated(self.log_of(service)),
            if_orphaned=service.if_orphaned,
            cwd=ROOT,
            env=self.variables,
        )

    def log_of(self, service: Service) -> Path:
        return self.log / f"{service.name}.log"

    def mend(self) -> None:
        """Start again what has died; give up when it keeps dying."""
        for service in self.all:
            if service.process is None or service.process.poll() is None:
                continue
            process.end_group(service.process.pid)
            now = time.monotonic()
            recent = [at for at in service.restarts if now - at < RESTARTS_WITHIN]
            service.restarts = [*recent, now]
            where = f"see {self.log_of(service)}"
            if len(service.restarts) > RESTARTS:
                raise Trouble(f"The {service.name} keeps ending ({where}).")
            say(f"The {service.name} ended unexpectedly ({where}) and is started again.")
            self._start(service)

    def stop(self) -> None:
        """In reverse order; the worker may finish the small things it is at."""
        for service in reversed(self.all):
            if service.process is not None:
                process.stop(service.process, signal.SIGTERM, 20)


def _rotated(log: Path) -> Path:
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    return log
