"""A file appears under its name only when it is whole, on the disk and read back."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BufferedRandom, BufferedReader
from pathlib import Path
from typing import BinaryIO

Target = str | os.PathLike[str] | BinaryIO
Act = Callable[[BinaryIO], None]

PART = "part"
LONGEST_STEM = 40  # characters; a name of 255 bytes must have room for the suffix


@dataclass(frozen=True)
class Stamp:
    size: int
    sha256: str


def write_aside(target: Target, fill: Act, check: Act) -> Stamp:
    """Let `fill` write a file and `check` read it back; then put it in place, never before.

    A path gets the file by a rename, from `NAME.xxxxxxxx.part` beside it; an open binary file
    gets a copy of the bytes at its position. Whatever fails (a full disk, a stop by the user),
    the target is as it was and no part stays behind.
    """
    if isinstance(target, (str, os.PathLike)):
        return _write_beside(Path(target), fill, check)
    with tempfile.TemporaryFile() as file:
        fill(file)
        stamp = _sealed(file, check)
        file.seek(0)
        shutil.copyfileobj(file, target, 1 << 20)
    return stamp


def _write_beside(target: Path, fill: Act, check: Act) -> Stamp:
    # A name of its own for each writer: two runs for one target must not share a part.
    handle, name = tempfile.mkstemp(f".{PART}", f"{target.name[:LONGEST_STEM]}.", target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        with open(name, "rb") as file:
            stamp = _sealed(file, check)
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)
    return stamp


def _sealed(file: BufferedReader | BufferedRandom, check: Act) -> Stamp:
    file.seek(0)
    check(file)
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256")
    return Stamp(size=file.tell(), sha256=digest.hexdigest())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
