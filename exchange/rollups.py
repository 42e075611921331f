"""Figures kept in the transaction of the act: amounts by signed deltas, people as sets.

A measure's cells (county, month,
program, category) are changed in the order of their key, so that two acts cannot
lock each other out, and a rebuild from the rows must find no difference.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction
from django.db.models.functions import Now

from core.request_id import current_request_id
from exchange import people_moves
from exchange.expressions import ROW
from exchange.measures import (
    Difference,
    Measure,
    additive,
    all_measures,
    measures_over,
    moved_by,
    of_people,
    settled_keys,
)
from exchange.models import MeasureCount, Rollup

CELL = "measure, county_code, month, program, category"
NOTHING = f"SELECT {CELL}, amount FROM exchange_rollup WHERE false"
NO_ROWS = f"SELECT {CELL}, amount, NULL::bigint AS person_id FROM exchange_rollup WHERE false"
COUNTED_BEFORE, COUNTED_AFTER = "counted_before", "counted_after"
NOTED = "SELECT * FROM {table}"
# What moves a figure of a closed month is written down beside it, with the correction that
# the database was told of, if it is one.
RESTATED = f"""
INSERT INTO exchange_restatement ({CELL}, amount, correction_id, by_id, act, request_id, at)
SELECT {", ".join(f"delta.{name.strip()}" for name in CELL.split(","))}, amount,
    correction.id, correction.decided_by_id,
    CASE WHEN correction.id IS NULL THEN '' ELSE 'exchange.correction.applied' END,
    %(request)s, clock_timestamp()
FROM delta
JOIN exchange_submission AS closed ON closed.county_code = delta.county_code
    AND closed.month = delta.month AND (closed.state IN ('submitted', 'accepted', 'locked')
        OR closed.state = 'reopened' AND closed.open_until < now())
LEFT JOIN exchange_correction AS correction
    ON correction.id::text = current_setting('portal.correction', true)
WHERE delta.measure = ANY(%(settled)s)
"""
MOVED = f"""
WITH delta AS MATERIALIZED (
    SELECT {CELL}, sum(amount) AS amount FROM ({{sides}}) AS moved
    WHERE measure = ANY(%(additive)s) GROUP BY {CELL} HAVING sum(amount) <> 0
), kept AS (
    INSERT INTO exchange_rollup AS kept ({CELL}, amount, as_of)
    SELECT {CELL}, amount, clock_timestamp() FROM delta ORDER BY {CELL}
    ON CONFLICT ({CELL}) DO UPDATE SET
        amount = kept.amount + excluded.amount, as_of = excluded.as_of
){RESTATED}
"""
PEOPLE_RESTATED = f"""
WITH delta AS (
    SELECT measure, county_code, to_date(span, 'YYYY-MM') AS month, program, category, amount
    FROM unnest(%(measure)s::text[], %(county)s::text[], %(span)s::text[], %(program)s::text[],
        %(category)s::text[], %(amount)s::int[])
        AS moved (measure, county_code, span, program, category, amount)
){RESTATED}
"""
LOCK = 7_206_511  # any number, the same for all who rebuild


def move(model: type[models.Model], *, came: str = "", gone: str = "") -> None:
    """Move every measure over the model by rows that came and rows that went.

    The tables are shaped like the model's, and the act has written its rows: what `came` holds
    is there, what `gone` holds is not. What reads these rows does not move: nothing reads what
    is new or gone; around a change there is `counting`.
    """
    measures = measures_over(model)
    _move(measures, came=_union(measures, came), gone=_union(measures, gone))


def entered(model: type[models.Model], keys: Collection[int]) -> None:
    """Count rows that an act has just written, by their keys; in its transaction."""
    measures = measures_over(model)
    _note(COUNTED_AFTER, model, measures, keys)
    _move(measures, came=NOTED.format(table=COUNTED_AFTER))


@contextmanager
def counting(model: type[models.Model], keys: Collection[int]) -> Iterator[None]:
    """Around a change of rows: the figures move from what these counted before to what they do.

    So do those of other models whose rows read them. Runs in the act's transaction; does not nest.
    """
    measures = [*measures_over(model), *moved_by(model)]
    _note(COUNTED_BEFORE, model, measures, keys)
    yield
    _note(COUNTED_AFTER, model, measures, keys)
    _move(
        measures,
        came=NOTED.format(table=COUNTED_AFTER),
        gone=NOTED.format(table=COUNTED_BEFORE),
    )


def _note(
    table: str, model: type[models.Model], measures: Sequence[Measure], keys: Collection[int]
) -> None:
    """Keep what these rows count now in a temporary table, a line a row and measure."""
    key = model._meta.pk.column
    rows = " UNION ALL ".join(
        each.counted(each.table, f"{each.moved_by.get(model, f'{ROW}.{key}')} = ANY(%(keys)s)")
        for each in measures
    )
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute(
            f"CREATE TEMP TABLE {table} ON COMMIT DROP AS {rows or NO_ROWS}", {"keys": list(keys)}
        )


def _union(measures: Sequence[Measure], table: str) -> str:
    return " UNION ALL ".join(each.counted(table) for each in measures) if table else ""


def _move(measures: Sequence[Measure], *, came: str = "", gone: str = "") -> None:
    """Move measures by the net: a cell that ends as it began is not touched nor restated.

    Both are SQL for rows as `Measure.counted` gives them.
    """
    sides = " UNION ALL ".join(
        f"SELECT {CELL}, {sign} amount AS amount FROM ({rows}) AS side"
        for rows, sign in ((came, "+"), (gone, "-"))
        if rows
    )
    if not sides:
        return
    asked: dict[str, Any] = {"request": current_request_id(), "settled": settled_keys()}
    asked["additive"] = [each.key for each in measures if not each.is_people]
    with connection.cursor() as cursor:
        cursor.execute(MOVED.format(sides=sides), asked)
    people = [each for each in measures if each.is_people]
    _restate(people_moves.move(people, came=came, gone=gone))


def _restate(moved: Sequence[people_moves.Moved]) -> None:
    """Write down what numbers of people of closed months were moved."""
    settled = settled_keys()
    moved = [each for each in moved if each[0] in settled]
    if not moved:
        return
    names = ("measure", "county", "span", "program", "category", "amount")
    columns = dict(zip(names, map(list, zip(*moved, strict=True)), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            PEOPLE_RESTATED, {**columns, "request": current_request_id(), "settled": settled}
        )


def differences() -> list[Difference]:
    """Cells and sets in which what is kept differs from the rows; none is the only good answer."""
    found = _all_differences(additive())
    return found + [each for m in of_people() for each in people_moves.differences(m)]


def _all_differences(measures: Sequence[Measure]) -> list[Difference]:
    counted = " UNION ALL ".join(each.cells(each.table) for each in measures)
    kept = "(SELECT * FROM exchange_rollup WHERE measure = ANY(%(measures)s))"
    asked = {"measures": [each.key for each in measures]}
    return _differences(kept, counted or NOTHING, "true", asked)


def differences_in(county_code: str, month: datetime.date) -> list[Difference]:
    """Like `differences`, of one county's month."""
    counted = " UNION ALL ".join(m.cells(m.table, f"{m.county} = %(county)s") for m in additive())
    found = _differences(
        "(SELECT * FROM exchange_rollup WHERE county_code = %(county)s)",
        counted or NOTHING,
        "month = %(month)s",
        {"county": county_code, "month": month},
    )
    sets = (people_moves.differences(m, county_code, month) for m in of_people())
    return found + [each for of_measure in sets for each in of_measure]


