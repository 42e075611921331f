"""A table of a web page while it is open, and what its cells hold."""

import math
import re
from dataclasses import dataclass, field

from exchange.files.grids import Grid
from exchange.files.markup import Attributes

_MOST_DOWN = 65_534  # of rowspan, by the HTML standard
_MOST_ACROSS = 1_000
_SPACES = re.compile("[ \t\r\n\f]+")
_NOT_SHOWN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_TEXT_FORMAT = re.compile(r"mso-number-format\s*:\s*[\"']?\s*\\?@", re.IGNORECASE)
_SHOWN_NUMBER = re.compile(r"[-+]?[0-9,]*\.?[0-9]*(?:[eE][-+]?[0-9]+)?%?")
_EXACT_DIGITS = 15


@dataclass(eq=False)
class Table:
    """An open table, and its open cell if `attributes` are set."""

    grid: Grid
    pieces: list[str] = field(default_factory=list)
    attributes: Attributes | None = None
    caption: str = ""
    has_table: bool = False
    is_text: bool = False

    def end_cell(self) -> None:
        if self.attributes is None:
            return
        shown, attributes = text(self.pieces), self.attributes
        self.pieces, self.attributes = [], None
        if error := attributes.get("x:err"):
            self.grid.add_error(error)
            return
        self.grid.add(
            _value(attributes.get("x:str") or shown, attributes),
            across=_count(attributes.get("colspan"), _MOST_ACROSS),
            down=_count(attributes.get("rowspan"), _MOST_DOWN),
            formula=attributes.get("x:fmla", ""),
        )

    def is_data(self) -> bool:
        """False for one row, and for a frame around another table."""
        filled = [sum(value != "" for value in row) for row in self.grid.rows]
        rows = sum(count > 0 for count in filled)
        return rows > 1 and not (self.has_table and max(filled) == 1)


def text(pieces: list[str]) -> str:
    """Text as a browser shows it; of hard spaces alone, it is none."""
    shown = _SPACES.sub(" ", "".join(pieces)).strip(" \x0b")
    return re.sub(" *\x0b[ \x0b]*", "\n", shown) if shown.strip() else ""


def _value(shown: str, attributes: Attributes) -> str | float:
    """A number where the page says that a cell holds one and shows it as such, else the text.

    The page's own mark is needed: digits alone may be an ID. A date stays as it is shown.
    """
    written = attributes.get("x:num", attributes.get("sdval"))
    if written is None or _TEXT_FORMAT.search(attributes.get("style", "")):
        return shown
    written = written or shown
    digits = sum(character.isdigit() for character in written.lower().split("e")[0].strip("0"))
    if not _SHOWN_NUMBER.fullmatch(shown) or digits > _EXACT_DIGITS:
        return shown
    try:
        number = float(written)
    except ValueError:
        return shown
    return number if math.isfinite(number) else shown


def _count(written: str | None, most: int) -> int:
    digits = (written or "").strip()[:6]
    return min(max(int(digits), 1), most) if digits.isdecimal() else 1


def is_hidden(attributes: Attributes) -> bool:
    return bool(attributes) and (
        "hidden" in attributes or bool(_NOT_SHOWN.search(attributes.get("style", "")))
    )
