"""Additive figures, kept by signed deltas in the transaction of the act.

A measure's cells (county, month,
program, category) are changed in the order of their key, so that two acts cannot
lock each other out, and a rebuild from the rows must find no difference.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction
from django.db.models.functions import Now

from core.request_id import current_request_id
from exchange.measures import Measure, additive, measures_over
from exchange.models import Rollup

CELL = "measure, county_code, month, program, category"
NOTHING = f"SELECT {CELL}, amount FROM exchange_rollup WHERE false"
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
"""
LOCK = 7_206_511  # any number, the same for all who rebuild


def move(model: type[models.Model], *, came: str = "", gone: str = "") -> None:
    """Move every measure over the model by what an act changed, in the act's transaction.

    The tables are shaped like the model's: `came` holds rows that are new or as they are now,
    `gone` those that went or as they were before. What comes and goes in the same cell moves
    nothing, so that nothing of a closed month is restated by it.
    """
    sides = [(table, sign) for table, sign in ((came, "+"), (gone, "-")) if table]
    parts = " UNION ALL ".join(
        f"SELECT {CELL}, {sign} amount AS amount FROM ({measure.cells(table)}) AS side"
        for measure in measures_over(model)
        if not measure.is_people
        for table, sign in sides
    )
    if not parts:
        return
    net = f"SELECT {CELL}, sum(amount) AS amount FROM ({parts}) AS moved GROUP BY {CELL}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH delta AS MATERIALIZED ({net} HAVING sum(amount) <> 0), kept AS ("
            f"INSERT INTO exchange_rollup AS kept ({CELL}, amount, as_of)"
            f" SELECT {CELL}, amount, clock_timestamp() FROM delta ORDER BY {CELL}"
            f" ON CONFLICT ({CELL}) DO UPDATE SET amount = kept.amount + excluded.amount,"
            f" as_of = excluded.as_of) {RESTATED}",
            {"request": current_request_id()},
        )


@dataclass(frozen=True)
class Difference:
    """A cell whose kept amount is not what the rows say."""

    measure: str
    county_code: str
    month: Any
    program: str
    category: str
    kept: Any
    counted: Any


def differences() -> list[Difference]:
    """Cells in which the kept rollups differ from the rows; none is the only good answer."""
    return _differences("exchange_rollup", _counted(), "true", {})


def differences_in(county_code: str, month: datetime.date) -> list[Difference]:
    """Like `differences`, of one county's month."""
    counted = " UNION ALL ".join(m.cells(m.table, f"{m.county} = %(county)s") for m in additive())
    return _differences(
        "(SELECT * FROM exchange_rollup WHERE county_code = %(county)s)",
        counted or NOTHING,
        "month = %(month)s",
        {"county": county_code, "month": month},
    )


def _differences(kept: str, counted: str, where: str, params: dict[str, Any]) -> list[Difference]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {CELL}, coalesce(kept.amount, 0), coalesce(counted.amount, 0)"
            f" FROM {kept} AS kept FULL JOIN ({counted}) AS counted USING ({CELL})"
            f" WHERE coalesce(kept.amount, 0) <> coalesce(counted.amount, 0) AND {where}"
            f" ORDER BY {CELL}",
            params or None,
        )
        return [Difference(*row) for row in cursor.fetchall()]


@transaction.atomic
def rebuild() -> list[Difference]:
    """Count everything anew and put right what differs; returns what did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("LOCK TABLE exchange_rollup IN SHARE ROW EXCLUSIVE MODE")
        found = differences()
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


def _counted() -> str:
    return _union(additive()) or NOTHING


def _union(measures: Iterable[Measure]) -> str:
    return " UNION ALL ".join(m.cells(m.table) for m in measures)
