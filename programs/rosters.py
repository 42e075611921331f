"""Acts that a roster brings: many rows at once, within the transaction of its import."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from core import audit
from core.models import User
from exchange.imports.kinds import Incoming
from exchange.jobs import JobRefused
from exchange.submissions.closing import HOLD_COUNTY
from programs.models import Quota
from programs.services import CHANGED, QuotaTrouble, distribute
from talent.services import register_who_serves

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("postings entered"), gettext_noop("experts listed"))

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


# The look that counts: who judged the file did not hold the county's lock.
POSTED = """
INSERT INTO programs_posting (
    person_id, kind, sending_unit, post, county_code, region_code, start_date, end_date,
    document_number, remark, import_batch_id, sheet, line, entered_by, version, created_at)
SELECT person.id, incoming.kind, incoming.sending_unit, coalesce(incoming.post, ''), %(county)s,
    incoming.region_code, incoming.start_date, incoming.end_date,
    coalesce(incoming.document_number, ''), coalesce(incoming.remark, ''), %(batch)s,
    CASE WHEN %(batch)s IS NOT NULL THEN incoming.sheet END,
    CASE WHEN %(batch)s IS NOT NULL THEN incoming.line END, %(user)s, 1, now()
FROM incoming JOIN talent_person AS person ON person.id_number_index = incoming.id_index
WHERE NOT EXISTS (
    SELECT FROM programs_posting AS other
    WHERE other.person_id = person.id AND other.county_code = %(county)s
        AND other.start_date <= coalesce(incoming.end_date, 'infinity')
        AND incoming.start_date <= coalesce(other.end_date, 'infinity'))
ORDER BY incoming.sheet, incoming.line
"""
EXPERTS_LISTED = """
INSERT INTO programs_expert (
    person_id, team, county_code, unit, title, grade, specialty, start_date,
    import_batch_id, sheet, line, entered_by, version, created_at)
SELECT person.id, incoming.team, %(county)s, incoming.unit, coalesce(incoming.title, ''),
    coalesce(incoming.grade, ''), incoming.specialty, incoming.start_date, %(batch)s,
    CASE WHEN %(batch)s IS NOT NULL THEN incoming.sheet END,
    CASE WHEN %(batch)s IS NOT NULL THEN incoming.line END, %(user)s, 1, now()
FROM incoming JOIN talent_person AS person ON person.id_number_index = incoming.id_index
ORDER BY incoming.sheet, incoming.line
ON CONFLICT (county_code, person_id, team) DO NOTHING
"""


def post_many(incoming: Incoming, *, by: User | None) -> int:
    """Enter the postings of the table `incoming`; returns how many are new.

    A row whose person has been posted in the county for one of its days meanwhile is
    passed over.
    """
    return _enter(POSTED, "programs.postings.entered", incoming, by)


def list_experts(incoming: Incoming, *, by: User | None) -> int:
    """List the experts of the table `incoming`; returns how many are new."""
    return _enter(EXPERTS_LISTED, "programs.experts.listed", incoming, by)


def _enter(statement: str, verb: str, incoming: Incoming, by: User | None) -> int:
    batch = incoming.batch
    facts = {
        "county": incoming.region_code,
        "batch": batch.pk if batch else None,
        "user": by.pk if by else None,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(HOLD_COUNTY, facts)
        register_who_serves(cursor, incoming.region_code)
        cursor.execute(statement, facts)
        written = int(cursor.rowcount)
        audit.record(
            verb,
            by=by,
            target=batch,
            region_code=incoming.region_code,
            changes={"rows": written},
        )
    return written
