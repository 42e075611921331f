"""Which line of theirs is which row of ours: exactly, then by least differences, a person at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from training.reconciling.sides import COMPARED, Ours, Theirs, differing


@dataclass(slots=True)
class Difference:
    """One difference, by its weightiest way; a side that there is not is None."""

    way: str
    theirs: Theirs | None
    ours: Ours | None
    also: list[str] = field(default_factory=list)


@dataclass
class Pairing:
    """All differences, and the rows of ours that wait for a doubtful line of theirs."""

    differences: list[Difference] = field(default_factory=list)
    held: list[Ours] = field(default_factory=list)


def pair(theirs: Iterable[Theirs], ours: Iterable[Ours], compared: Collection[str]) -> Pairing:
    """Compare two sides. Rows beside what is compared explain others and are not named."""
    of_them, of_us = defaultdict(list), defaultdict(list)
    found, doubted = Pairing(), set[int]()
    for line in theirs:
        if line.person is not None:
            of_them[line.person].append(line)
        elif line.counts:
            way = "doubtful" if line.is_doubtful else "missing"
            found.differences.append(Difference(way, line, None))
            doubted.update(line.candidates)
    for row in ours:
        of_us[row.person].append(row)
    for person in of_them.keys() | of_us.keys():
        lines, rows = of_them.get(person, []), of_us.get(person, [])
        lines, rows = _without_equal(found, lines, rows, compared)
        lines, rows = _by_least_differences(found, lines, rows, compared)
        found.differences += [Difference("missing", line, None) for line in lines if line.counts]
        left = [row for row in rows if row.counts]
        if person in doubted:
            found.held += left
        else:
            found.differences += [Difference("extra", None, row) for row in left]
    return found


def _without_equal(
    found: Pairing, theirs: Sequence[Theirs], ours: Sequence[Ours], compared: Collection[str]
) -> tuple[list[Theirs], list[Ours]]:
    """What is left once the lines and rows that agree are taken away, of one class first."""
    lines, rows = list(theirs), list(ours)
    for of_one_class in (True, False):
        for line in tuple(lines):
            equal = (
                row
                for row in rows
                if (row.class_code == line.class_code or not of_one_class)
                and not differing(line, row, compared)
            )
            row = next(equal, None)
            if row is not None:
                lines.remove(line)
                rows.remove(row)
                if line.by_name and (line.counts or row.counts):
                    found.differences.append(Difference("number", line, row))
    return lines, rows


def _by_least_differences(
    found: Pairing, theirs: Sequence[Theirs], ours: Sequence[Ours], compared: Collection[str]
) -> tuple[list[Theirs], list[Ours]]:
    """What is left once the likeliest pairs are named."""
    pairs = []
    for line in theirs:
        for row in ours:
            ways = differing(line, row, compared)
            if (line.counts or row.counts) and _is_likely(line, row, ways, compared):
                strange = line.class_code != row.class_code
                pairs.append(
                    (len(ways), strange, not row.counts, line.line, row.key, line, row, ways)
                )
    lines, rows = list(theirs), list(ours)
    for *_order, line, row, ways in sorted(pairs, key=lambda each: each[:5]):
        if any(line is each for each in lines) and any(row is each for each in rows):
            lines = [each for each in lines if each is not line]
            rows = [each for each in rows if each is not row]
            also = [*ways[1:], *(["number"] if line.by_name else [])]
            found.differences.append(Difference(ways[0], line, row, also))
    return lines, rows


def _is_likely(line: Theirs, row: Ours, ways: Sequence[str], compared: Collection[str]) -> bool:
    """Whether the two tell of one attendance: they name one class, or not everything differs."""
    of_one_class = bool(line.class_code) and line.class_code == row.class_code
    told = sum(name in compared for name in COMPARED if name != "county")
    return of_one_class or len([way for way in ways if way != "place"]) < max(told, 2)
