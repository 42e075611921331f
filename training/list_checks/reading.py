"""The lines of a list: from a file, by the engine's own reading of tables, or as they were pasted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_noop

from exchange.files import cells as marks
from exchange.files import read_blocks
from exchange.files.cells import clean
from exchange.imports.headings import Names
from exchange.imports.tables import Sheet
from exchange.jobs import JobRefused
from talent.identity import repair_id_column
from talent.imports import PERSON_COLUMNS
from talent.names import repair_name_column

MOST_LINES = 5_000
WANTED = ("name", "id_number")
NAMES = Names([c for c in PERSON_COLUMNS if c.name in WANTED], alone=frozenset(WANTED))
# Between the cells of a pasted line, between the words of one cell, a number, a serial number.
APART, BLANKS = re.compile(r"[\t,，;；、]+"), re.compile(r"[ \u3000]+")
NUMBER, SERIAL = re.compile(r"[0-9]{6,}[0-9Xx]*"), re.compile(r"^[0-9]+[.． ]*")
SEXES = frozenset("男女")

TOO_MANY = gettext_noop("The list has more than %(most)s lines. Divide it.")
NOTHING = gettext_noop(
    "No list was found in the file: none of its lines names the columns 姓名 or 身份证号码. Write "
    "one of them above the list, or paste the list."
)


@dataclass(frozen=True)
class Asked:
    """A line of a list: where it stands, and the repaired name and number; either may be empty."""

    sheet: str
    line: int
    name: str
    number: str


def asked_in_file(
    path: Path, *, name: str, report: Callable[[int, int | None], None]
) -> list[Asked]:
    """The lines of all lists in a file, read in a process of its own.

    Raises FileRefused, or JobRefused for a file without a list or with too long a one.
    """
    asked: list[Asked] = []
    sheets: list[Sheet] = []
    for block in read_blocks(path, name=name):
        if not sheets or sheets[-1].number != block.sheet_number:
            sheets.append(Sheet(block, NAMES))
        for piece in sheets[-1].take(block):
            asked += _asked(sheets[-1].name, piece.lines, piece.cells)
        if len(asked) > MOST_LINES:
            raise JobRefused(TOO_MANY, most=MOST_LINES)
        report(len(asked), None)
    if not asked:
        raise JobRefused(NOTHING)
    return asked


def asked_in_text(text: str) -> list[Asked]:
    """The lines of a pasted list: a name, a number, or both. Raises JobRefused for too many."""
    lines = [(at, line) for at, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > MOST_LINES:
        raise JobRefused(TOO_MANY, most=MOST_LINES)
    found = [NUMBER.search(line) for _at, line in lines]
    cells = {
        "id_number": [number.group() if number else "" for number in found],
        "name": [_name_in(line) for _at, line in lines],
    }
    return _asked("", [at for at, _line in lines], cells)


def _name_in(line: str) -> str:
    """What is no number, no serial number and no sex, in the first cell that has such a thing."""
    for cell in APART.split(line):
        rest = SERIAL.sub("", NUMBER.sub("", clean(cell)).strip())
        words = [word for word in BLANKS.split(rest) if word and word not in SEXES]
        if words:
            return " ".join(words)
    return ""


def _asked(sheet: str, lines: Sequence[int], cells: dict[str, list[str]]) -> list[Asked]:
    empty = [""] * len(lines)
    names, _counts = repair_name_column(marks.contents(cells.get("name", empty)))
    numbers, _counts = repair_id_column(list(cells.get("id_number", empty)))
    found = zip(lines, names, numbers, strict=True)
    return [Asked(sheet, *each) for each in found if each[1] or each[2]]


def packed(asked: Sequence[Asked]) -> list[list[Any]]:
    return [[each.sheet, each.line, each.name, each.number] for each in asked]


def unpacked(rows: Sequence[Sequence[Any]]) -> Iterator[Asked]:
    return (Asked(*row) for row in rows)
