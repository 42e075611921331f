"""What is told of the lines of a list: of the asker's region who and where, elsewhere the class.

The same as checking one number tells (`training.checking`). A name alone is looked up among
those who live in the asker's region.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

from core.models import Region
from core.sealing import blind_index_many, mask_id_number, mask_stray_numbers
from talent.identity import judge_id_numbers
from talent.imports import ID_NUMBER_FIELD
from talent.names import fold_name
from training.list_checks.reading import Asked
from training.models import Enrollment

# Of people with the same name so many are shown.
SHOWN = 5
PERSON = 4  # the first columns of what `of_numbers` and `of_names` yield after the place
Told = tuple[Any, ...]


@dataclass
class Answer:
    """One line's answer; `own` and `elsewhere` hold classes, `people` who is meant here.

    A class elsewhere is [county, number]; an own one [the ledger's key, the person's mask, county,
    number, start, end], days as 2019-06-04. A person is [key, name, mask].
    """

    sheet: str
    line: int
    name: str
    mask: str
    kind: str = "unknown"
    trouble: str = ""
    people: list[list[Any]] = field(default_factory=list)
    own: list[list[Any]] = field(default_factory=list)
    elsewhere: list[list[Any]] = field(default_factory=list)

    def packed(self) -> dict[str, Any]:
        return asdict(self)


def sound_numbers(asked: Iterable[Asked]) -> set[str]:
    """The citizen numbers that are looked up."""
    numbers = list({each.number for each in asked if each.number})
    return {n for n, trouble in zip(numbers, judge_id_numbers(numbers), strict=True) if not trouble}


def answers_to(asked: Sequence[Asked], regions: tuple[str, ...]) -> list[Answer]:
    """An answer a line, in their order, for somebody who may look up people of these regions."""
    by_number = _by_number(sound_numbers(asked), regions)
    by_name = _by_name({fold_name(each.name) for each in asked if not each.number}, regions)
    answers = [_bare(each) for each in asked]
    for each, answer in zip(asked, answers, strict=True):
        if not each.number:
            _fill_by_name(answer, by_name.get(fold_name(each.name), []), regions)
        elif each.number in by_number:
            _fill(answer, by_number[each.number], regions)
        elif trouble := judge_id_numbers([each.number])[0]:
            answer.kind, answer.trouble = "unsound", trouble.sentence
    return answers


def _bare(asked: Asked) -> Answer:
    mask = mask_id_number(asked.number) if asked.number else ""
    return Answer(asked.sheet, asked.line, mask_stray_numbers(asked.name)[:100], mask)


def _by_number(numbers: Iterable[str], regions: tuple[str, ...]) -> dict[str, list[Told]]:
    asked = list(numbers)
    indexes = blind_index_many(asked, ID_NUMBER_FIELD)
    found = Enrollment.objects.of_numbers(indexes, {code[:2] for code in regions})
    return {asked[place - 1]: rows for place, rows in _by_place(found)}


def _by_name(keys: Iterable[str], regions: tuple[str, ...]) -> dict[str, list[Told]]:
    asked = sorted(filter(None, keys))
    counties = Region.objects.filter(level=Region.Level.COUNTY)
    own = [
        code
        for region in regions
        for code in counties.within(region).values_list("code", flat=True)
    ]
    found = Enrollment.objects.of_names(asked, own, SHOWN + 1)
    return {asked[place - 1]: rows for place, rows in _by_place(found)}


def _by_place(found: Iterable[Told]) -> Iterator[tuple[int, list[Told]]]:
    for place, rows in groupby(found, key=itemgetter(0)):
        yield place, [row[1:] for row in rows]


def _fill(answer: Answer, rows: Sequence[Told], regions: tuple[str, ...]) -> None:
    """Say where a person is: by name only if the person lives in the region."""
    key, name, mask, home = rows[0][:PERSON]
    lives_here = home.startswith(regions)
    if lives_here:
        answer.people.append([key, name, mask])
    for _key, _name, mask, _home, row, county, *where, start, end in rows:
        if row is None:
            continue
        if county.startswith(regions):
            answer.own.append([row, mask, *where, start.isoformat(), end.isoformat()])
        else:
            answer.elsewhere.append(where)
    found = {"own": answer.own, "elsewhere": answer.elsewhere, "registered": lives_here}
    answer.kind = next((kind for kind, is_so in found.items() if is_so), "unknown")


def _fill_by_name(answer: Answer, rows: Sequence[Told], regions: tuple[str, ...]) -> None:
    people = [list(of_one) for _key, of_one in groupby(rows, key=itemgetter(0))]
    for of_one in people[:SHOWN]:
        _fill(answer, of_one, regions)
    if len(people) > 1:
        answer.kind = "several" if len(people) <= SHOWN else "many"
