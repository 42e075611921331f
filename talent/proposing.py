"""Proposing the registered person whom a held row with a damaged citizen number may mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext_noop

from core import audit
from core.models import User
from core.sealing import unseal
from exchange.files.cells import content
from exchange.imports.kinds import Proposal
from talent.imports import ID_NUMBER_FIELD
from talent.models import Person
from talent.places import Gazetteer
from talent.suggestions import Damaged, Suggestion, is_damaged, suggest

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("number proposal taken"),)


class RegisteredNumbers:
    """The `Proposer` of kinds whose rows name a person, the village and the citizen number."""

    def look(
        self, region_code: str, rows: Sequence[Mapping[str, str]]
    ) -> Sequence[Proposal | None]:
        """For each row the one person of the county it may mean, or None."""
        return [
            Proposal("id_number", found.name, found.id_number_mask) if found else None
            for found in self._suggested(region_code, rows)
        ]

    @transaction.atomic
    def take(
        self, region_code: str, row: Mapping[str, str], proposal: Proposal, *, by: User
    ) -> dict[str, str]:
        """The proposed person's number in full; that it was taken is written down."""
        (found,) = self._suggested(region_code, [row])
        if found is None or found.id_number_mask != proposal.mask:
            raise LookupError(proposal.mask)
        person = Person.objects.get(pk=found.person)
        audit.record(
            "talent.number.proposal_taken",
            by=by,
            target=person,
            region_code=region_code,
            changes={"mask": found.id_number_mask},
        )
        return {"id_number": unseal(person.id_number_sealed, ID_NUMBER_FIELD)}

    def _suggested(
        self, region_code: str, rows: Sequence[Mapping[str, str]]
    ) -> list[Suggestion | None]:
        if not any(is_damaged(row.get("id_number", "")) for row in rows):
            return [None] * len(rows)
        places = Gazetteer.of(region_code)
        damaged = [
            Damaged(content(row.get("name", "")), village_of(places, row), row.get("id_number", ""))
            for row in rows
        ]
        return suggest(region_code, damaged)


def village_of(places: Gazetteer, row: Mapping[str, str]) -> str:
    """The code of the one village that a row as it was read names, or nothing."""
    township, village, address = (
        "".join(content(row.get(name, "")).split()) or None
        for name in ("township", "village", "address")
    )
    if address and not village:
        township, village, _group = places.parted(address)
    codes = places.candidates(township, village) if village else []
    return codes[0] if len(codes) == 1 else ""


REGISTERED_NUMBERS = RegisteredNumbers()
