"""Rows of the ledger change: each change with the row as it stood before, and the figures with it.

All of it runs in the transaction of an act that holds the county and has judged the rows.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.db.models import F

from core.models import User
from exchange import rollups
from exchange.imports.kinds import Incoming
from talent.services import register_people
from training import enrolling
from training.chapters import LEDGER
from training.models import Enrollment
from training.noting import Change, note_before
from training.services import facts_of

EDITED = """
DROP TABLE IF EXISTS edited;
CREATE TEMP TABLE edited ON COMMIT DROP AS
SELECT * FROM unnest(%s::bigint[], %s::int[]) AS edited (row_key, line)
"""
MADE = f"""
DROP TABLE IF EXISTS made;
CREATE TEMP TABLE made ON COMMIT DROP AS
SELECT row_key, person.id AS person_id, taught.id AS class_id, incoming.region_code,
    coalesce(group_name, '') AS group_name, coalesce(household_code, '') AS household_code,
    coalesce(relation, '') AS relation, category,
    coalesce(incoming.education, '') AS education, coalesce(incoming.level, '') AS level,
    start_date, incoming.end_date, incoming.hours, coalesce(remark, '') AS remark,
    {enrolling.AS_WRITTEN} AS as_written
{enrolling.PEOPLE_AND_CLASSES}
JOIN edited ON edited.line = incoming.line
"""
# Two rows may change places: for a moment neither is anybody's in any class.
SET_FREE = """
UPDATE training_enrollment AS enrollment SET state = 'withdrawn' FROM made
WHERE enrollment.id = row_key
    AND (enrollment.person_id, enrollment.training_class_id) <> (made.person_id, made.class_id)
"""
# An address in one piece is no column of a desk; it stays while the place does.
CHANGED = """
UPDATE training_enrollment AS enrollment SET
    state = 'active', person_id = made.person_id, training_class_id = made.class_id,
    region_code = made.region_code, group_name = made.group_name,
    household_code = made.household_code, relation = made.relation, category = made.category,
    education = made.education, level = made.level, start_date = made.start_date,
    end_date = made.end_date, hours = made.hours, remark = made.remark,
    as_written = CASE
        WHEN enrollment.as_written ? 'address'
            AND (enrollment.region_code, enrollment.group_name) = (made.region_code, made.group_name)
        THEN coalesce(made.as_written, '{}')
            || jsonb_build_object('address', enrollment.as_written -> 'address')
        ELSE made.as_written END,
    version = enrollment.version + 1
FROM made WHERE enrollment.id = row_key
"""
KEYS_OF_LINES = f"""
SELECT incoming.line, enrollment.id
{enrolling.PEOPLE_AND_CLASSES}
JOIN training_enrollment AS enrollment
    ON enrollment.training_class_id = taught.id AND enrollment.person_id = person.id
    AND enrollment.state = 'active'
"""


def change_many(
    incoming: Incoming, changes: Sequence[Change], *, by: User, correction: int | None = None
) -> None:
    """Let rows of the ledger be as the table `incoming` has them; their program stays."""
    keys = [change.key for change in changes]
    note_before(LEDGER, incoming.region_code, changes, by=by, correction=correction)
    facts = facts_of(incoming, by)
    with connection.cursor() as cursor, rollups.counting(Enrollment, keys):
        register_people(cursor, incoming.region_code)
        for statement in enrolling.CLASSES_KNOWN:
            cursor.execute(statement, facts)
        cursor.execute(EDITED, [keys, [change.line for change in changes]])
        cursor.execute(MADE, facts)
        cursor.execute(SET_FREE)
        cursor.execute(CHANGED)


def withdraw_many(
    county: str, changes: Sequence[Change], *, by: User, correction: int | None = None
) -> None:
    """Take rows out of the ledger; they stay on file as withdrawn."""
    keys = [change.key for change in changes]
    note_before(LEDGER, county, changes, by=by, correction=correction)
    with rollups.counting(Enrollment, keys):
        rows = Enrollment.objects.filter(pk__in=keys)
        rows.update(state=Enrollment.State.WITHDRAWN, version=F("version") + 1)


def keys_of_lines(incoming: Incoming) -> dict[int, int]:
    """The keys of the rows that have just been entered, by their lines in `incoming`."""
    with connection.cursor() as cursor:
        cursor.execute(KEYS_OF_LINES, {"county": incoming.region_code})
        return dict(cursor.fetchall())
