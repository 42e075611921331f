"""The portal's own web application, standing still in a save where a test wants it, to be killed.

Served by gunicorn as `tests.faults.pausing_web`; the product knows nothing of it.
"""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import Any

from config.wsgi import application
from core import audit
from exchange import rollups
from tests.faults.points import Point, Stop
from training import desk

__all__ = ["application"]
OF_SAVING = {"training.rows.saved", "training.roll_calls.saved"}


def plant(stop: Stop) -> None:
    """Put the pauses into this process."""
    _before(rollups, "move", lambda *_: stop.at(Point.HALF_WRITTEN))
    _before(audit, "record", lambda verb: verb in OF_SAVING and stop.at(Point.WRITTEN))
    _before(desk, "newest_change", lambda *_: stop.at(Point.UNACKNOWLEDGED))


def _before(owner: Any, name: str, act: Any) -> None:
    real = getattr(owner, name)

    @functools.wraps(real)
    def stopping(*arguments: Any, **named: Any) -> Any:
        act(*arguments)
        return real(*arguments, **named)

    setattr(owner, name, stopping)


plant(Stop(Path(os.environ["STOP_FOLDER"])))
