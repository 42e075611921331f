"""Acts upon the ledger. Written for many rows and called with one: there is one write path."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from core import audit
from core.models import User
from exchange import rollups
from exchange.imports.kinds import Incoming
from exchange.submissions.closing import HOLD_COUNTY
from talent.services import register_people
from training import enrolling
from training.models import Enrollment

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("enrollment entered"),)


@transaction.atomic
def enroll_many(incoming: Incoming, *, by: User | None) -> int:
    """Enroll the clean rows of the temporary table `incoming`; returns how many are new.

    Registers people, households, institutions, occupations and classes that are not
    known yet, changes none that are, and adds to the rollups: all or nothing. A row
    whose person is in the class already is passed over. `incoming.options` names the
    program.
    """
    written = enter_rows(incoming, by=by)
    audit.record(
        "training.enrollment.entered",
        by=by,
        target=incoming.batch,
        region_code=incoming.region_code,
        changes={"rows": written, "program": incoming.options["program"]},
    )
    return written


def enter_rows(incoming: Incoming, *, by: User | None) -> int:
    """What `enroll_many` does, within the caller's transaction and under the caller's audit entry."""
    facts = facts_of(incoming, by)
    with connection.cursor() as cursor:
        cursor.execute(HOLD_COUNTY, facts)
        cursor.execute(enrolling.ROOM_TO_SORT)
        register_people(cursor, incoming.region_code)
        for statement in enrolling.STATEMENTS:
            cursor.execute(statement, facts)
        cursor.execute("SELECT count(*) FROM enrolled")
        (written,) = cursor.fetchone()
        refresh_statistics(cursor, written)
    rollups.move(Enrollment, came="enrolled")
    return int(written)


def facts_of(incoming: Incoming, by: User | None) -> dict[str, Any]:
    """What the statements of `training.enrolling` are told beside the rows."""
    batch = incoming.batch
    return {
        "county": incoming.region_code,
        "prefecture": incoming.region_code[:4],
        "program": incoming.options["program"],
        "batch": batch.pk if batch else None,
        "user": by.pk if by else None,
    }


def refresh_statistics(cursor: Any, written: int) -> None:
    """Let the planner know of a table that has grown much: it would look up row by row."""
    cursor.execute(enrolling.HAS_GROWN, {"written": written})
    if cursor.fetchone()[0]:
        cursor.execute("ANALYZE talent_person, training_trainingclass, training_enrollment")
