"""Repairs of text that need no proof but the text itself: they change no letter and no digit."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from exchange.files import cells as marks

ZERO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
SPACES = re.compile(r"[\s\u3000\xa0]+")
APOSTROPHES = "'’‘`＇"
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
# One look at a whole column tells whether any of its cells wants mending.
SUSPECT = re.compile(r"[\s\u3000\xa0\u200b-\u200d\u2060\ufeff\uff01-\uff5e'’‘`\x02-\x06]")


def plain(cell: str) -> str:
    """A cell's content without its mark, tidied, for one cell."""
    return tidy([cell], Counter())[0]


def tidy(cells: Sequence[str], repairs: Counter[str], *, inner_spaces: bool = False) -> list[str]:
    """Cells without marks, edge spaces, zero-width marks, leading apostrophes, full-width forms.

    Each kind of mending is counted once a cell. Inner spaces go too unless they are kept.
    """
    if not SUSPECT.search("\x1f".join(cells).replace("\x1f", "")):
        return list(cells)
    return [tidy_one(c, repairs, inner_spaces) if SUSPECT.search(c) else c for c in cells]


def tidy_one(cell: str, repairs: Counter[str], inner_spaces: bool) -> str:
    if not marks.is_text(cell):
        return marks.content(cell)
    for kind, mended in (
        ("zero-width", cell.translate(ZERO_WIDTH)),
    ):
        if mended != cell:
            repairs[kind] += 1
            cell = mended
    spaced = SPACES.sub(" " if inner_spaces else "", cell).strip()
    if spaced != cell:
        repairs["spaces"] += 1
    bare = spaced.lstrip(APOSTROPHES)
    if bare != spaced:
        repairs["apostrophe"] += 1
    narrow = bare.translate(FULL_WIDTH) if any(ord(c) > 0xFF00 for c in bare) else bare
    if narrow != bare and unicodedata.normalize("NFKC", bare) == narrow:
        repairs["full-width"] += 1
        return narrow
    return bare
