"""What goes when a roster of people and households is taken back, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, models
from django.utils.translation import gettext_noop

from exchange.imports.removal import Part, Removal
from exchange.models import ImportBatch
from exchange.submissions.closing import HOLD_COUNTY
from talent.models import CategorySpell, Household, HouseholdMembership, Person, RegisterLine

PEOPLE_CHANGED = gettext_noop(
    "%(number)s people of this import were changed since, and the changes would be lost. Correct "
    "the register by another roster instead."
)
OWN = "import_batch_id = %(batch)s"
LINES = f"FROM talent_registerline WHERE {OWN}"
WRITTEN_AT = f"created_at IN (SELECT created_at {LINES})"
OF_ITS_PEOPLE = f"{WRITTEN_AT} AND person_id IN (SELECT person_id {LINES})"
CHANGED_SINCE = """
EXISTS (
    SELECT FROM talent_person AS person
    WHERE person.id = person_id AND person.version <>
        CASE WHEN is_new THEN 1 ELSE coalesce((before->>'version')::int, person.version) END)
"""
FACTS_RESTORED = f"""
UPDATE talent_person AS person SET
    ethnicity = before->>'ethnicity', education = before->>'education',
    studying = before->>'studying', labor_skill = before->>'labor_skill',
    phone_sealed = decode(before->>'phone_sealed', 'hex'), phone_mask = before->>'phone_mask',
    phone_index = decode(before->>'phone_index', 'hex'),
    region_code = before->>'region_code', version = person.version + 1
FROM (SELECT person_id, before {LINES} AND before IS NOT NULL) AS line
WHERE person.id = line.person_id
"""
RELATIONS_RESTORED = f"""
UPDATE talent_householdmembership AS membership SET relation = before->>'relation'
FROM (SELECT person_id, before {LINES} AND before->>'relation' IS NOT NULL) AS line
WHERE membership.person_id = line.person_id AND membership.valid_to IS NULL
"""


@dataclass(frozen=True)
class RegisterRemoval(Removal):
    """Who was registered goes; who was known is as before, with one more version."""

    def remove(self, batch: ImportBatch) -> dict[type[models.Model], int]:
        with connection.cursor() as cursor:
            for statement in (FACTS_RESTORED, RELATIONS_RESTORED):
                cursor.execute(statement, {"batch": batch.pk})
        return super().remove(batch)


REGISTER_REMOVAL = RegisterRemoval(
    parts=(
        Part(RegisterLine, OWN),
        Part(CategorySpell, OF_ITS_PEOPLE),
        Part(HouseholdMembership, OF_ITS_PEOPLE),
        Part(Household, f"county_code = %(county)s AND {WRITTEN_AT}"),
        Part(Person, f"id IN (SELECT person_id {LINES} AND is_new)"),
    ),
    touched=((CHANGED_SINCE, PEOPLE_CHANGED),),
    lock=HOLD_COUNTY,
)
