"""What a batch's people attended before, in the file and in the ledger of the province.

Read once for a batch, however many rules ask. Of another county a finding may say
the county and the class, and nothing of the person.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.models import Region
from core.rules import Batch
from talent.known import keys_of, known_people
from training.models import Enrollment, TrainingClass

# What makes a class the same class; its start comes last.
CLASS_IDENTITY = ("class_code", "institution", "occupation", "start_date")


@dataclass(slots=True)
class Attendance:
    """A person in a class: of a row of the batch, or `entered` in the ledger on a day.

    `identity` is the county and CLASS_IDENTITY, `key` the ledger's own of its row; a row of
    the batch has one where the ledger's rows themselves are judged again.
    """

    identity: tuple[Any, ...]
    level: str
    start: datetime.date
    end: datetime.date
    row: int | None = None
    entered: datetime.date | None = None
    key: int = 0

    @property
    def county(self) -> str:
        return str(self.identity[0])

    @property
    def class_code(self) -> str:
        return str(self.identity[1])

    @property
    def skill(self) -> tuple[str, str]:
        return str(self.identity[3]), self.level

    def is_before(self, other: Attendance) -> bool:
        """Whether it counts before `other` does: what is in the ledger, then by the first day."""
        if bool(self.key) != bool(other.key):
            return bool(self.key)
        return (self.start, self.key, self.row or 0) < (other.start, other.key, other.row or 0)

    def overlaps(self, other: Attendance) -> bool:
        return self.start <= other.end and other.start <= self.end


History = dict[bytes, list[Attendance]]
Row = tuple[int, Attendance, list[Attendance]]


def in_ledger(batch: Batch) -> History:
    """The classes of the province's ledger in which the batch's people are, by blind index.

    Rows of the ledger that are judged again themselves are left out: the batch has them
    as they shall be.
    """
    return batch.once(_read_ledger)


def _read_ledger(batch: Batch) -> History:
    of = keys_of(known_people(batch))
    rows = Enrollment.objects.classes_of(of, batch.region_code[:2]) if of else []
    classes = TrainingClass.objects.identities(row[1] for row in rows) if rows else {}
    found: History = {}
    judged_again = set(batch["stored"])
    for person, attended, level, end, entered, key in rows:
        if key in judged_again:
            continue
        identity = classes[attended]
        found.setdefault(of[person], []).append(
            Attendance(identity, level, identity[-1], end, entered=entered, key=key)
        )
    return found


def with_others(batch: Batch) -> list[Row]:
    """Rows whose person is in other classes as well: (row, its class, the others by first day).

    The same class once more is none of the others: that is a duplicate.
    """
    return batch.once(_find_others)


def _find_others(batch: Batch) -> list[Row]:
    known = in_ledger(batch)
    own = _of_batch(batch, known)
    found = []
    for person, attended in own.items():
        whole = known.get(person, []) + attended
        for mine in attended:
            others = [each for each in whole if each.identity != mine.identity]
            if others and mine.row is not None:
                others.sort(key=lambda each: (each.start, each.identity[:2]))
                found.append((mine.row, mine, others))
    return sorted(found, key=lambda each: each[0])


def _of_batch(batch: Batch, known: History) -> History:
    """The batch's own rows of people who have several, in the file or with the ledger."""
    people = batch["id_index"]
    rows_of = Counter(filter(None, people))
    several = {
        person for person, rows in rows_of.items() if rows > 1
    } | rows_of.keys() & known.keys()
    found: History = {}
    if not several:
        return found
    identities = zip(*map(batch.__getitem__, CLASS_IDENTITY), strict=True)
    ends, levels, stored = batch["end_date"], batch["level"], batch["stored"]
    for row, (person, identity) in enumerate(zip(people, identities, strict=True)):
        start, end = identity[-1], ends[row]
        if person in several and None not in identity and end is not None and start <= end:
            whole = (batch.region_code, *identity)
            mine = Attendance(whole, levels[row] or "", start, end, row, key=stored[row] or 0)
            found.setdefault(person, []).append(mine)
    return found


def counties(batch: Batch) -> dict[str, str]:
    """The names of the counties in whose ledgers the batch's people are, by code."""
    return batch.once(_name_counties)


def _name_counties(batch: Batch) -> dict[str, str]:
    codes = {each.county for attended in in_ledger(batch).values() for each in attended}
    codes.add(batch.region_code)
    return dict(Region.objects.filter(pk__in=codes).values_list("code", "name"))


def told(batch: Batch, other: Attendance) -> dict[str, Any]:
    """How a finding names another class: by its line, or the ledger's by county; and by number."""
    if other.key:
        county = counties(batch).get(other.county, other.county)
        return {"county": county, "code": other.class_code}
    return {"line": batch["line"][other.row or 0], "code": other.class_code}


def earlier(batch: Batch) -> Iterator[tuple[int, Attendance, list[Attendance]]]:
    """`with_others`, of the others only those that count before the row."""
    for row, mine, others in with_others(batch):
        before = [other for other in others if other.is_before(mine)]
        if before:
            yield row, mine, before
