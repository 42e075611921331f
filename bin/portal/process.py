"""Child processes that do not outlive their parent."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from portal.places import servers_user

PASSED_ON = (signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def start(
    command: list[str],
    *,
    log: Path,
    if_orphaned: signal.Signals = signal.SIGTERM,
    for_servers: bool = False,
    **options: Any,
) -> subprocess.Popen[bytes]:
    """Start `command` in a process group of its own, writing to `log`.

    When the calling process dies in whatever way, the kernel sends the child `if_orphaned`.
    `for_servers` runs it as the servers' user.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=dies_with(os.getpid(), if_orphaned),
            **(as_servers_user() if for_servers else {}),
            **options,
        )
    if LIBC is None:
        _watch(process.pid, if_orphaned)
    return process


def as_servers_user() -> dict[str, Any]:
    """Arguments for subprocess that drop root's rights for good."""
    user = servers_user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def in_foreground(command: list[str], environment: dict[str, str], cwd: Path) -> int:
    """Run `command` as if it were this one: terminal, signals and exit code are its own."""
    # Ctrl-C reaches the whole foreground group; what to do then is the command's affair.
    before = {
        number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, *PASSED_ON)
    }
    child = subprocess.Popen(
        command, env=environment, cwd=cwd, preexec_fn=dies_with(os.getpid(), signal.SIGTERM)
    )
    for number in PASSED_ON:
        signal.signal(number, lambda number, _: child.send_signal(number))
    code = child.wait()
    for number, handler in before.items():
        signal.signal(number, handler)
    return code if code >= 0 else 128 - code


def stop(process: subprocess.Popen[bytes], by: signal.Signals, patience: float) -> None:
    """Ask the process to end; after `patience` seconds end its whole group."""
    if process.poll() is None:
        process.send_signal(by)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    end_group(process.pid)
    process.wait()


def end_group(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def without_children(pids: list[int]) -> list[int]:
    """Those of the processes that none of the others started (Linux only)."""
    return [pid for pid in pids if _parent(pid) not in pids]


def _parent(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    return int(status.rpartition(")")[2].split()[1])


def signal_if_there(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def dies_with(parent: int, by: signal.Signals) -> Callable[[], None]:
    """What a child does before its program begins."""

    def prepare() -> None:
        for number in (signal.SIGINT, *PASSED_ON):
            signal.signal(number, signal.SIG_DFL)
        # After the change of user, which would clear the setting.
        if LIBC is not None:
            LIBC.prctl(PR_SET_PDEATHSIG, int(by))
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def _watch(pid: int, by: signal.Signals) -> None:
    """Where the kernel cannot do it, a shell that waits for the end of a pipe does."""
    subprocess.Popen(
        ["/bin/sh", "-c", f"cat >/dev/null; kill -{int(by)} {pid} 2>/dev/null"],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
