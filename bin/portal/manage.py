"""bin/manage: one of Django's commands, with the servers it needs."""

from portal import environment, process
from portal.places import ROOT, default_state
from portal.surroundings import Surroundings


def work(arguments: list[str]) -> int:
    """Run `python manage.py ARGUMENTS` as if it were this command; returns its exit code."""
    environment.ensure()
    surroundings = Surroundings(default_state())
    try:
        surroundings.enter("demo")
        command = [str(environment.python()), "manage.py", *arguments]
        return process.in_foreground(command, surroundings.variables, ROOT)
    finally:
        surroundings.leave()
