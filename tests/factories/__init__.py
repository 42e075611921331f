"""Rows for tests, made plainly by the ORM: real places, invented people.

Every function fills in what a test does not care about; what it does care about, it names.
"""

from tests.factories.accounts import an_account, an_office
from tests.factories.figures import figures_world
from tests.factories.places import PLACES, divisions
from tests.factories.plans import a_plan, a_program, a_quota, issued
from tests.factories.training import a_class, a_person, citizen_number, enrolled, settled

__all__ = [
    "PLACES",
    "a_class",
    "a_person",
    "a_plan",
    "a_program",
    "a_quota",
    "an_account",
    "an_office",
    "citizen_number",
    "divisions",
    "enrolled",
    "figures_world",
    "issued",
    "settled",
]
