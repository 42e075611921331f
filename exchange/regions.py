"""Which region a page is about, and the ones a reader can go to from there."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from core.access import Permission, scope_of
from core.models import Region, User
from core.querysets import RegionQuerySet

LENGTHS = (2, 4, 6, 9, 12)


def asked_region(user: User, permission: Permission, code: str = "") -> Region | None:
    """The region asked for, or else the first the user holds the permission in; None for none.

    Raises Http404 for a region that does not lie wholly within the user's scope.
    """
    scope = scope_of(user, permission)
    code = code or next(iter(scope.whole), "")
    if not code:
        return None
    if not scope.covers(code):
        raise Http404
    return get_object_or_404(Region, pk=code)


def region_path(user: User, permission: Permission, region: Region) -> RegionQuerySet:
    """The region and those above it, as far up as the user holds the permission."""
    scope = scope_of(user, permission)
    above = [region.code[:length] for length in LENGTHS if length <= len(region.code)]
    return Region.objects.filter(pk__in=[code for code in above if scope.covers(code)])


def region_choices(user: User, permission: Permission, region: Region) -> list[tuple[str, str]]:
    """For a select: what lies above and one level below the region, and the user's own regions.

    Deeper regions are set in by full-width spaces.
    """
    scope = scope_of(user, permission)
    above = [region.code[:length] for length in LENGTHS if scope.covers(region.code[:length])]
    shown = Q(pk__in=[*above, *scope.whole]) | Q(parent=region.code, statistical_only=False)
    rows = Region.objects.filter(shown).values_list("code", "name", "level")
    found = list(rows.order_by("code"))
    top = min((level for _code, _name, level in found), default=0)
    return [(code, "\u3000" * (level - top) + name) for code, name, level in found]


def crumbs(
    user: User, permission: Permission, region: Region, url_name: str
) -> list[dict[str, Any]]:
    """Breadcrumb entries from the top of the user's scope down to the region."""
    return [
        {"label": name, "url": reverse(url_name, args=[code])}
        for code, name in region_path(user, permission, region).values_list("code", "name")
    ]
