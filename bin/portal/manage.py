"""bin/manage: one of Django's commands, with the servers it needs."""

import os

from portal import environment
from portal.places import ROOT, default_state
from portal.surroundings import Surroundings


def work(arguments: list[str]) -> int:
    """Become `python manage.py ARGUMENTS`; the servers are held until that ends."""
    environment.ensure()
    surroundings = Surroundings(default_state())
    surroundings.enter("demo")
    surroundings.hand_on()
    python = str(environment.python())
    os.execve(python, [python, str(ROOT / "manage.py"), *arguments], surroundings.variables)
