"""Words to the user: on stderr, so that a command's own output stays clean."""

import sys


class Trouble(Exception):
    """Ends the command with one sentence: what is wrong and what to do."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def passing(text: str) -> None:
    """A line that the next one overwrites; nothing where nobody watches."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text[:78]}", end="", file=sys.stderr, flush=True)
