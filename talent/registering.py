"""The act of a roster upon the register: who is new is registered, what is known is completed."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from core import audit
from core.models import User
from exchange.imports.kinds import Incoming
from exchange.submissions.closing import HOLD_COUNTY
from talent.models import FILED_POOR_TO
from talent.services import register_people

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("register completed"),)

# What differs, as it was: an empty cell changes nothing, and a less exact home neither.
CHANGED = """
DROP TABLE IF EXISTS changed;
CREATE TEMP TABLE changed ON COMMIT DROP AS
SELECT incoming.sheet, incoming.line, person.id AS person_id, membership.id AS membership_id,
    jsonb_build_object(
        'ethnicity', person.ethnicity, 'education', person.education,
        'studying', person.studying, 'labor_skill', person.labor_skill,
        'phone_sealed', encode(person.phone_sealed, 'hex'), 'phone_mask', person.phone_mask,
        'phone_index', encode(person.phone_index, 'hex'),
        'region_code', person.region_code, 'relation', membership.relation,
        'version', person.version + 1
    ) AS before
FROM incoming
JOIN talent_person AS person ON person.id_number_index = incoming.id_index
LEFT JOIN talent_householdmembership AS membership
    ON membership.person_id = person.id AND membership.valid_to IS NULL
WHERE person.county_code = %(county)s AND (
    incoming.ethnicity <> person.ethnicity OR incoming.education <> person.education
    OR incoming.studying <> person.studying OR incoming.labor_skill <> person.labor_skill
    OR incoming.phone_changed OR incoming.relation <> membership.relation
    OR length(incoming.region_code) > 6
        AND NOT starts_with(person.region_code, incoming.region_code))
"""
PEOPLE_CHANGED = """
UPDATE talent_person AS person SET
    ethnicity = coalesce(incoming.ethnicity, person.ethnicity),
    education = coalesce(incoming.education, person.education),
    studying = coalesce(incoming.studying, person.studying),
    labor_skill = coalesce(incoming.labor_skill, person.labor_skill),
    phone_sealed = CASE WHEN phone_changed THEN incoming.phone_sealed ELSE person.phone_sealed END,
    phone_mask = CASE WHEN phone_changed THEN incoming.phone_mask ELSE person.phone_mask END,
    phone_index = CASE WHEN phone_changed THEN incoming.phone_index ELSE person.phone_index END,
    region_code = CASE
        WHEN length(incoming.region_code) > 6
            AND NOT starts_with(person.region_code, incoming.region_code)
        THEN incoming.region_code ELSE person.region_code END,
    version = person.version + 1
FROM changed JOIN incoming USING (sheet, line) WHERE person.id = changed.person_id
"""
RELATIONS_CHANGED = """
UPDATE talent_householdmembership AS membership SET relation = incoming.relation
FROM changed JOIN incoming USING (sheet, line)
WHERE membership.id = changed.membership_id AND incoming.relation <> membership.relation
"""
NEW_ONES_COMPLETED = """
UPDATE talent_person AS person SET
    studying = coalesce(incoming.studying, ''), labor_skill = coalesce(incoming.labor_skill, '')
FROM incoming
WHERE person.id_number_index = incoming.id_index AND person.created_at = now()
    AND (incoming.studying IS NOT NULL OR incoming.labor_skill IS NOT NULL)
"""
NEW_SPELLS = """
INSERT INTO talent_categoryspell (
    person_id, category, valid_from, valid_to, evidence, created_at)
SELECT person.id, category, category_from,
    CASE WHEN category = 'filed-poor' THEN %(filed_poor_to)s::date END, %(evidence)s, now()
FROM incoming JOIN talent_person AS person ON person.id_number_index = incoming.id_index
WHERE category IS NOT NULL AND person.county_code = %(county)s AND NOT EXISTS (
    SELECT FROM talent_categoryspell AS spell
    WHERE spell.person_id = person.id AND spell.category = incoming.category
        AND (spell.valid_to IS NULL OR spell.valid_to >= incoming.category_from))
ORDER BY incoming.sheet, incoming.line
"""
LINES = """
INSERT INTO talent_registerline (
    person_id, import_batch_id, sheet, line, is_new, before, created_at)
SELECT person.id, %(batch)s, incoming.sheet, incoming.line, person.created_at = now(),
    changed.before, now()
FROM incoming JOIN talent_person AS person ON person.id_number_index = incoming.id_index
LEFT JOIN changed ON changed.sheet = incoming.sheet AND changed.line = incoming.line
WHERE person.county_code = %(county)s
ORDER BY incoming.sheet, incoming.line
"""


@transaction.atomic
def keep_register(incoming: Incoming, *, by: User | None) -> int:
    """Bring the register up to the rows of the table `incoming`, which come with a file.

    New people are registered. Of the county's own, facts that the roster gives otherwise
    are replaced, with a new version, and what they were stays with the line; nobody is
    moved to another county or household. Returns how many rows are on file now.
    """
    batch = incoming.batch
    facts = {
        "county": incoming.region_code,
        "batch": batch.pk if batch else None,
        "filed_poor_to": FILED_POOR_TO,
        "evidence": batch.original_name[:200] if batch else "",
    }
    counts = {}
    with connection.cursor() as cursor:
        cursor.execute(HOLD_COUNTY, facts)
        cursor.execute(CHANGED, facts)
        register_people(cursor, incoming.region_code)
        for name, statement in (
            ("changed", PEOPLE_CHANGED),
            ("relations", RELATIONS_CHANGED),
            ("completed", NEW_ONES_COMPLETED),
            ("categories", NEW_SPELLS),
            ("rows", LINES),
        ):
            cursor.execute(statement, facts)
            counts[name] = int(cursor.rowcount)
        cursor.execute(REGISTERED, facts)
        (counts["registered"],) = cursor.fetchone()
    del counts["completed"]
    audit.record(
        "talent.register.completed",
        by=by,
        target=batch,
        region_code=incoming.region_code,
        changes=counts,
    )
    return counts["rows"]


REGISTERED = """
SELECT count(*) FROM talent_registerline WHERE import_batch_id = %(batch)s AND is_new
"""
