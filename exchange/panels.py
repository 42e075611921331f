"""Panels: parts of a page that apps further up serve themselves.

The page of a lower app lists panels by their address only, and htmx fetches each, so
that nothing is imported upward. A panel shows nothing its own view would not show.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode

from core.access import Access, is_admitted
from core.models import User

# "home-first" stands above the figures of the start page, "home" below them.
PLACES = frozenset({"home-first", "home", "figures", "figure", "person", "todo"})


@dataclass(frozen=True)
class Panel:
    """A part of the page `place`, served at `url_name` to those whom `permission` admits.

    On 'home-first', 'home' and 'todo' the address takes nothing, on 'figures' a region's code, on
    'figure' the figure's query behind it, on 'person' the person's key. On 'figure' the key is the
    listing of the measures whose figures the panel takes apart.
    """

    place: str
    key: str
    title: str | Promise
    url_name: str
    permission: Access
    order: int = 0


_panels: dict[tuple[str, str], Panel] = {}


def register(*panels: Panel) -> None:
    """Declare panels; a second one of a key, or one for a page that has none, is refused."""
    for panel in panels:
        if panel.place not in PLACES:
            raise ImproperlyConfigured(f"No page {panel.place} shows panels.")
        if _panels.setdefault((panel.place, panel.key), panel) != panel:
            raise ImproperlyConfigured(f"Panel {panel.key} is declared twice.")


def panels_of(
    place: str, user: User | AnonymousUser, *args: Any, **query: Any
) -> list[dict[str, Any]]:
    """What a page lists: {key, title, url} of the panels the user may open, in order.

    `args` fill the address, `query` follows it; what is empty stays out.
    """
    asked = urlencode({name: value for name, value in query.items() if value})
    admitted = [
        panel
        for panel in _panels.values()
        if panel.place == place and is_admitted(user, panel.permission)
    ]
    return [
        {
            "key": panel.key,
            "title": panel.title,
            "url": reverse(panel.url_name, args=args) + (f"?{asked}" if asked else ""),
        }
        for panel in sorted(admitted, key=lambda panel: (panel.order, panel.key))
    ]
