"""Whether a state's secrets and its servers' data belong together: root keeps the two apart.

Both bear the same mark. A database made with other secrets is of no use: nothing sealed
in it can be read, and the passwords that are told are not its own.
"""

import os
import time
from pathlib import Path

from portal import locks
from portal.places import State, private
from portal.say import Trouble, say
from portal.servers import KINDS, leftover


def check(state: State, mark: str, is_new: bool) -> None:
    """Set data aside that bear another mark, so that a new database is begun; say where they are.

    `is_new` says that the secrets were made just now: data without a mark are not theirs.
    Raises Trouble while a server is still at work on such data.
    """
    holder = locks.alone(state.run / "mark.lock")
    try:
        file = state.servers / "mark"
        found = file.read_text() if file.exists() else "" if is_new else mark
        data = [folder for kind in KINDS.values() if (folder := kind.folder(state)).exists()]
        if data and found != mark:
            _set_aside(state, data)
        file.write_text(mark)
    finally:
        os.close(holder)


def _set_aside(state: State, data: list[Path]) -> None:
    if any(map(leftover, data)):
        raise Trouble(
            f"A server still works on data in {state.servers} that were made with other keys than "
            f"those in {state.folder}. Stop the portal that uses them, then start again."
        )
    aside = private(state.servers / f"set-aside-{time.strftime('%Y%m%d-%H%M%S')}")
    for folder in data:
        folder.rename(aside / folder.name)
    say(
        f"The database in {state.servers} was made with other keys and passwords than those in "
        f"{state.folder}, so a new one is begun. The old one is kept in {aside}; delete that "
        "folder if nobody needs it."
    )
