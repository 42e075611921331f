"""Repairs of text that change nothing it means, each of a kind that is counted.

A count is of cells: a cell counts once for each kind found in it, however many
characters that took. A cell that begins with \\x02 (a number) or \\x03 (a date) is
the reader's and passes untouched.
"""

from __future__ import annotations

import enum
import re
from collections import Counter
from collections.abc import Callable, Sequence


class Repair(enum.StrEnum):
    FULL_WIDTH = "full-width"
    SPACES = "spaces"
    ZERO_WIDTH = "zero-width"
    APOSTROPHE = "apostrophe"
    LOWER_CASE_X = "lower-case-x"
    NAME_DOT = "name-dot"
    DISABILITY_CERTIFICATE = "disability-certificate"
    PHONE_SEPARATOR = "phone-separator"
    CAPITALS = "capitals"


Step = tuple[Repair, Callable[[str], str]]

# Marks that direct or join text and show nothing. U+180E stays: Mongolian is written with it.
INVISIBLE = "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
BLANK = "\\t\\n\\v\\f\\r\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
APOSTROPHES = "'`\u2018\u2019\uff07"
FULL_WIDTH = "\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"

_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_HALF_WIDTH_ALPHANUMERIC = {code: half for code, half in _HALF_WIDTH.items() if chr(half).isalnum()}

_invisible = re.compile(f"[{INVISIBLE}]+")
_blanks = re.compile(f" *[{BLANK}][ {BLANK}]*")
_text_mark = re.compile(f"[{APOSTROPHES}]+(?=[^{APOSTROPHES}]*\\Z)")
_suspicious = re.compile(f"[ {INVISIBLE}{BLANK}{APOSTROPHES}{FULL_WIDTH}]")


def drop_invisible(cell: str) -> str:
    return cell if cell.isascii() else _invisible.sub("", cell)


def drop_spaces(cell: str) -> str:
    return "".join(cell.split())


def plain_spaces(cell: str) -> str:
    """No spaces at the ends; odd ones inside become one plain space."""
    return _blanks.sub(" ", cell.strip())


def drop_text_mark(cell: str) -> str:
    """The apostrophe that makes a spreadsheet keep digits as text; a quotation keeps its marks."""
    mark = _text_mark.match(cell)
    return cell[mark.end() :].lstrip() if mark else cell


def half_width(cell: str) -> str:
    """Everything half-width: for codes and numbers."""
    return cell if cell.isascii() else cell.translate(_HALF_WIDTH)


def half_width_alphanumeric(cell: str) -> str:
    """Letters and digits half-width; Chinese punctuation stays as it was written."""
    return cell.translate(_HALF_WIDTH_ALPHANUMERIC)


_TEXT: tuple[Step, ...] = (
    (Repair.ZERO_WIDTH, drop_invisible),
    (Repair.FULL_WIDTH, half_width_alphanumeric),
    (Repair.SPACES, plain_spaces),
    (Repair.APOSTROPHE, drop_text_mark),
)
_COMPACT: tuple[Step, ...] = (
    (Repair.ZERO_WIDTH, drop_invisible),
    (Repair.FULL_WIDTH, half_width_alphanumeric),
    (Repair.SPACES, drop_spaces),
    (Repair.APOSTROPHE, drop_text_mark),
)


def take_steps(cell: str, steps: Sequence[Step]) -> tuple[str, list[Repair]]:
    """The cell after all steps, with the kinds of those that changed it."""
    kinds = []
    for kind, step in steps:
        repaired = step(cell)
        if repaired != cell:
            kinds.append(kind)
            cell = repaired
    return cell, kinds


def repair_text(cell: str, *, compact: bool = False) -> tuple[str, list[Repair]]:
    """General text; `compact` also takes out the spaces inside, for codes, phones and choices."""
    return take_steps(cell, _COMPACT if compact else _TEXT)


def repair_text_column(
    cells: list[str], *, compact: bool = False
) -> tuple[list[str], dict[str, int]]:
    """`repair_text` over a column: the cells in their order, and how many cells each kind changed."""
    steps = _COMPACT if compact else _TEXT
    return repair_column(cells, _suspicious, lambda cell: take_steps(cell, steps))


def repair_column(
    cells: list[str],
    suspicious: re.Pattern[str],
    repair: Callable[[str], tuple[str, list[Repair]]],
) -> tuple[list[str], dict[str, int]]:
    """Repair those cells in which `suspicious` finds something; a clean column costs one scan.

    What `suspicious` finds never holds NUL, which stands between the cells.
    """
    distinct = set(cells)
    if not suspicious.search("\0".join(distinct)):
        return cells, {}
    changed = {cell: repair(cell) for cell in filter(suspicious.search, distinct)}
    counts = Counter(kind for cell in cells if cell in changed for kind in changed[cell][1])
    repaired_cells = [changed[cell][0] if cell in changed else cell for cell in cells]
    return repaired_cells, {kind.value: count for kind, count in counts.items()}
