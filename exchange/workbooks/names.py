"""Names of sheets that every spreadsheet program takes."""

from __future__ import annotations

import re

from exchange.workbooks.texts import clean

LONGEST = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\t\r\n]")
RESERVED = "history"  # Excel keeps this name for itself


class SheetNames:
    """Hands out names: the first asker gets the name, the next ones NAME(2), NAME(3)..."""

    def __init__(self) -> None:
        self.taken = {RESERVED}

    def take(self, wanted: str) -> str:
        base = _FORBIDDEN.sub("_", clean(wanted)).strip().strip("'") or "Sheet"
        name, number = _cut(base, ""), 1
        while name.casefold() in self.taken:
            number += 1
            name = _cut(base, f"({number})")
        self.taken.add(name.casefold())
        return name


def _cut(base: str, suffix: str) -> str:
    units = base.encode("utf-16-le")[: 2 * (LONGEST - len(suffix))]
    return units.decode("utf-16-le", "ignore").rstrip("'") + suffix
