"""Different people, read from the sets of their keys.

Sets are read together for any counties and months, so that every count is exact.
`exchange.people_moves` lets them follow their rows.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import connection
from pyroaring import BitMap

from core.access import following
from exchange.bounds import NEXT_LENGTH, Bounds, By
from exchange.measures import Measure
from exchange.periods import Period

# Of one measure: county, span, program, category.
Cell = tuple[str, str, str, str]
CELL = "county_code, span, program, category"
MONTH = 7  # so long is a month's span, a year's is 4
# Many sets in one value of a line: a line for each would cost more than the union.
TOGETHER = (
    "measure, {part}, max(as_of), string_agg(people, ''::bytea), array_agg(octet_length(people))"
)
PARTS = {
    None: "''",
    By.PLACE: "left(county_code, %(place)s)",
    By.MONTH: "span",
    By.PROGRAM: "program",
    By.CATEGORY: "category",
}


def count(measure: Measure, within: Bounds) -> int:
    """How many different people there are within the bounds, down to a county."""
    return tallies([measure], within)[measure.key].whole


def counts(measure: Measure, within: Bounds, by: By) -> dict[str, int]:
    """How many there are in each part, by its code; nobody may be in several. One fetch."""
    return {part: n for part, n in tallies([measure], within, by)[measure.key].parts.items() if n}


@dataclass
class Tally:
    """How many different people a measure has: in all, in each part, and as of when."""

    whole: int = 0
    parts: dict[str, int] = field(default_factory=dict)
    as_of: datetime.datetime | None = None


def tallies(
    measures: Collection[Measure], within: Bounds, by: By | None = None
) -> dict[str, Tally]:
    """The whole and the parts of several measures, by their keys. One fetch."""
    found = {measure.key: Tally() for measure in measures}
    united: dict[str, list[BitMap]] = defaultdict(list)
    sql, params = _asked(TOGETHER.format(part=PARTS[by]), measures, within, by)
    params["place"] = NEXT_LENGTH[len(within.region_code)]
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} GROUP BY 1, 2", params)
        for key, part, moment, people, sizes in cursor.fetchall():
            everybody = _union(_taken_apart(people, sizes))
            united[key].append(everybody)
            found[key].as_of = max(found[key].as_of or moment, moment)
            if part:
                found[key].parts[part] = len(everybody)
    for key, sets in united.items():
        found[key].whole = len(_union(sets))
    return found


def _taken_apart(people: memoryview, sizes: Iterable[int]) -> Iterator[BitMap]:
    data, start = bytes(people), 0
    for size in sizes:
        yield BitMap.deserialize(data[start : start + size])
        start += size


def people_of(measure: Measure, within: Bounds, after: int = 0, most: int = 100) -> list[int]:
    """The keys of the people within the bounds that follow a key, in order."""
    people = _union(_read(measure, within))
    return list(islice(people.iter_equal_or_larger(after + 1), most))


def as_of(measure: Measure, within: Bounds) -> datetime.datetime | None:
    """When the newest of these sets was last changed."""
    sql, params = _asked("max(as_of)", [measure], within)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        (newest,) = cursor.fetchone()
    return newest  # type: ignore[no-any-return]


def opened(people: bytes | memoryview) -> BitMap:
    return BitMap.deserialize(bytes(people))


def _union(sets: Iterable[BitMap]) -> BitMap:
    return BitMap.union(BitMap(), *sets)


def _read(measure: Measure, within: Bounds) -> Iterator[BitMap]:
    sql, params = _asked("people", [measure], within)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} AND size > 0", params)
        for (people,) in cursor.fetchall():
            yield opened(people)


def _asked(
    columns: str, measures: Collection[Measure], within: Bounds, by: By | None = None
) -> tuple[str, dict[str, Any]]:
    """SQL for the fewest sets that hold the answer: by what nobody asks for, the wider ones."""
    splits = {
        "program": _split(within.programs, by is By.PROGRAM),
        "category": _split(within.categories, by is By.CATEGORY),
    }
    by_month = by is By.MONTH or all(split != [""] for split in splits.values())
    conditions = ["measure = ANY(%(measures)s)", "span = ANY(%(spans)s)"]
    conditions += [
        f"{name} <> ''" if split is None else f"{name} = ANY(%({name})s)"
        for name, split in splits.items()
    ]
    conditions += ["county_code >= %(first)s", "county_code < %(following)s"]
    if within.counties is not None:
        conditions.append("county_code = ANY(%(counties)s)")
    params = {
        "measures": [measure.key for measure in measures],
        "spans": within.period.months if by_month else spans(within.period),
        "first": within.region_code,
        "following": following(within.region_code),
        "counties": sorted(within.counties or ()),
        **splits,
    }
    return f"SELECT {columns} FROM exchange_peopleset WHERE {' AND '.join(conditions)}", params


def _split(picked: Collection[str], taken_apart: bool) -> list[str] | None:
    """The values to read: those picked, each one there is (None), or the whole."""
    if picked:
        return sorted(picked)
    return None if taken_apart else [""]


def spans(period: Period) -> list[str]:
    """The years that lie wholly in a period, and the months of the others."""
    by_year: dict[str, list[str]] = defaultdict(list)
    for month in period.months:
        by_year[month[:4]].append(month)
    whole = 12
    return [
        span
        for year, months in by_year.items()
        for span in ([year] if len(months) == whole else months)
    ]
