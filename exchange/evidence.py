"""Files that show why or what: kept under a name of their own, never changed, opened by whoever may."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings

from exchange.jobs import JobRefused

MOST_BYTES = 20 << 20
# What a scanner or a camera gives, and what a letter is; by the bytes they begin with.
BEGINNINGS = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
ACCEPTED = ".pdf,.jpg,.jpeg,.png"


@dataclass(frozen=True)
class Kept:
    """A kept file: the name it lies under, the name it came with, its digest, its bytes."""

    stored_as: str
    name: str
    sha256: str
    size: int


def folder() -> Path:
    path: Path = settings.FILES_DIR / "evidence"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def path_of(stored_as: str) -> Path:
    return folder() / stored_as


def keep(file: IO[bytes] | None, name: str, *, otherwise: str) -> Kept:
    """Keep a PDF, JPEG or PNG file of MOST_BYTES at most.

    Raises JobRefused with the sentence `otherwise` for anything else. Whoever keeps it
    unlinks `path_of` when no row comes to name it.
    """
    content = file.read(MOST_BYTES + 1) if file else b""
    if len(content) > MOST_BYTES or not content.startswith(BEGINNINGS):
        raise JobRefused(otherwise)
    stored_as = uuid.uuid4().hex
    path = path_of(stored_as)
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return Kept(stored_as, Path(name).name[-255:], digest, len(content))
