"""Ours: the rows of the ledger that a measure counts, and who of theirs is who of ours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import connection
from django.utils.translation import gettext_noop

from exchange.jobs import JobRefused
from exchange.measures import COUNTING
from exchange.periods import Period
from talent.models import Person
from training.models import Reconciliation
from training.reconciling.sides import Ours, Theirs
from training.rollups import ATTENDANCES as MEASURE

# More rows are not held in memory at once.
MOST_ROWS = 500_000
TOO_MANY = gettext_noop(
    "The ledger has more than %(most)s rows of this region and period. Choose a county or a "
    "shorter period, as the workbook is."
)
TOLD = (
    f"{{row}}.id, {{row}}.person_id, {MEASURE.county}, {MEASURE.place},"
    f" date_trunc('month', {MEASURE.day})::date, {MEASURE.program}, {MEASURE.category},"
    " (SELECT code FROM training_trainingclass WHERE id = {row}.training_class_id)"
)
NAMED = """
SELECT DISTINCT person.id, person.name_key, person.birth_date
FROM unnest(%s::bigint[]) AS ours (id) JOIN talent_person AS person USING (id)
WHERE person.name_key = ANY(%s)
"""


def rows_of(job: Reconciliation, compared: Collection[str]) -> list[Ours]:
    """The rows that are compared, and beside them those of the whole years the period lies in,
    which may explain a line. Raises JobRefused for too many."""
    span = job.span
    wide = Period.between(span.first_day.replace(month=1), span.last_day.replace(month=12, day=31))
    rows = _fetched(job, wide if "month" in compared else span)
    if len(rows) > MOST_ROWS and "month" in compared:
        rows = _fetched(job, span)
    if len(rows) > MOST_ROWS:
        raise JobRefused(TOO_MANY, most=MOST_ROWS)
    return [_ours(job, span, row) for row in rows]


def _fetched(job: Reconciliation, period: Period) -> list[tuple[Any, ...]]:
    bounds, params = MEASURE.bounds(region_code=job.region_code, period=period)
    told = MEASURE.over(COUNTING, TOLD)
    source = MEASURE.source(MEASURE.table, bounds)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {told} {source} LIMIT {MOST_ROWS + 1}", params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _ours(job: Reconciliation, span: Period, row: Sequence[Any]) -> Ours:
    key, person, county, place, month, program, category, class_code = row
    is_then = span.first_day <= month <= span.last_day
    return Ours(
        county=county,
        place=place,
        month=month,
        program=program,
        category=category,
        class_code=class_code,
        counts=is_then and (not job.program or program == job.program),
        key=key,
        person=person,
    )


def identify(theirs: Sequence[Theirs], ours: Iterable[Ours]) -> None:
    """Say of each line who it is: by the number, or by name and date of birth among ours.

    Where two people fit, the village decides; where it does not, both are candidates.
    """
    registered = Person.objects.registered({line.index for line in theirs if line.index})
    for line in theirs:
        known = registered.get(line.index) if line.index else None
        line.person = known.key if known else None
    taken = {line.person for line in theirs if line.person is not None}
    unknown = [line for line in theirs if line.person is None and line.name_key and line.born]
    places: dict[int, set[str]] = defaultdict(set)
    for row in ours:
        places[row.person].add(row.place)
    named = _named(places.keys() - taken, {line.name_key for line in unknown})
    for line in unknown:
        _settle(line, named.get((line.name_key, line.born), []), places)


def _named(people: Iterable[int], names: Collection[str]) -> dict[tuple[Any, ...], list[int]]:
    """People by folded name and date of birth."""
    found: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    if not names:
        return found
    with connection.cursor() as cursor:
        cursor.execute(NAMED, [list(people), sorted(names)])
        for key, name_key, born in cursor.fetchall():
            found[name_key, born].append(key)
    return found


def _settle(line: Theirs, people: list[int], places: dict[int, set[str]]) -> None:
    if len(people) > 1:
        here = [person for person in people if line.place in places[person]]
        people = here if len(here) == 1 else people
    line.by_name = bool(people)
    if len(people) == 1:
        (line.person,) = people
    else:
        line.candidates = tuple(people)
