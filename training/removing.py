"""What goes when a training roster is taken back: its rows, and what only they brought with them."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from exchange.imports.removal import Part, Removal
from exchange.submissions.closing import HOLD_COUNTY
from talent.models import Household, HouseholdMembership, Person
from training.models import Enrollment, Institution, Occupation, TrainingClass

ROWS_WITHDRAWN = gettext_noop(
    "%(number)s rows of this import were withdrawn since. Enter a correction in the ledger instead."
)
ROWS_CHANGED = gettext_noop(
    "%(number)s rows of this import were changed since, and the changes would be lost. "
    "Enter a correction in the ledger instead."
)
WERE_KNOWN = gettext_noop(
    "%(number)s institutions of this import were on file before it. Correct them by another list "
    "instead."
)
# All that one writing registers bears its moment; with rows mended there were several.
WRITTEN_AT = "SELECT created_at FROM training_enrollment WHERE import_batch_id = %(batch)s"
REGISTERED = f"county_code = %(county)s AND created_at IN ({WRITTEN_AT})"
# A household that another roster names for the person too stays the person's.
MEMBERS_BY_THIS_ROSTER = f"""
created_at IN ({WRITTEN_AT}) AND valid_to IS NULL AND household_id IN (
    SELECT id FROM talent_household WHERE county_code = %(county)s
) AND NOT EXISTS (
    SELECT FROM training_enrollment AS other
    JOIN talent_household AS named
        ON named.county_code = other.county_code AND named.code = other.household_code
    WHERE other.person_id = talent_householdmembership.person_id
        AND named.id = talent_householdmembership.household_id
        AND other.import_batch_id IS DISTINCT FROM %(batch)s
)
"""
REMOVAL = Removal(
    parts=(
        Part(Enrollment, "import_batch_id = %(batch)s"),
        Part(TrainingClass, REGISTERED),
        Part(Institution, REGISTERED + " AND key = ''"),
        Part(Occupation, f"created_at IN ({WRITTEN_AT}) AND code = ''"),
        Part(HouseholdMembership, MEMBERS_BY_THIS_ROSTER),
        Part(Household, REGISTERED),
        Part(Person, REGISTERED + " AND version = 1"),
    ),
    touched=(("state <> 'active'", ROWS_WITHDRAWN), ("version <> 1", ROWS_CHANGED)),
    lock=HOLD_COUNTY,
)
INSTITUTIONS_REMOVAL = Removal(
    parts=(Part(Institution, "import_batch_id = %(batch)s"),),
    touched=(
        (
            "created_at IS NULL OR created_at < "
            "(SELECT written_at FROM exchange_importbatch WHERE id = import_batch_id)",
            WERE_KNOWN,
        ),
    ),
    lock=HOLD_COUNTY,
)
