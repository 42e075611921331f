"""How the sets of people follow their rows; the only module that writes them.

Sets move in the transaction of the act, and whoever moves them holds the county's books.
"""

from __future__ import annotations

import datetime
import sys
from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from pyroaring import BitMap

from exchange.measures import COUNTING, Difference, Measure
from exchange.models import PeopleSet
from exchange.people_sets import CELL, MONTH, Cell, opened
from exchange.periods import Period
from exchange.submissions.closing import hold

Sets = dict[Cell, BitMap]
# By how many people a measure's finest cell has more or fewer: (measure, *cell, people).
Moved = tuple[str, str, str, str, str, int]
AT_ONCE = 1000
LINE = "measure, county_code, month, program, category, person_id"
ROWS = (
    "SELECT county_code, to_char(month, 'YYYY-MM') AS span, month, program, category, person_id"
    " FROM ({counted}) AS counted"
)
# No DISTINCT and no sort: the set does that.
GATHERED = (
    f"SELECT {CELL}, string_agg(int4send(person_id::int), ''::bytea) FROM ({{rows}}) AS rows"
    " GROUP BY 1, 2, 3, 4"
)
# Who went stays in the cell by any other row that counts there.
NO_ROW_LEFT = """
SELECT * FROM ({gone}) AS gone WHERE NOT EXISTS (
    SELECT {source} AND {person} = gone.person_id AND {county} = gone.county_code
        AND {day} >= gone.month AND {day} < (gone.month + interval '1 month')::date
        AND {program} = gone.program AND {category} = gone.category)
"""
HELD = f"""
SELECT {CELL}, people FROM exchange_peopleset
WHERE measure = %(measure)s AND (county_code, left(span, 4)) IN (
    SELECT * FROM unnest(%(counties)s::text[], %(years)s::text[]))
ORDER BY program, category, span, county_code FOR NO KEY UPDATE
"""
WRITTEN = f"""
INSERT INTO exchange_peopleset (measure, {CELL}, people, size, as_of)
SELECT %(measure)s, {CELL}, people, size, clock_timestamp()
FROM unnest(%(county_code)s::text[], %(span)s::text[], %(program)s::text[], %(category)s::text[],
    %(people)s::bytea[], %(size)s::int[]) AS moved ({CELL}, people, size)
ORDER BY program, category, span, county_code
ON CONFLICT (measure, program, category, span, county_code) DO UPDATE SET
    people = excluded.people, size = excluded.size, as_of = excluded.as_of
"""


def move(measures: Sequence[Measure], *, came: str = "", gone: str = "") -> list[Moved]:
    """Let the people of rows that came into their cells, and those of rows that went out of them.

    Both are SQL for rows as `Measure.counted` gives them; the act has written its rows. Who
    comes and goes in the same cell moves nothing. Returns the finest cells that have more or
    fewer people now.
    """
    moved: list[Moved] = []
    for measure in _touched(measures, came, gone) if came and gone else measures:
        own = f"SELECT * FROM ({{}}) AS own WHERE measure = '{measure.key}'"
        sizes = _move(measure, came=came and own.format(came), gone=gone and own.format(gone))
        moved += [(measure.key, *cell, people) for cell, people in sizes.items() if people]
    return moved


