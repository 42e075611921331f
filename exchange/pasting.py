"""What people paste out of a spreadsheet into a page."""

from __future__ import annotations

import re

CELLS = re.compile(r"\t|[,，;；]| {1,}|　+")
MOST_LINES = 500


def read_lines(text: str) -> list[list[str]]:
    """The cells of each line, the empty ones at the end left out; MOST_LINES lines at most."""
    lines = []
    for line in text.splitlines()[:MOST_LINES]:
        cells = [" ".join(cell.split()) for cell in _cells(line)]
        while cells and not cells[-1]:
            cells.pop()
        lines.append(cells)
    return lines


def _cells(line: str) -> list[str]:
    """A spreadsheet puts tabs between cells; without one, whatever else people put there."""
    return line.split("\t") if "\t" in line else CELLS.split(line.strip())
