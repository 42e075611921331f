"""bin/demo: the whole portal with demo data, until Ctrl-C."""

import argparse
import hashlib
import json
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from portal import environment, locks, process
from portal.places import ROOT, State, default_state, state_at
from portal.say import Trouble, say
from portal.services import Services
from portal.surroundings import Surroundings

GREEN_WITHIN = 120.0
# What a portal starts with, and what the demo shows; each command may be run again.
DATA = [
    ["load_divisions", "--province", "62"],
    ["load_holidays"],
    ["load_rules"],
    ["load_schedules"],
    ["demo_data"],
]
DATA_FILES = ["*/data/**/*", "*/demo/**/*.py", "exchange/schedules.py"]
STATIC_FILES = [["collectstatic", "--no-input", "--clear"]]
# What answers the portal's own questions must not go through a proxy.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def work(arguments: list[str]) -> int:
    wanted = _parsed(arguments)
    state = state_at(wanted.state) if wanted.state else default_state()
    demo = Demo(state, wanted.port)
    only_one = demo.be_the_only_one()
    for number in process.PASSED_ON:
        signal.signal(number, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        demo.set_up()
        demo.serve()
    finally:
        demo.stop()
        os.close(only_one)
    return 0


def _parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/demo", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=8000, help="the portal's port on this machine (8000)"
    )
    parser.add_argument("--state", type=Path, help="the folder for data, logs and secrets (var)")
    return parser.parse_args(arguments)


class Demo:
    def __init__(self, state: State, port: int) -> None:
        self.state, self.port = state, port
        self.address = f"http://127.0.0.1:{port}"
        self.surroundings = Surroundings(state)
        self.services = Services(state.log)
        self.news = state.log / "servers.log"
        self.asked_to_stop = threading.Event()

    def be_the_only_one(self) -> int:
        """Hold this state's demo; a second one is told where the first one is."""
        note = self.state.run / "demo.json"
        holder = locks.alone_now(self.state.run / "demo.lock")
        if holder is None:
            address = (
                json.loads(note.read_text())["address"] if note.exists() else "another address"
            )
            raise Trouble(
                f"A demo is already running at {address}; stop it by Ctrl-C in its terminal."
            )
        self.check_port()
        note.write_text(json.dumps({"address": self.address}))
        return holder

    def check_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except (OSError, OverflowError) as error:
                raise Trouble(
                    f"Port {self.port} cannot be used ({getattr(error, 'strerror', None) or error}). "
                    f"Choose another: bin/demo --port 8123"
                ) from error

    def set_up(self) -> None:
        environment.ensure()
        self.surroundings.enter("demo")
        self.manage("The database", ["migrate", "--no-input"])
        packages = environment.installed()
        self.once("Static files", STATIC_FILES, packages + fingerprint(["static/**/*"]))
        self.once("Demo data", DATA, self.surroundings.database() + fingerprint(DATA_FILES))

    def once(self, what: str, commands: list[list[str]], given: str) -> None:
        """Run the commands unless they were run for the very same `given` before."""
        seen = self.state.run / f"{what.lower().replace(' ', '-')}.done"
        digest = hashlib.sha256(given.encode()).hexdigest()
        if seen.exists() and seen.read_text() == digest:
            return
        for number, command in enumerate(commands, 1):
            self.manage(f"{what} {number}/{len(commands)}", command)
        seen.write_text(digest)

    def manage(self, what: str, command: list[str]) -> None:
        say(f"{what} ...")
        log = self.state.log / "setup.log"
        with log.open("ab") as output:
            done = subprocess.run(
                [str(environment.python()), "manage.py", *command],
                cwd=ROOT,
                env=self.surroundings.variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=process.dies_with(os.getpid(), signal.SIGTERM),
            )
        if done.returncode:
            raise Trouble(
                f"{what}: 'manage.py {' '.join(command)}' failed; the reason is at the end of {log}."
            )

    def serve(self) -> None:
        """Start web, worker and beat, tell when all is well, and keep them running."""
        # From here on no signal may come between the start of a process and its being noted.
        for number in (signal.SIGINT, *process.PASSED_ON):
            signal.signal(number, lambda *_: self.asked_to_stop.set())
        self.services.start(self.commands(), self.surroundings.variables)
        if self.all_green():
            self.greet()
        heard = self.news.stat().st_size if self.news.exists() else 0
        while not self.asked_to_stop.wait(1):
            self.services.mend()
            heard = self.tell_news(heard)
        say("\nStopping ...")

    def commands(self) -> list[tuple[str, list[str], signal.Signals]]:
        """Name, command and what ends it should this process be killed, in the order of the start."""
        run = [str(environment.python()), "-m"]
        celery = [*run, "celery", "--app", "config", "--quiet"]
        web = ["gunicorn", "--config", "python:config.gunicorn", "--bind", f"127.0.0.1:{self.port}"]
        return [
            ("web", [*run, *web], signal.SIGTERM),
            # Without Redis a worker does not come to an end by itself; its children go with it.
            ("worker", [*celery, "worker", "--concurrency", "2"], signal.SIGKILL),
            ("beat", [*celery, "beat", "--pidfile="], signal.SIGTERM),
        ]

    def all_green(self) -> bool:
        """Wait until all parts are well; False when asked to stop before."""
        end = time.monotonic() + GREEN_WITHIN
        while (found := self.health()) is None or set(found.values()) != {"ok"}:
            if time.monotonic() > end:
                raise Trouble(f"Not all parts came up: {found}. See the logs in {self.state.log}.")
            self.services.mend()
            if self.asked_to_stop.wait(0.3):
                return False
        return True

    def health(self) -> dict[str, Any] | None:
        try:
            with DIRECT.open(f"{self.address}/healthz", timeout=5) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as answer:
            return dict(json.load(answer)) if answer.code == 503 else None
        except OSError:
            return None

    def greet(self) -> None:
        command = [str(environment.python()), "manage.py", "demo_data", "--logins"]
        logins = subprocess.run(
            command, cwd=ROOT, env=self.surroundings.variables, capture_output=True, text=True
        )
        print(
            f"\nThe portal runs at {self.address} (stop it by Ctrl-C)\n\n{logins.stdout}",
            flush=True,
        )

    def tell_news(self, heard: int) -> int:
        """Repeat what the servers' keepers have written since; returns how far that was read."""
        if not self.news.exists():
            return heard
        with self.news.open() as news:
            news.seek(heard)
            for line in news:
                say(line.rstrip())
            return news.tell()

    def stop(self) -> None:
        self.services.stop()
        self.surroundings.leave()


def fingerprint(patterns: list[str]) -> str:
    """Changes when one of the project's files that fit the patterns does."""
    files = sorted(file for pattern in patterns for file in ROOT.glob(pattern) if file.is_file())
    return "\n".join(f"{file} {file.stat().st_mtime_ns}" for file in files)
