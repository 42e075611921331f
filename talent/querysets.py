from __future__ import annotations

from typing import Self

from core.querysets import RegionScopedQuerySet


class HouseholdQuerySet(RegionScopedQuerySet):
    region_column = "county_code"


class PersonQuerySet(RegionScopedQuerySet):
    """People by where they live: access follows the person."""

    region_column = "county_code"

    def named(self, name_key: str) -> Self:
        """People whose folded name, or whose initials, begin with the folded text."""
        following = name_key + "\U0010ffff"
        by_name = self.filter(name_key__gte=name_key, name_key__lt=following)
        if not name_key.isascii():
            return by_name
        return self.filter(name_initials__startswith=name_key.lower())
