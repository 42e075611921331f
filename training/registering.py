"""Acts upon the list of training institutions."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from core import audit
from core.models import User
from exchange.imports.kinds import Incoming
from exchange.submissions.closing import HOLD_COUNTY

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("institutions listed"),)

# A code is filled in, never changed, and only while it is nobody else's. An empty cell changes
# nothing.
COMPLETED = """
UPDATE training_institution AS institution SET
    key = CASE
        WHEN institution.key <> '' OR incoming.key IS NULL OR EXISTS (
            SELECT FROM training_institution AS other
            WHERE other.county_code = %(county)s AND other.key = incoming.key)
        THEN institution.key ELSE incoming.key END,
    address = coalesce(incoming.address, institution.address),
    licence_until = coalesce(incoming.licence_until, institution.licence_until)
FROM incoming
WHERE institution.county_code = %(county)s AND institution.name = incoming.name
    AND (incoming.key <> institution.key
        OR incoming.address <> institution.address
        OR incoming.licence_until IS DISTINCT FROM institution.licence_until
            AND incoming.licence_until IS NOT NULL)
"""
LISTED = """
INSERT INTO training_institution (county_code, name, key, address, licence_until, created_at)
SELECT %(county)s, name, coalesce(key, ''), coalesce(address, ''), licence_until, now()
FROM incoming ORDER BY sheet, line
ON CONFLICT DO NOTHING
"""
NAMED_BY_LINE = """
UPDATE training_institution AS institution SET
    import_batch_id = %(batch)s, sheet = incoming.sheet, line = incoming.line
FROM incoming
WHERE institution.county_code = %(county)s AND institution.name = incoming.name
"""


@transaction.atomic
def list_institutions(incoming: Incoming, *, by: User | None) -> int:
    """Register the institutions of the table `incoming`, complete those that are known.

    Returns how many of them are on file now.
    """
    batch = incoming.batch
    facts = {"county": incoming.region_code, "batch": batch.pk if batch else None}
    with connection.cursor() as cursor:
        cursor.execute(HOLD_COUNTY, facts)
        cursor.execute(COMPLETED, facts)
        changed = cursor.rowcount
        cursor.execute(LISTED, facts)
        listed = cursor.rowcount
        cursor.execute(NAMED_BY_LINE, facts)
        on_file = cursor.rowcount
    audit.record(
        "training.institutions.listed",
        by=by,
        target=batch,
        region_code=incoming.region_code,
        changes={"listed": listed, "changed": changed},
    )
    return int(on_file)
