"""A copy of somebody's workbook with some of its cells marked."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from exchange.files.limits import STANDARD, Limits

_CHILD = Path(__file__).with_name("marking.py")
# Line from 1, place from 0, whether it is grave, and what is to be said.
Mark = tuple[int, int, bool, str]


class CopyFailed(Exception):
    """The workbook could not be copied with its formats."""


def marked_copy(
    path: str | os.PathLike[str],
    marks: Mapping[int, Sequence[Mark]],
    *,
    author: str,
    limits: Limits = STANDARD,
) -> bytes:
    """The .xlsx at `path` with cells colored and commented, by the number of their sheet.

    All else stays as the library keeps it: values, formats, widths, merged cells. Formulas
    become text. Raises CopyFailed when it is no such workbook or is beyond the limits.
    """
    order = {
        "path": os.path.abspath(path),
        "marks": marks,
        "author": author,
        "limits": asdict(limits),
        "parent": os.getpid(),
    }
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-B", str(_CHILD)],
            input=json.dumps(order).encode() + b"\n",
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            timeout=limits.wall_seconds,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired as error:
        raise CopyFailed from error
    if done.returncode or not done.stdout:
        raise CopyFailed
    return done.stdout