def _differences(kept: str, counted: str, where: str, params: dict[str, Any]) -> list[Difference]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {CELL}, coalesce(kept.amount, 0), coalesce(counted.amount, 0)"
            f" FROM {kept} AS kept FULL JOIN ({counted}) AS counted USING ({CELL})"
            f" WHERE coalesce(kept.amount, 0) <> coalesce(counted.amount, 0) AND {where}"
            f" ORDER BY {CELL}",
            params,
        )
        return [Difference(*row) for row in cursor.fetchall()]


def rebuild(measures: Sequence[Measure] | None = None) -> list[Difference]:
    """Count measures anew, or all of them, and put right what differs; returns what did.

    The cells are put right in one transaction, the sets in one a county.
    """
    chosen = all_measures() if measures is None else measures
    found = _rebuilt([each for each in chosen if not each.is_people])
    found += [each for m in chosen if m.is_people for each in people_moves.rebuild(m)]
    for measure in chosen:
        counted = {"version": measure.version, "counted_at": Now()}
        MeasureCount.objects.update_or_create(
            measure=measure.key, defaults=counted, create_defaults=counted | {"since": Now()}
        )
    return found


def outdated() -> list[Measure]:
    """Measures whose kept figures are of another version of the declaration, or of none."""
    counted = dict(MeasureCount.objects.values_list("measure", "version"))
    return [each for each in all_measures() if counted.get(each.key) != each.version]


@transaction.atomic
def _rebuilt(measures: Sequence[Measure]) -> list[Difference]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("LOCK TABLE exchange_rollup IN SHARE ROW EXCLUSIVE MODE")
        found = _all_differences(measures)
        for different in found:
            _set(different)
    return found


def _set(different: Difference) -> None:
    Rollup.objects.update_or_create(
        measure=different.measure,
        county_code=different.county_code,
        month=different.month,
        program=different.program,
        category=different.category,
        defaults={"amount": different.counted, "as_of": Now()},
    )
