"""Keeps one server running for as long as any command uses it.

A command that needs a server joins it: it holds a shared lock on <kind>.users until it ends, in
whatever way. The keeper, a process of its own, starts the server, and stops it as soon as it can
have that lock alone. So the last one out stops the server, and nobody's crash leaves one behind.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from portal import locks, process
from portal.places import ROOT, State
from portal.say import Trouble
from portal.servers import KINDS, leftover

STARTS_WITHIN = 60.0
RESTARTS = 5
PAUSE = 0.2


@dataclass
class Use:
    """A server in use: where it is, and what holds it."""

    state: State
    kind: str
    url: str
    holder: int
    keeper: subprocess.Popen[bytes] | None

    def leave(self) -> None:
        """Stop using the server; when nobody else does, wait until it has stopped."""
        os.close(self.holder)
        users, keeper = (
            _file(self.state, self.kind, "users"),
            _file(self.state, self.kind, "keeper"),
        )
        wait_for(lambda: not locks.held(keeper) or locks.is_shared(users), 30)
        if self.keeper is not None and not locks.held(keeper):
            self.keeper.wait()


def join(state: State, kind: str, throwaway: bool = False) -> Use:
    """Use a server, which is started if need be."""
    holder = locks.shared(_file(state, kind, "users"))
    starting = locks.alone(_file(state, kind, "starting"))
    keeper = None
    try:
        if not locks.held(_file(state, kind, "keeper")):
            keeper = _start_keeper(state, kind, throwaway)
        return Use(state, kind, _answer(state, kind, keeper), holder, keeper)
    except Trouble:
        os.close(holder)
        if keeper is not None:
            keeper.wait()
        raise
    finally:
        os.close(starting)


def _file(state: State, kind: str, name: str) -> Path:
    return state.run / f"{kind}.{name}"


def _start_keeper(state: State, kind: str, throwaway: bool) -> subprocess.Popen[bytes]:
    _file(state, kind, "answer").unlink(missing_ok=True)
    arguments = [str(state.folder), kind, *(["throwaway"] if throwaway else [])]
    with (state.log / f"{kind}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "portal.keeper", *arguments],
            env={**os.environ, "PYTHONPATH": str(ROOT / "bin")},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _answer(state: State, kind: str, keeper: subprocess.Popen[bytes] | None) -> str:
    """The server's URL as soon as its keeper gives it."""
    file = _file(state, kind, "answer")
    ended = keeper.poll if keeper else lambda: None
    wait_for(lambda: file.exists() or ended() is not None, STARTS_WITHIN)
    if not file.exists():
        raise Trouble(
            f"{kind} did not start; the reason is at the end of {state.log / f'{kind}.log'}."
        )
    answer = json.loads(file.read_text())
    if "trouble" in answer:
        raise Trouble(answer["trouble"])
    return str(answer["url"])


class Keeper:
    """Runs one server until nobody uses it."""

    def __init__(self, state: State, kind: str, throwaway: bool) -> None:
        self.state, self.kind, self.throwaway = state, kind, throwaway
        self.asked_to_stop = False
        self.running: subprocess.Popen[bytes] | None = None

    def work(self) -> int:
        locks.alone(_file(self.state, self.kind, "keeper"))
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self.stop_soon)
        try:
            self.server = KINDS[self.kind](self.state, self.throwaway)
            self.clear_leftovers()
            self.server.prepare()
            self.start()
            self.answer(url=self.server.url)
            self.watch()
        except Trouble as trouble:
            self.answer(trouble=str(trouble))
            return 1
        finally:
            self.stop()
        return 0

    def stop_soon(self, *_: object) -> None:
        self.asked_to_stop = True

    def clear_leftovers(self) -> None:
        """End what a keeper that was killed may have left, so that its lock files can go."""
        for pid in process.without_children(leftover(self.server.data)):
            process.signal_if_there(pid, self.server.stop_by)
        wait_for(lambda: not leftover(self.server.data), 30)
        if Path("/proc/self/cwd").exists():
            (self.server.data / "cluster" / "postmaster.pid").unlink(missing_ok=True)

    def start(self) -> None:
        log = self.state.log / f"{self.kind}.log"
        self.running = process.start(
            self.server.command(),
            log=log,
            if_orphaned=self.server.stop_by,
            for_servers=True,
            cwd=self.server.data,
        )
        if not wait_for(lambda: self.dead() or self.server.answers(), STARTS_WITHIN) or self.dead():
            raise Trouble(f"{self.kind} did not start; the reason is at the end of {log}.")
        self.server.finish()

    def dead(self) -> bool:
        return self.running is None or self.running.poll() is not None

    def watch(self) -> None:
        """Until the last user has left; a server that dies is started again."""
        restarts = 0
        while (
            not self.asked_to_stop
            and locks.alone_now(_file(self.state, self.kind, "users")) is None
        ):
            if self.dead() and restarts < RESTARTS:
                restarts += 1
                self.note(
                    f"{self.kind} ended unexpectedly and is started again ({restarts} of {RESTARTS})."
                )
                self.start()
            elif self.dead():
                raise Trouble(
                    f"{self.kind} keeps ending; the reason is in {self.state.log / f'{self.kind}.log'}."
                )
            time.sleep(PAUSE)

    def stop(self) -> None:
        if self.running is not None:
            process.stop(self.running, self.server.stop_by, 30)

    def answer(self, **answer: str) -> None:
        file = _file(self.state, self.kind, "answer")
        file.with_suffix(".part").write_text(json.dumps(answer))
        file.with_suffix(".part").rename(file)

    def note(self, words: str) -> None:
        with (self.state.log / "servers.log").open("a") as log:
            print(f"{datetime.now():%Y-%m-%d %H:%M:%S} {words}", file=log)


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


if __name__ == "__main__":
    raise SystemExit(
        Keeper(State(Path(sys.argv[1])), sys.argv[2], "throwaway" in sys.argv[3:]).work()
    )
