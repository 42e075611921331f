"""Policy areas and their counties, from the file shipped with the portal into the database."""

from __future__ import annotations

import datetime
import functools
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from core import audit
from core.models import PolicyArea, PolicyAreaCounty, Region

SHIPPED = Path(__file__).parent / "data" / "policy-areas.toml"


class UnknownCounties(ValueError):
    """Codes that the region table does not hold as real counties; the divisions come first."""

    def __init__(self, codes: Collection[str]) -> None:
        super().__init__(", ".join(sorted(codes)))
        self.codes = sorted(codes)


@dataclass(frozen=True)
class Member:
    """A county of an area: 6-digit code, name and where it was found."""

    code: str
    name: str
    source: str


@dataclass(frozen=True)
class ShippedArea:
    """An area of the file; `stated_counties` is the number commonly given for it."""

    key: str
    name: str
    kind: str
    source: str
    needs_checking: bool
    stated_counties: int
    valid_from: datetime.date | None
    valid_to: datetime.date | None
    members: tuple[Member, ...]


@dataclass(frozen=True)
class LoadedPolicyAreas:
    """How many areas and memberships the shipped file has."""

    areas: int
    memberships: int


@functools.cache
def shipped_areas() -> dict[str, ShippedArea]:
    """The areas of the shipped file by key, with the members of included areas, each county once."""
    entries = {entry["key"]: entry for entry in tomllib.loads(SHIPPED.read_text("utf-8"))["area"]}
    return {key: _area(entry, entries) for key, entry in entries.items()}


def _area(entry: dict[str, Any], entries: dict[str, dict[str, Any]]) -> ShippedArea:
    members = {member.code: member for member in _members(entry, entries)}
    return ShippedArea(
        key=entry["key"],
        name=entry["name"],
        kind=PolicyArea.Kind(entry["kind"]),
        source=entry["source"],
        needs_checking=entry["needs_checking"],
        stated_counties=entry["stated_counties"],
        valid_from=entry.get("valid_from"),
        valid_to=entry.get("valid_to"),
        members=tuple(members[code] for code in sorted(members)),
    )


def _members(entry: dict[str, Any], entries: dict[str, dict[str, Any]]) -> Iterator[Member]:
    for key in entry.get("includes", ()):
        yield from _members(entries[key], entries)
    for group in entry.get("members", ()):
        for county in group["counties"]:
            code, name = county.split()
            yield Member(code, name, group["source"])


@transaction.atomic
def load_policy_areas() -> LoadedPolicyAreas:
    """Put the shipped areas into the database; loading again changes nothing.

    An area that someone has checked stays checked, and memberships added in the
    portal stay. Raises UnknownCounties when the divisions are not loaded yet.
    """
    shipped = shipped_areas()
    _require_counties({member.code for area in shipped.values() for member in area.members})
    before = PolicyAreaCounty.objects.count()
    PolicyArea.objects.bulk_create(
        [_area_row(area) for area in shipped.values()],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["name", "kind", "valid_from", "valid_to", "source"],
    )
    ids = dict(PolicyArea.objects.filter(key__in=shipped).values_list("key", "pk"))
    rows = [row for area in shipped.values() for row in _membership_rows(ids[area.key], area)]
    PolicyAreaCounty.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["area", "county", "valid_from"],
        update_fields=["valid_to", "source"],
    )
    if added := PolicyAreaCounty.objects.count() - before:
        audit.record("core.policy_areas.loaded", by=None, changes={"memberships_added": added})
    return LoadedPolicyAreas(len(shipped), len(rows))


def _require_counties(codes: Collection[str]) -> None:
    counties = Region.objects.filter(level=Region.Level.COUNTY, statistical_only=False)
    missing = set(codes) - set(counties.filter(pk__in=codes).values_list("pk", flat=True))
    if missing:
        raise UnknownCounties(missing)


def _area_row(area: ShippedArea) -> PolicyArea:
    return PolicyArea(
        key=area.key,
        name=area.name,
        kind=area.kind,
        valid_from=area.valid_from,
        valid_to=area.valid_to,
        source=area.source,
        needs_checking=area.needs_checking,
    )


def _membership_rows(area_id: int, area: ShippedArea) -> Iterator[PolicyAreaCounty]:
    for member in area.members:
        yield PolicyAreaCounty(
            area_id=area_id,
            county_id=member.code,
            valid_from=area.valid_from,
            valid_to=area.valid_to,
            source=member.source,
        )
