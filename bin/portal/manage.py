"""bin/manage: one of Django's commands, with the servers it needs."""

import os
import signal
import subprocess

from portal import environment
from portal.places import ROOT, default_state
from portal.process import dies_with
from portal.surroundings import Surroundings

PASSED_ON = (signal.SIGTERM, signal.SIGHUP)


def work(arguments: list[str]) -> int:
    """Run `python manage.py ARGUMENTS` as if it were this command; returns its exit code."""
    environment.ensure()
    surroundings = Surroundings(default_state())
    try:
        surroundings.enter("demo")
        return _run(arguments, surroundings.variables)
    finally:
        surroundings.leave()


def _run(arguments: list[str], variables: dict[str, str]) -> int:
    command = [str(environment.python()), str(ROOT / "manage.py"), *arguments]
    # Ctrl-C reaches the whole foreground group; what to do then is the command's affair.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    child = subprocess.Popen(
        command,
        env=variables,
        preexec_fn=dies_with(os.getpid(), signal.SIGTERM, interruptible=True),
    )
    for number in PASSED_ON:
        signal.signal(number, lambda number, _: child.send_signal(number))
    code = child.wait()
    return code if code >= 0 else 128 - code
