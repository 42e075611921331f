"""Eight points on an import's way, and the sign by which a test halts a worker at one of them."""

from __future__ import annotations

import os
import time
from enum import StrEnum
from pathlib import Path


class Point(StrEnum):
    """Where on an import's way death hurts most."""

    CLAIMED = "claimed, nothing read"
    HALF_READ = "half of the file read"
    JUDGED = "judged, nothing staged"
    STAGED = "staged, the state not changed"
    CONFIRMED = "confirmed, no worker woken"
    HALF_WRITTEN = "in the ledger, not in the figures"
    WRITTEN = "written, the state not changed"
    UNACKNOWLEDGED = "ended, the message not acknowledged"


class Stop:
    """Where the worker is to stand still, and whether it does: two small files."""

    def __init__(self, folder: Path) -> None:
        self.wanted, self.reached = folder / "wanted", folder / "reached"

    def ask(self, point: Point) -> None:
        self.reached.unlink(missing_ok=True)
        self.wanted.write_text(point)

    def let_go(self) -> None:
        self.wanted.unlink(missing_ok=True)

    @property
    def process(self) -> int | None:
        """The process that stands at the point; None as long as none does."""
        text = self.reached.read_text() if self.reached.exists() else ""
        return int(text) if text else None

    def at(self, point: Point) -> None:
        if self._is_wanted(point):
            self.reached.write_text(str(os.getpid()))
        while self._is_wanted(point):
            time.sleep(0.01)

    def _is_wanted(self, point: Point) -> bool:
        try:
            return self.wanted.read_text() == point
        except FileNotFoundError:
            return False
