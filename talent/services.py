"""Acts upon the register of people."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from core import audit
from core.access import Permission, scope_of
from core.models import User
from core.sealing import unseal
from talent.imports import ID_NUMBER_FIELD, PHONE_FIELD
from talent.models import Person

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("number revealed"),)

NEW_PEOPLE = """
INSERT INTO talent_person (
    id_number_index, id_number_sealed, id_number_mask, name, name_key, name_initials, sex,
    birth_date, ethnicity, education, phone_sealed, phone_mask, county_code, region_code,
    version, created_at)
SELECT DISTINCT ON (id_index)
    id_index, id_sealed, id_mask, name, name_key, coalesce(name_initials, ''),
    coalesce(sex, CASE WHEN substr(id_mask, 17, 1)::int %% 2 = 1 THEN '1' ELSE '2' END),
    birth_date, coalesce(ethnicity, ''), coalesce(education, ''), phone_sealed,
    coalesce(phone_mask, ''), %(county)s, {home}, 1, now()
FROM incoming ORDER BY id_index, sheet, line
ON CONFLICT (id_number_index) DO NOTHING
"""
NEW_HOUSEHOLDS = """
INSERT INTO talent_household (code, county_code, region_code, created_at)
SELECT DISTINCT ON (household_code) household_code, %(county)s, region_code, now()
FROM incoming WHERE household_code IS NOT NULL ORDER BY household_code, sheet, line
ON CONFLICT (county_code, code) DO NOTHING
"""
# Only people who have no household yet: an open membership is not closed by a roster.
NEW_MEMBERSHIPS = """
INSERT INTO talent_householdmembership (
    household_id, person_id, relation, valid_from, created_at)
SELECT DISTINCT ON (person.id)
    household.id, person.id, coalesce(relation, 'other'),
    coalesce(start_date, current_date), now()
FROM incoming
JOIN talent_person AS person ON person.id_number_index = incoming.id_index
JOIN talent_household AS household
    ON household.county_code = %(county)s AND household.code = incoming.household_code
WHERE person.county_code = %(county)s
ORDER BY person.id, start_date, sheet, line
ON CONFLICT (person_id) WHERE valid_to IS NULL DO NOTHING
"""


def register_people(cursor: Any, county_code: str) -> None:
    """Register the people and households of the table `incoming` that are not known yet.

    Who is known stays as registered: a roster changes nobody. Runs in the caller's
    transaction.
    """
    new_people = NEW_PEOPLE.format(home="region_code")
    for statement in (new_people, NEW_HOUSEHOLDS, NEW_MEMBERSHIPS):
        cursor.execute(statement, {"county": county_code})


def register_who_serves(cursor: Any, county_code: str) -> None:
    """Register the people of the table `incoming` who are not known yet and come to serve.

    The county keeps them; where they are at home is not told. Who is known stays as
    registered. Runs in the caller's transaction.
    """
    cursor.execute(NEW_PEOPLE.format(home="%(county)s"), {"county": county_code})


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
