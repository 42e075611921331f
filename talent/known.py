"""What the register holds of the people a batch names, looked up once however many ask."""

from __future__ import annotations

from core.rules import Batch
from talent.models import Person
from talent.querysets import Registered

Known = dict[bytes, Registered]


def known_people(batch: Batch) -> Known:
    """The registered people of a batch by blind index, whatever county they are of.

    For comparing only: what is found must not be shown outside the person's county.
    """
    return batch.once(_look_up)


def _look_up(batch: Batch) -> Known:
    return Person.objects.registered({key for key in batch["id_index"] if key is not None})


def keys_of(known: Known) -> dict[int, bytes]:
    """The blind index of each registered person, by its key."""
    return {person.key: index for index, person in known.items()}
