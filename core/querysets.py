from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import Q

from core.access import ADMINISTRATORS, ROLES, Permission, beneath, scope_of

if TYPE_CHECKING:
    from core.models import User


PROVINCE_DIGITS = 2


def meaning_one(named: Iterable[tuple[str, Iterable[str]]]) -> dict[str, str]:
    """From (key, its names) to key by name; a name that means two is left out."""
    found: dict[str, str] = {}
    several: set[str] = set()
    for key, names in named:
        for name in set(names):
            if found.setdefault(name, key) != key:
                several.add(name)
    return {name: key for name, key in found.items() if name not in several}


class RegionScopedQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Rows that happened in a place. The scope is declared here and nowhere else."""

    region_column: ClassVar[str] = "region_code"
    permission: ClassVar[Permission] = Permission.SEE_LEDGER
    # The lookup that a narrowed role's key is compared with; '' shows such roles nothing.
    narrowing: ClassVar[str] = ""

    @classmethod
    def in_region(cls, region_code: str) -> Q:
        return beneath(cls.region_column, region_code)

    def within(self, region_code: str) -> Self:
        """Rows of the region and everything beneath it."""
        return self.filter(self.in_region(region_code))

    def visible_to(self, user: User, permission: Permission | None = None) -> Self:
        """Rows the user may see, or may use the given permission on."""
        scope = scope_of(user, permission or self.permission)
        seen = [self.in_region(code) for code in scope.whole]
        if self.narrowing:
            seen += [
                self.in_region(grant.region_code) & Q(**{self.narrowing: grant.narrowed_to})
                for grant in scope.grants
                if grant.narrowed_to
            ]
        if not seen:
            return self.none()
        condition = seen[0]
        for other in seen[1:]:
            condition |= other
        return self.filter(condition)


class RegionQuerySet(RegionScopedQuerySet):
    region_column = "code"
    permission = Permission.SEE_FIGURES

    def beneath(self, region_code: str) -> Self:
        """The divisions of the next level down."""
        return self.filter(parent=region_code)

    def by_any_name(self) -> dict[str, str]:
        """Codes by code, official name and short name."""
        return meaning_one((row[0], row) for row in self.values_list("code", "name", "short_name"))


class OfficeQuerySet(RegionScopedQuerySet):
    region_column = "region_id"
    permission = Permission.SEE_FIGURES


class UserQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def active(self) -> Self:
        return self.filter(is_active=True)

    def visible_to(self, user: User, permission: Permission) -> Self:
        """Accounts of the offices where the administrator holds the permission."""
        scope = scope_of(user, permission)
        condition = Q(pk__in=[])
        for code in scope.whole:
            condition |= beneath("office__region_id", code)
        return self.filter(condition)

    def of_offices_within(self, region_code: str) -> Self:
        return self.filter(beneath("office__region_id", region_code))

    def holding(self, permission: Permission, region_code: str) -> Self:
        """Active users who hold the permission over the whole of the region, wherever granted.

        The same answer as `scope_of`: who holds an administrator's role holds nothing else,
        and a narrowed role covers no region.
        """
        roles = {key for key, role in ROLES.items() if permission in role.permissions}
        above = [region_code[:n] for n in range(2, len(region_code) + 1)]
        held = Q(assignments__narrowed_to="", assignments__region_id__in=above)
        found = self.filter(held, assignments__role__in=roles, is_active=True)
        if not roles & ADMINISTRATORS:
            found = found.exclude(assignments__role__in=ADMINISTRATORS)
        return found.distinct()

    def without_role(self) -> Self:
        return self.filter(assignments__isnull=True)


class AssignmentQuerySet(RegionScopedQuerySet):
    region_column = "region_id"
    permission = Permission.GRANT_ROLES


class AuditEntryQuerySet(RegionScopedQuerySet):
    permission = Permission.READ_AUDIT

    def visible_to(self, user: User, permission: Permission | None = None) -> Self:
        """Acts in the user's regions; those of no region are the provinces' to read."""
        scope = scope_of(user, permission or self.permission)
        seen = super().visible_to(user, permission)
        if any(len(code) == PROVINCE_DIGITS for code in scope.whole):
            seen = seen | self.filter(region_code="")
        return seen
