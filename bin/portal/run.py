"""The frame of every command: the right Python, and one sentence when something is wrong."""

import sys
from collections.abc import Callable

from portal.say import Trouble, say


def command(work: Callable[[list[str]], int]) -> int:
    """Run a command with the caller's arguments; returns its exit code."""
    try:
        return work(sys.argv[1:])
    except Trouble as trouble:
        say(str(trouble))
        return 1
    except OSError as error:
        say(
            f"{error.filename or 'The machine'}: {error.strerror}. Is there room on the disk, and does "
            "the folder belong to you? Another folder can be given by PORTAL_STATE_DIR."
        )
        return 1
    except KeyboardInterrupt:
        say("Stopped.")
        return 130
