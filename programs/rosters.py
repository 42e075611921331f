"""Acts that a roster brings: many rows at once, within the transaction of its import."""

from __future__ import annotations

from django.db import connection

from core.models import User
from exchange.imports.kinds import Incoming
from exchange.jobs import JobRefused
from programs.models import Quota
from programs.services import CHANGED, QuotaTrouble, distribute

PARENTS_CHANGED = """
SELECT quota.version <> judged.version
FROM programs_quota AS quota
JOIN (SELECT parent, min(version) AS version FROM incoming GROUP BY parent) AS judged
    ON judged.parent = quota.id
ORDER BY quota.id FOR UPDATE OF quota
"""
# What shrinks goes first, so that it can be given to another.
QUOTAS_GIVEN = """
SELECT parent.id, coalesce(apart, '') = 'yes', incoming.document_number, incoming.region_code,
    incoming.amount
FROM incoming JOIN programs_quota AS parent ON parent.id = incoming.parent
LEFT JOIN programs_quota AS quota
    ON quota.parent_id = parent.id AND quota.region_code = incoming.region_code
    AND quota.listed_apart = (parent.listed_apart OR coalesce(apart, '') = 'yes')
ORDER BY parent.id, incoming.amount - coalesce(quota.amount, 0), incoming.region_code
"""
QUOTAS_NAME_THEIR_LINE = """
UPDATE programs_quota AS quota SET import_batch_id = %(batch)s, sheet = incoming.sheet,
    line = incoming.line
FROM incoming JOIN programs_quota AS parent ON parent.id = incoming.parent
WHERE quota.parent_id = parent.id AND quota.region_code = incoming.region_code
    AND quota.listed_apart = (parent.listed_apart OR coalesce(apart, '') = 'yes')
"""


def hand_down_many(incoming: Incoming, *, by: User | None) -> int:
    """Hand down the quotas of the table `incoming`; returns how many rows it has.

    Each is drawn from its parent by the conditional UPDATE that every other way uses. A
    parent that was changed since the file was judged refuses the whole file: raises
    JobRefused with the sentence.
    """
    with connection.cursor() as cursor:
        cursor.execute(PARENTS_CHANGED)
        if any(changed for (changed,) in cursor.fetchall()):
            raise JobRefused(CHANGED)
        cursor.execute(QUOTAS_GIVEN)
        given = cursor.fetchall()
        for row in given:
            _hand_down(*row, by=by)
        batch = incoming.batch
        cursor.execute(QUOTAS_NAME_THEIR_LINE, {"batch": batch.pk if batch else None})
    return len(given)


def _hand_down(
    parent: int,
    apart: bool,
    document_number: str,
    region_code: str,
    amount: int,
    *,
    by: User | None,
) -> None:
    try:
        distribute(
            parent=Quota.objects.get(pk=parent),
            amounts={region_code: amount},
            document_number=document_number,
            listed_apart=apart,
            by=by,
        )
    except QuotaTrouble as trouble:
        raise JobRefused(trouble.sentence, **trouble.params) from trouble
