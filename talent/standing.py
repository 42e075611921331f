"""What the register holds of the people of a roster, and what the roster would change of it."""

from __future__ import annotations

from typing import Any

from core.rules import Batch
from core.sealing import open_many
from talent.imports import PHONE_FIELD
from talent.models import HouseholdMembership, Person

# Facts that a roster may change, by column, with the title of the roster.
CHANGEABLE = {
    "ethnicity": "民族",
    "education": "文化程度",
    "studying": "在校生状况",
    "labor_skill": "劳动技能",
    "relation": "与户主关系",
}
COUNTY_DIGITS = 6


def compare_with_register(batch: Batch) -> None:
    """Add `known`, what the register holds of a row's person (empty for strangers), and `changes`.

    `others` are those who belong to a row's household now: (blind index, relation, sex).
    `changes` are the titles of what the row would change of a person of its own county;
    an empty cell changes nothing. `phone_changed` tells it of the phone, whose seal no
    statement can compare.
    """
    found = Person.objects.standing_by_index(k for k in batch["id_index"] if k is not None)
    known = [found.get(key, {}) for key in batch["id_index"]]
    batch.columns["known"] = known
    batch.columns["phone_changed"] = _phones_changed(batch, known)
    members = _members_by_code(batch)
    batch.columns["others"] = [members.get(code, []) for code in batch["household_code"]]
    batch.columns["changes"] = [
        _changes(batch, row, standing) if standing.get("county_code") == batch.region_code else []
        for row, standing in enumerate(known)
    ]


def _members_by_code(batch: Batch) -> dict[str, list[tuple[bytes, str, str]]]:
    codes = set(batch["household_code"])
    rows = HouseholdMembership.objects.filter(
        household__county_code=batch.region_code, household__code__in=codes, valid_to=None
    )
    found: dict[str, list[tuple[bytes, str, str]]] = {}
    named = "household__code", "person__id_number_index", "relation", "person__sex"
    for code, index, relation, sex in rows.values_list(*named):
        found.setdefault(code, []).append((bytes(index), relation, sex))
    return found


def _phones_changed(batch: Batch, known: list[dict[str, Any]]) -> list[bool]:
    told = [row for row, phone in enumerate(batch["phone"]) if phone and known[row]]
    sealed = [bytes(known[row]["phone_sealed"] or b"") for row in told]
    changed = [False] * batch.size
    for row, phone in zip(told, open_many(sealed, PHONE_FIELD), strict=True):
        changed[row] = phone != batch["phone"][row]
    return changed


def _changes(batch: Batch, row: int, known: dict[str, Any]) -> list[str]:
    titles = [
        title
        for name, title in CHANGEABLE.items()
        if batch[name][row] is not None and known[name] is not None
        if batch[name][row] != known[name]
    ]
    home = batch["region_code"][row] or ""
    if len(home) > COUNTY_DIGITS and not known["region_code"].startswith(home):
        titles.append("行政村")
    return [*titles, "联系电话"] if batch["phone_changed"][row] else titles
