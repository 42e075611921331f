from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any, NamedTuple, Self

from django.db import connection

from core.querysets import RegionScopedQuerySet

# A hundred thousand blind indexes as one parameter: lists of bytes are slow to send.
KEYS = (
    "(SELECT DISTINCT decode(key, 'hex') AS id_number_index"
    " FROM unnest(string_to_array(%s, ',')) AS key) AS keys"
)


def keys_param(indexes: Iterable[bytes]) -> str:
    """The parameter that KEYS reads."""
    return ",".join(map(bytes.hex, indexes))


def numbers_param(numbers: Iterable[int]) -> str:
    """A parameter for `unnest(string_to_array(%s, ',')::bigint[])`."""
    return ",".join(map(str, numbers))


class Registered(NamedTuple):
    """A registered person as a row is compared with one; the index of the phone may be unknown."""

    key: int
    name: str
    name_key: str
    county_code: str
    phone_index: bytes | None


REGISTERED_BY_INDEX = """
SELECT place, id, name, name_key, county_code, phone_index
FROM unnest(string_to_array(%s, ',')) WITH ORDINALITY AS asked (key, place)
JOIN talent_person ON id_number_index = decode(key, 'hex')
"""
CATEGORIES_OF_PEOPLE = """
SELECT person_id, category, valid_from, valid_to
FROM unnest(string_to_array(%s, ',')::bigint[]) AS asked (person_id)
JOIN talent_categoryspell USING (person_id)
JOIN talent_person AS person ON person.id = person_id AND person.county_code = %s
"""
STANDING = (
    "county_code",
    "region_code",
    "ethnicity",
    "education",
    "studying",
    "labor_skill",
    "phone_sealed",
    "household",
    "member_from",
    "relation",
)
STANDING_BY_INDEX = f"""
SELECT id_number_index, person.county_code, person.region_code, ethnicity, education, studying,
    labor_skill, phone_sealed, household.code, membership.valid_from, membership.relation
FROM talent_person AS person
JOIN {KEYS} USING (id_number_index)
LEFT JOIN talent_householdmembership AS membership
    ON membership.person_id = person.id AND membership.valid_to IS NULL
LEFT JOIN talent_household AS household ON household.id = membership.household_id
"""


class HouseholdQuerySet(RegionScopedQuerySet):
    region_column = "county_code"


class CredentialQuerySet(RegionScopedQuerySet):
    """Certificates by the county that entered them."""

    region_column = "county_code"


class PersonQuerySet(RegionScopedQuerySet):
    """People by where they live: access follows the person."""

    region_column = "county_code"

    def registered(self, indexes: Iterable[bytes]) -> dict[bytes, Registered]:
        """Those of these blind indexes who are registered, in whatever county.

        For comparing a row with the register: what is found must not be shown outside
        that county.
        """
        asked = list(indexes)
        with connection.cursor() as cursor:
            cursor.execute(REGISTERED_BY_INDEX, [keys_param(asked)])
            return {
                asked[place - 1]: Registered(key, name, name_key, county, phone and bytes(phone))
                for place, key, name, name_key, county, phone in cursor.fetchall()
            }

    def categories_of(
        self, people: Iterable[int], county_code: str
    ) -> dict[int, list[tuple[str, datetime.date, datetime.date | None]]]:
        """The (category, first day, last day) that a county's people are registered with, by key."""
        found: dict[int, list[tuple[str, datetime.date, datetime.date | None]]] = {}
        with connection.cursor() as cursor:
            cursor.execute(CATEGORIES_OF_PEOPLE, [numbers_param(people), county_code])
            for person, *spell in cursor.fetchall():
                found.setdefault(person, []).append(tuple(spell))
        return found

    def standing_by_index(self, indexes: Iterable[bytes]) -> dict[bytes, dict[str, Any]]:
        """What the register holds of people, whatever county they are of, by blind index.

        The facts of STANDING; household, member_from and relation are of the household
        they belong to now, None without one. For comparing only: see `registered`.
        """
        with connection.cursor() as cursor:
            cursor.execute(STANDING_BY_INDEX, [keys_param(indexes)])
            return {
                bytes(index): dict(zip(STANDING, facts, strict=True)) for index, *facts in cursor
            }

    def namesakes(self, county_code: str, name_keys: Iterable[str]) -> Self:
        """People of a county whose folded name is one of these."""
        return self.filter(county_code=county_code, name_key__in=sorted(name_keys))

    def named(self, name_key: str) -> Self:
        """People whose folded name, or whose initials, begin with the folded text."""
        following = name_key + "\U0010ffff"
        by_name = self.filter(name_key__gte=name_key, name_key__lt=following)
        if not name_key.isascii():
            return by_name
        return self.filter(name_initials__startswith=name_key.lower())
