"""Who a damaged citizen number may belong to: a proposal for somebody to confirm, never an answer.

Only people of the office's own county are proposed, and only where the name, the village
and what is left of the number fit exactly one of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.sealing import open_many
from exchange.files.cells import content, is_number
from talent.identity import IdNumberTrouble, judge_id_number, repair_id_number
from talent.imports import ID_NUMBER_FIELD
from talent.models import Person
from talent.names import fold_names

# Of a number of 18 digits a spreadsheet keeps so many; the rest became zeros.
KEPT_DIGITS: Final = 15
VILLAGE: Final = 12
_scientific = re.compile(r"([1-9])\.([0-9]+)[Ee]\+?17").fullmatch


@dataclass(frozen=True, slots=True)
class Damaged:
    """A held row: the name, the code of the village, and the number as the file has it."""

    name: str
    village: str
    id_number: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A registered person: key, name and mask. The number itself stays sealed."""

    person: int
    name: str
    id_number_mask: str


def suggest(county_code: str, rows: Sequence[Damaged]) -> list[Suggestion | None]:
    """For each row the one person of the county it may mean, or None. One query for all rows.

    A sound number is nobody else's and a missing one leaves nothing to compare: for
    those nobody is proposed.
    """
    keys = fold_names([row.name for row in rows])
    places = [(key, row.village) for key, row in zip(keys, rows, strict=True)]
    written = [_damaged(row.id_number) for row in rows]
    asked = {
        place
        for place, text in zip(places, written, strict=True)
        if text and place[0] and len(place[1]) == VILLAGE
    }
    candidates = _candidates(county_code, asked)
    return [
        _the_only_one(candidates.get(place, ()), text)
        for place, text in zip(places, written, strict=True)
    ]


Place = tuple[str, str]
Candidates = dict[Place, list[tuple[str, Suggestion]]]


def _damaged(cell: str) -> str:
    """The number as repaired, if it is in trouble and something of it is left; else nothing."""
    text, _repairs = repair_id_number(cell)
    return "" if judge_id_number(text) in {None, IdNumberTrouble.MISSING} else text


def is_damaged(cell: str) -> bool:
    """Whether a number is in trouble, and something of it is left to compare."""
    return bool(_damaged(cell))


def _candidates(county_code: str, places: set[Place]) -> Candidates:
    """The people of these names and villages, with their numbers opened all at once."""
    found: Candidates = {}
    if not places:
        return found
    people = [
        person
        for person in Person.objects.namesakes(county_code, {name for name, _village in places})
        if (person.name_key, person.region_code) in places
    ]
    numbers = open_many([person.id_number_sealed for person in people], ID_NUMBER_FIELD)
    for person, number in zip(people, numbers, strict=True):
        told = Suggestion(person.pk, person.name, person.id_number_mask)
        found.setdefault((person.name_key, person.region_code), []).append((number, told))
    return found


def _the_only_one(candidates: Sequence[tuple[str, Suggestion]], written: str) -> Suggestion | None:
    fitting = [told for number, told in candidates if written and may_be(written, number)]
    return fitting[0] if len(fitting) == 1 else None


def may_be(written: str, number: str) -> bool:
    """Whether a damaged number may have been this one.

    Of what a spreadsheet cut, the digits it kept must agree; else one character may be
    wrong or missing.
    """
    if shortened := _scientific(written.lstrip("\x02")):
        # The last digit that is shown may have been rounded.
        return number.startswith("".join(shortened.groups())[:-1])
    digits = content(written)
    if is_number(written) or digits.endswith("000"):
        return len(digits) == len(number) and digits[:KEPT_DIGITS] == number[:KEPT_DIGITS]
    if len(digits) == KEPT_DIGITS:
        return number.startswith(digits)
    return differ_by_one(digits, number)


def differ_by_one(written: str, number: str) -> bool:
    """Whether one character of `number` was written otherwise, or left out."""
    if len(written) == len(number):
        return sum(a != b for a, b in zip(written, number, strict=True)) == 1
    if len(written) != len(number) - 1:
        return False
    same = next((n for n, mark in enumerate(written) if mark != number[n]), len(written))
    return written[same:] == number[same + 1 :]
