"""bin/setup: the Python environment and the servers' executables."""

from portal import environment
from portal.say import Trouble, say


def work(arguments: list[str]) -> int:
    if arguments not in ([], ["--dev"]):
        raise Trouble("Usage: bin/setup [--dev]")
    environment.ensure(development=bool(arguments))
    say(f"Ready: {environment.python()}")
    return 0
