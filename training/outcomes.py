"""What came of a class stands at the row of the ledger as a copy of its newest facts.

The copies are not part of what a closed month keeps: the facts are, each in its own month.
They move figures, though, so that there is one way to write them.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import connection

from exchange import rollups
from exchange.periods import Period
from talent.querysets import numbers_param
from training.models import Enrollment

COPIES = "result, score, certificate_number, subsidy, employment"
FACTS = f"""
SELECT enrollment.id, {", ".join(f"enrollment.{name}" for name in COPIES.split(", "))},
    coalesce(exam.result, 'unassessed') AS new_result, exam.score AS new_score,
    coalesce(certificate.number, '') AS new_number, claimed.amount AS new_subsidy,
    coalesce(asked.employment, 'unknown') AS new_employment
FROM training_enrollment AS enrollment
LEFT JOIN LATERAL (
    SELECT CASE result WHEN 'absent' THEN 'unassessed' ELSE result END AS result, score
    FROM training_examentry WHERE enrollment_id = enrollment.id AND resulted_on IS NOT NULL
    ORDER BY resulted_on DESC, id DESC LIMIT 1
) AS exam ON true
LEFT JOIN LATERAL (
    SELECT number FROM talent_credential
    WHERE enrollment_key = enrollment.id AND state = 'valid'
    ORDER BY issued_on DESC, id DESC LIMIT 1
) AS certificate ON true
LEFT JOIN LATERAL (
    SELECT sum(amount) AS amount FROM training_claimline
    WHERE enrollment_id = enrollment.id AND approved_on IS NOT NULL
) AS claimed ON true
LEFT JOIN LATERAL (
    SELECT employment FROM training_followup WHERE enrollment_id = enrollment.id
    ORDER BY visited_on DESC, id DESC LIMIT 1
) AS asked ON true
"""
ASTRAY = f"""
SELECT * FROM ({FACTS} WHERE %s) AS facts WHERE ({COPIES}) IS DISTINCT FROM
    (new_result, new_score, new_number, new_subsidy, new_employment)
"""
OF_KEYS = "enrollment.id = ANY (string_to_array(%(keys)s, ',')::bigint[])"
OF_MONTH = (
    "enrollment.county_code = %(county)s AND enrollment.start_date >= %(first)s"
    " AND enrollment.start_date <= %(last)s"
)
FACTS_ASTRAY = f"CREATE TEMP TABLE astray ON COMMIT DROP AS {ASTRAY % OF_KEYS}"
COPIED = f"""
UPDATE training_enrollment AS enrollment SET ({COPIES}) =
    (new_result, new_score, new_number, new_subsidy, new_employment)
FROM astray WHERE astray.id = enrollment.id
"""


def copy_outcomes(keys: Iterable[int]) -> None:
    """Let rows of the ledger say what their newest facts say; the figures follow.

    Newest is the result, the certificate still valid and the employment of the latest day; the
    subsidy is what was approved. Runs in the transaction of the act that wrote the facts, which
    holds the county. The version of a row stays: what is copied is no edit of it.
    """
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS astray")
        cursor.execute(FACTS_ASTRAY, {"keys": numbers_param(keys)})
        cursor.execute("SELECT id FROM astray ORDER BY id")
        changed = [key for (key,) in cursor.fetchall()]
        if changed:
            with rollups.counting(Enrollment, changed):
                cursor.execute(COPIED)


def astray(county_code: str, month: datetime.date) -> list[int]:
    """The rows of a month, by its first day, that say otherwise than their newest facts."""
    period = Period.month_of(month)
    asked: dict[str, Any] = {"county": county_code}
    asked |= {"first": period.first_day, "last": period.last_day}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM ({ASTRAY % OF_MONTH}) AS found ORDER BY id", asked)
        return [key for (key,) in cursor.fetchall()]
