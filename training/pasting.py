"""Columns pasted from a spreadsheet beside people that are known: whom each line means.

A line begins with a name or with the last digits of the citizen number, the whole number
at most. Where that means nobody or several people, the line says so; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from core.sealing import blind_index, open_many
from exchange.pasting import read_lines
from talent.imports import ID_NUMBER_FIELD
from talent.models import Person
from talent.names import fold_names

NUMBER = re.compile(r"[0-9]{3,17}[0-9X]")
FEW_DIGITS = re.compile(r"[0-9]{1,3}X?")
SHOWN_DIGITS, WHOLE = 4, 18

NOBODY = gettext_noop("Nobody of this list is meant by “%(who)s”.")
SEVERAL = gettext_noop(
    "“%(who)s” means %(number)s people of this list. Give the number's last digits."
)
TOO_FEW = gettext_noop("“%(who)s”: give at least the last four digits of the citizen number.")
TWICE = gettext_noop("“%(who)s” stood on line %(line)s already.")
NO_VALUE = gettext_noop("Nothing stands beside “%(who)s”.")


@dataclass(frozen=True)
class PastedLine:
    """A line: whom it means by key, or why nobody (`trouble`); `cells` are what stands beside."""

    line: int
    who: str
    cells: tuple[str, ...]
    key: int | None = None
    trouble: str = ""
    number: int = 0

    @property
    def params(self) -> dict[str, object]:
        return {"who": self.who, "number": self.number, "line": self.number}


def match_lines(text: str, people: Mapping[int, Person]) -> list[PastedLine]:
    """Each line that is not empty with whom of `people` it means."""
    found: list[PastedLine] = []
    first: dict[int, int] = {}
    for number, (who, *cells) in (
        (number, cells) for number, cells in enumerate(read_lines(text), start=1) if cells
    ):
        line = _matched(number, who, tuple(cells), people)
        if line.key in first:
            line = PastedLine(number, who, line.cells, None, TWICE, first[line.key])
        elif line.key is not None:
            first[line.key] = number
        found.append(line)
    return found


def _matched(
    line: int, who: str, cells: tuple[str, ...], people: Mapping[int, Person]
) -> PastedLine:
    if not any(cells):
        return PastedLine(line, who, cells, None, NO_VALUE)
    written = who.upper()
    if FEW_DIGITS.fullmatch(written) and len(written) < SHOWN_DIGITS:
        return PastedLine(line, who, cells, None, TOO_FEW)
    meant = _by_number(written, people) if NUMBER.fullmatch(written) else _by_name(who, people)
    if len(meant) == 1:
        return PastedLine(line, who, cells, meant[0])
    return PastedLine(line, who, cells, None, SEVERAL if meant else NOBODY, len(meant))


def _by_number(written: str, people: Mapping[int, Person]) -> list[int]:
    """Those whose number ends so. Only where more is given than masks show is a seal opened."""
    if len(written) == WHOLE:
        index = blind_index(written, ID_NUMBER_FIELD)
        return [key for key, each in people.items() if bytes(each.id_number_index) == index]
    last = written[-SHOWN_DIGITS:]
    alike = {
        key: each for key, each in people.items() if each.id_number_mask[-SHOWN_DIGITS:] == last
    }
    if len(written) == SHOWN_DIGITS:
        return list(alike)
    opened = open_many([each.id_number_sealed for each in alike.values()], ID_NUMBER_FIELD)
    return [key for key, number in zip(alike, opened, strict=True) if number.endswith(written)]


def _by_name(who: str, people: Mapping[int, Person]) -> list[int]:
    (folded,) = fold_names([who])
    return [key for key, each in people.items() if each.name_key == folded]
