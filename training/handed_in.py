"""Files handed in to be compared: kept aside until a worker has read them, and no longer."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings

from exchange.files import Limits, preflight
from exchange.jobs import JobRefused

AT_ONCE = 1 << 20
A_DAY = 24 * 60 * 60


def folder() -> Path:
    path: Path = settings.FILES_DIR / "handed-in"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def path_of(stored_as: str) -> Path:
    return folder() / stored_as


def keep(file: IO[bytes], name: str) -> str:
    """Keep a file aside, readable by its owner alone; the name it lies under.

    Raises FileRefused for what is no spreadsheet or too large. Whoever keeps it unlinks
    `path_of` when no row comes to name it.
    """
    stored_as, most = uuid.uuid4().hex, Limits().max_bytes
    path = path_of(stored_as)
    try:
        with path.open("xb") as kept:
            path.chmod(0o600)
            while kept.tell() <= most and (part := file.read(AT_ONCE)):
                kept.write(part)
        preflight(path, name=name, limits=Limits())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return stored_as


@contextmanager
def read_once(stored_as: str) -> Iterator[Path]:
    """The file for the work that reads it: gone when that is done or refused.

    It stays when the work broke off by something that may pass, for it is begun again.
    """
    path = path_of(stored_as)
    try:
        yield path
    except JobRefused:
        path.unlink(missing_ok=True)
        raise
    path.unlink(missing_ok=True)


def remove_strays() -> int:
    """Remove files whose reading broke off for good, a day after they came; returns how many."""
    long_ago = time.time() - A_DAY
    strays = [path for path in folder().iterdir() if path.stat().st_mtime < long_ago]
    for path in strays:
        path.unlink(missing_ok=True)
    return len(strays)
