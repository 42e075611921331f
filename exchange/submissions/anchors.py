"""Anchors: the newest link of every county's chain, in a file outside of the database.

The file only grows. Each line names the SM3 of the line before, so that a line taken out
or altered shows. Whoever may change the database must not be able to change this file:
that is a matter of where it lies (another machine, or `chattr +a`).
"""

from __future__ import annotations

import datetime
import fcntl
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from exchange.models import Receipt
from exchange.submissions.digests import sm3

# Receipts have an anchor at once, or by the hour; a day is the most that is put down to chance.
IN_TIME = datetime.timedelta(days=1)

_FIRST = "0" * 64
_LINE = re.compile(
    r"[^\t]+\t(?P<county>[0-9]{6})\t(?P<seq>[0-9]+)\t(?P<link>[0-9a-f]{64})\t(?P<before>[0-9a-f]{64})"
)
_TAIL_BYTES = 4096  # longer than any line


@dataclass(frozen=True, slots=True)
class Anchor:
    """One line of the file: this receipt of this county had this link."""

    county_code: str
    seq: int
    link: bytes


@dataclass(frozen=True, slots=True)
class AnchorsRead:
    """What the file holds, and the first line of it that does not follow from the one before."""

    anchors: list[Anchor]
    exists: bool
    broken_line: int | None = None


def anchor_on_commit(receipt: Receipt) -> None:
    """Write the receipt's link into the file once the receipt itself is there for good."""
    transaction.on_commit(lambda: append([receipt]), robust=True)


def anchor_missing(now: datetime.datetime) -> int:
    """Write down the receipts of the last day that the file lacks; returns how many.

    Older ones are left for the verification to name: whoever took them out of the file
    must not have them put back by the clock.
    """
    known = {(anchor.county_code, anchor.seq) for anchor in read_anchors().anchors}
    fresh = Receipt.objects.filter(sealed_at__gt=now - IN_TIME).order_by("county_code", "seq")
    missing = [found for found in fresh if (found.county_code, found.seq) not in known]
    append(missing)
    return len(missing)


def append(receipts: Sequence[Receipt]) -> None:
    """Add lines to the end of the file; two processes write one after the other.

    The file comes into being with the first receipts and never again: one that vanished
    is for people to bring back. Raises OSError.
    """
    if not receipts:
        return
    path = settings.ANCHORS_FILE
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    is_first = not Receipt.objects.filter(sealed_at__lt=timezone.now() - IN_TIME).exists()
    made = os.O_CREAT if is_first else 0
    file = os.open(path, os.O_RDWR | os.O_APPEND | made, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        last, lines = _last_line(file), []
        for receipt in receipts:
            last = _line(receipt, last)
            lines.append(last)
        os.write(file, "".join(f"{line}\n" for line in lines).encode())
        os.fsync(file)
    finally:
        os.close(file)


def read_anchors() -> AnchorsRead:
    """The file as it is now."""
    try:
        lines = settings.ANCHORS_FILE.read_text("ascii", errors="replace").splitlines()
    except FileNotFoundError:
        return AnchorsRead([], exists=False)
    anchors: list[Anchor] = []
    before = _FIRST
    for number, line in enumerate(lines, 1):
        found = _LINE.fullmatch(line)
        if found is None or found["before"] != before:
            return AnchorsRead(anchors, exists=True, broken_line=number)
        anchors.append(Anchor(found["county"], int(found["seq"]), bytes.fromhex(found["link"])))
        before = sm3(line.encode()).hex()
    return AnchorsRead(anchors, exists=True)


def _line(receipt: Receipt, last: str) -> str:
    before = sm3(last.encode()).hex() if last else _FIRST
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    link = bytes(receipt.link).hex()
    return "\t".join([now, receipt.county_code, str(receipt.seq), link, before])


def _last_line(file: int) -> str:
    """The last line that is there, '' in an empty file."""
    size = os.fstat(file).st_size
    start = max(0, size - _TAIL_BYTES)
    lines = os.pread(file, size - start, start).decode("ascii", errors="replace").splitlines()
    return lines[-1] if lines else ""