def _touched(measures: Sequence[Measure], came: str, gone: str) -> list[Measure]:
    """Those in which anybody comes or goes: most changes of a row move nobody."""
    sides = [f"(SELECT {LINE} FROM ({rows}) AS side)" for rows in (came, gone)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT measure FROM (({sides[0]} EXCEPT {sides[1]}) UNION ALL"
            f" ({sides[1]} EXCEPT {sides[0]})) AS moved"
        )
        moved = {key for (key,) in cursor.fetchall()}
    return [measure for measure in measures if measure.key in moved]


def _move(measure: Measure, *, came: str, gone: str) -> dict[Cell, int]:
    """By how many people each finest cell of the measure grew."""
    coming = ROWS.format(counted=came) if came else ""
    going = ROWS.format(counted=gone) if gone else ""
    if came and gone:
        coming, going = f"{coming} EXCEPT {going}", f"{going} EXCEPT {coming}"
    entered = _gathered(measure, coming) if came else {}
    left = _gathered(measure, _no_row_left(measure, going)) if gone else {}
    if not entered and not left:
        return {}
    for county in sorted({county for county, *_rest in entered | left}):
        hold(county)
    held = _held(measure, {(county, span[:4]) for county, span, *_rest in entered | left})
    changed: Sets = {}
    grown: dict[Cell, int] = {}
    for cell in entered.keys() | left.keys():
        before = held.get(cell, BitMap())
        after = (before - left.get(cell, BitMap())) | entered.get(cell, BitMap())
        if after != before:
            held[cell] = changed[cell] = after
            grown[cell] = len(after) - len(before)
    wider = _margins(measure, changed, held)
    changed |= {cell: people for cell, people in wider.items() if held.get(cell) != people}
    _write(measure, changed)
    return grown


def _no_row_left(measure: Measure, going: str) -> str:
    return measure.over(
        COUNTING,
        NO_ROW_LEFT.format(
            gone=going,
            source=measure.source(measure.table),
            person=measure.person,
            county=measure.county,
            day=measure.day,
            program=measure.program,
            category=measure.category,
        ),
    )


def _gathered(measure: Measure, rows: str, params: Mapping[str, Any] | None = None) -> Sets:
    """The people of counted rows by their finest cells."""
    with connection.cursor() as cursor:
        cursor.execute(GATHERED.format(rows=rows), params)
        found = {(c, s, p, k): _set_of(keys) for c, s, p, k, keys in cursor.fetchall()}
    if not all(_is_finest(measure, cell) for cell in found):
        raise ValueError(f"{measure.key} has rows without a program or category of theirs")
    return found


def _set_of(keys: bytes | memoryview) -> BitMap:
    """From keys of four bytes each, the highest first, as int4send writes them."""
    numbers = array("I", bytes(keys))
    if sys.byteorder == "little":
        numbers.byteswap()
    return BitMap(numbers)


def _held(measure: Measure, years: set[tuple[str, str]]) -> Sets:
    counties, spans = zip(*sorted(years), strict=True)
    asked: dict[str, Any] = {"measure": measure.key}
    asked |= {"counties": list(counties), "years": list(spans)}
    with connection.cursor() as cursor:
        cursor.execute(HELD, asked)
        return {(c, s, p, k): opened(people) for c, s, p, k, people in cursor.fetchall()}


def _margins(measure: Measure, changed: Iterable[Cell], held: Sets) -> Sets:
    """The wider sets of what changed: a month's from its finest, a year's from its months'.

    Which set is a finest one the declaration says, not its key: a month's whole set names
    neither program nor category, and taken for a part of its year it would keep who left.
    """
    finest = [cell for cell in held if _is_finest(measure, cell)]
    wanted = {margin for cell in changed for margin in _month_margins(cell)}
    parts = ((margin, cell) for cell in finest for margin in _month_margins(cell))
    months = _unions(wanted, parts, held)
    by_month = held | months
    wanted = {margin for cell in changed for margin in _year_margins(cell)}
    parts = ((_of_year(cell), cell) for cell in by_month if len(cell[1]) == MONTH)
    return months | _unions(wanted, parts, by_month)


def _unions(wanted: Iterable[Cell], parts: Iterable[tuple[Cell, Cell]], sets: Sets) -> Sets:
    """Each wanted set as the union of its parts, which come as (set, part)."""
    found: dict[Cell, list[BitMap]] = {cell: [BitMap()] for cell in wanted}
    for margin, part in parts:
        if margin in found:
            found[margin].append(sets[part])
    return {margin: BitMap.union(*each) for margin, each in found.items()}


def _is_finest(measure: Measure, cell: Cell) -> bool:
    _county, span, program, category = cell
    splits = (measure.has_programs, measure.has_categories)
    return len(span) == MONTH and splits == (program != "", category != "")


def _month_margins(finest: Cell) -> set[Cell]:
    county, span, program, category = finest
    splits = {(program, ""), ("", category), ("", "")} - {(program, category)}
    return {(county, span, *split) for split in splits}


def _year_margins(finest: Cell) -> set[Cell]:
    county, span, program, category = finest
    splits = {(program, ""), ("", category), ("", "")}
    return {(county, span[:4], *split) for split in splits}


def _of_year(cell: Cell) -> Cell:
    county, span, program, category = cell
    return (county, span[:4], program, category)


def _write(measure: Measure, sets: Sets) -> None:
    """In the order of the sets' keys, some at a time: one statement would hold them all as text."""
    cells = sorted(sets, key=lambda cell: (cell[2], cell[3], cell[1], cell[0]))
    with connection.cursor() as cursor:
        for first in range(0, len(cells), AT_ONCE):
            some = cells[first : first + AT_ONCE]
            columns: dict[str, Any] = {"measure": measure.key}
            for place, name in enumerate(("county_code", "span", "program", "category")):
                columns[name] = [cell[place] for cell in some]
            columns["people"] = [sets[cell].serialize() for cell in some]
            columns["size"] = [len(sets[cell]) for cell in some]
            cursor.execute(WRITTEN, columns)


def differences(
    measure: Measure, county: str | None = None, month: datetime.date | None = None
) -> list[Difference]:
    """Sets that are not what the rows say: of all counties, or of one, or of its one month."""
    found: list[Difference] = []
    for each in [county] if county else _counties(measure):
        found += _told(measure, *_both(measure, each, month))
    return found


def rebuild(measure: Measure) -> list[Difference]:
    """Count everything anew, a county at a time, and put right what differs; returns what did."""
    found: list[Difference] = []
    for county in _counties(measure):
        with transaction.atomic():
            hold(county)
            wanted, kept = _both(measure, county, None)
            found += _told(measure, wanted, kept)
            _write(measure, {c: wanted.get(c, BitMap()) for c in _astray(wanted, kept)})
    return found


def _told(measure: Measure, wanted: Sets, kept: Sets) -> list[Difference]:
    return [
        Difference(measure.key, *cell, len(kept.get(cell, ())), len(wanted.get(cell, ())))
        for cell in _astray(wanted, kept)
    ]


def _both(measure: Measure, county: str, month: datetime.date | None) -> tuple[Sets, Sets]:
    """The sets of a county as the rows say, and as they are kept; of one month its sets only."""
    where = f"{measure.county} = %(county)s"
    asked: dict[str, Any] = {"county": county}
    if month:
        asked |= {"first": month, "last": Period.month_of(month).last_day}
        where += f" AND {measure.day} BETWEEN %(first)s AND %(last)s"
    rows = ROWS.format(counted=measure.counted(measure.table, where))
    finest = _gathered(measure, rows, asked)
    wanted = finest | _margins(measure, finest, finest)
    kept = PeopleSet.objects.filter(measure=measure.key, county_code=county)
    if month:
        kept = kept.filter(span=f"{month:%Y-%m}")
        wanted = {cell: people for cell, people in wanted.items() if len(cell[1]) == MONTH}
    rows_kept = kept.values_list("county_code", "span", "program", "category", "people")
    return wanted, {(c, s, p, k): opened(people) for c, s, p, k, people in rows_kept}


def _astray(wanted: Sets, kept: Sets) -> list[Cell]:
    nobody = BitMap()
    cells = wanted.keys() | kept.keys()
    return sorted(c for c in cells if wanted.get(c, nobody) != kept.get(c, nobody))


def _counties(measure: Measure) -> list[str]:
    named = measure.over(COUNTING, f"SELECT {measure.county} {measure.source(measure.table)}")
    with connection.cursor() as cursor:
        cursor.execute(
            f"{named} UNION SELECT county_code FROM exchange_peopleset WHERE measure = %(measure)s"
            " ORDER BY 1",
            {"measure": measure.key},
        )
        return [county for (county,) in cursor.fetchall()]
