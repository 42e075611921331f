"""Acts upon the register of people."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from core import audit
from core.access import Permission, scope_of
from core.models import User
from core.sealing import unseal
from exchange.jobs import JobRefused
from talent.imports import ID_NUMBER_FIELD, PHONE_FIELD
from talent.models import Person
from talent.names import fold_names, name_initials_many

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("number revealed"), gettext_noop("name corrected"))

NEW_PEOPLE = """
INSERT INTO talent_person (
    id_number_index, id_number_sealed, id_number_mask, name, name_key, name_initials, sex,
    birth_date, ethnicity, education, phone_sealed, phone_mask, phone_index, county_code,
    region_code, version, created_at)
SELECT DISTINCT ON (id_index)
    id_index, id_sealed, id_mask, name, name_key, coalesce(name_initials, ''),
    coalesce(sex, CASE WHEN substr(id_mask, 17, 1)::int %% 2 = 1 THEN '1' ELSE '2' END),
    birth_date, coalesce(ethnicity, ''), coalesce(education, ''), phone_sealed,
    coalesce(phone_mask, ''), phone_index, %(county)s, {home}, 1, now()
FROM incoming WHERE person_id IS NULL ORDER BY id_index, sheet, line
ON CONFLICT (id_number_index) DO NOTHING
"""
# What is sealed is staged only where the register does not have it, as it was when the row was judged.
OUTDATED = """
SELECT count(*) FROM incoming LEFT JOIN talent_person AS person ON person.id = person_id
WHERE person_id IS NOT NULL AND (person.id IS NULL OR incoming.phone_sealed IS NULL
    AND incoming.phone_index IS NOT NULL AND incoming.phone_index IS DISTINCT FROM person.phone_index)
"""
NOW_KNOWN = """
UPDATE incoming SET person_id = person.id FROM talent_person AS person
WHERE incoming.person_id IS NULL AND person.id_number_index = incoming.id_index
"""
REGISTER_CHANGED = gettext_noop(
    "%(number)s people of these rows were changed in the register since the rows were checked, so "
    "nothing was written. Have them checked again."
)
# Only people who have no household yet: an open membership is not closed by a roster.
WITHOUT_HOUSEHOLD = """
DROP TABLE IF EXISTS joining;
CREATE TEMP TABLE joining ON COMMIT DROP AS
SELECT person_id, household_code, relation, incoming.region_code, start_date, sheet, line
FROM incoming JOIN talent_person AS person ON person.id = person_id
WHERE household_code IS NOT NULL AND person.county_code = %(county)s AND NOT EXISTS (
    SELECT FROM talent_householdmembership AS membership
    WHERE membership.person_id = person.id AND membership.valid_to IS NULL)
"""
NEW_HOUSEHOLDS = """
INSERT INTO talent_household (code, county_code, region_code, created_at)
SELECT DISTINCT ON (household_code) household_code, %(county)s, region_code, now()
FROM joining ORDER BY household_code, sheet, line
ON CONFLICT (county_code, code) DO NOTHING
"""
NEW_MEMBERSHIPS = """
INSERT INTO talent_householdmembership (
    household_id, person_id, relation, valid_from, created_at)
SELECT DISTINCT ON (person_id)
    household.id, person_id, coalesce(relation, 'other'), coalesce(start_date, %(today)s), now()
FROM joining JOIN talent_household AS household
    ON household.county_code = %(county)s AND household.code = household_code
ORDER BY person_id, start_date, sheet, line
ON CONFLICT (person_id) WHERE valid_to IS NULL DO NOTHING
"""


def register_people(cursor: Any, county_code: str) -> None:
    """Register the people and households of the table `incoming` that are not known yet.

    Who is known stays as registered: a roster changes nobody. Afterwards every row has
    its `person_id`. Runs in the caller's transaction; raises JobRefused where the
    register is no longer as it was when the rows were judged.
    """
    _register(cursor, county_code, home="region_code")
    params = {"county": county_code, "today": timezone.localdate()}
    for statement in (WITHOUT_HOUSEHOLD, NEW_HOUSEHOLDS, NEW_MEMBERSHIPS):
        cursor.execute(statement, params)


def register_who_serves(cursor: Any, county_code: str) -> None:
    """Register the people of the table `incoming` who are not known yet and come to serve.

    The county keeps them; where they are at home is not told. Who is known stays as
    registered. Runs in the caller's transaction; raises JobRefused as `register_people` does.
    """
    _register(cursor, county_code, home="%(county)s")


def _register(cursor: Any, county_code: str, *, home: str) -> None:
    cursor.execute(OUTDATED)
    (number,) = cursor.fetchone()
    if number:
        raise JobRefused(REGISTER_CHANGED, number=number)
    cursor.execute(NEW_PEOPLE.format(home=home), {"county": county_code})
    cursor.execute(NOW_KNOWN)


@transaction.atomic
def correct_name(*, person: Person, name: str, by: User) -> None:
    """Register a person under the right name; what it was stays in the audit trail."""
    was, person.name = person.name, name
    (person.name_key,) = fold_names([name])
    (person.name_initials,) = name_initials_many([name])
    person.version += 1
    person.save(update_fields=["name", "name_key", "name_initials", "version"])
    audit.record(
        "talent.name.corrected",
        by=by,
        target=person,
        region_code=person.county_code,
        changes={"from": was, "to": name},
    )


@transaction.atomic
def reveal(*, person: Person, field: str, reason: str, region_code: str, by: User) -> str:
    """A person's number in full, 'id_number' or 'phone'; that it was looked at is written down.

    `region_code` is where the user's business with the person lies: where the person
    lives, or where a row of the ledger happened. Raises PermissionError without the
    right to see numbers there.
    """
    if not scope_of(by, Permission.SEE_PERSONAL_NUMBERS).covers(region_code):
        raise PermissionError
    sealed, name = {
        "id_number": (person.id_number_sealed, ID_NUMBER_FIELD),
        "phone": (person.phone_sealed, PHONE_FIELD),
    }[field]
    audit.record(
        "talent.number.revealed",
        by=by,
        target=person,
        region_code=region_code,
        changes={"field": field, "reason": reason},
    )
    return unseal(sealed, name) if sealed else ""
