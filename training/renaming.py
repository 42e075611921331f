"""Whose name a row of the ledger may correct: that of a person whom this row alone registered."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from core.models import User
from core.rules import Batch
from talent.known import known_people
from talent.models import Person
from talent.querysets import numbers_param
from talent.services import correct_name

# Rows and people that one transaction wrote bear its moment.
REGISTERED_ALONE = """
SELECT enrollment.id, person.id_number_index
FROM unnest(string_to_array(%s, ',')::bigint[]) AS asked (id)
JOIN training_enrollment AS enrollment USING (id)
JOIN talent_person AS person ON person.id = enrollment.person_id
    AND person.county_code = enrollment.county_code AND person.created_at = enrollment.created_at
WHERE NOT EXISTS (
        SELECT FROM training_enrollment AS other
        WHERE other.person_id = person.id AND other.id <> enrollment.id)
    AND NOT EXISTS (SELECT FROM talent_registerline WHERE person_id = person.id)
    AND NOT EXISTS (SELECT FROM programs_posting WHERE person_id = person.id)
    AND NOT EXISTS (SELECT FROM programs_expert WHERE person_id = person.id)
"""


def own_people(keys: Iterable[int]) -> dict[int, bytes]:
    """The blind indexes of people whom these rows alone registered, by the rows' keys."""
    with connection.cursor() as cursor:
        cursor.execute(REGISTERED_ALONE, [numbers_param(keys)])
        return {key: bytes(index) for key, index in cursor.fetchall()}


def correct_names(batch: Batch, rows: Iterable[int], *, by: User) -> None:
    """Register the own people of these rows under the names that the rows have now."""
    known, own = known_people(batch), batch["own_person"]
    names = {
        known[index].key: batch["name"][row]
        for row in rows
        if (index := batch["id_index"][row]) is not None
        and own[row] == index
        and known[index].name != batch["name"][row]
    }
    for person in Person.objects.filter(pk__in=names) if names else ():
        correct_name(person=person, name=names[person.pk], by=by)
