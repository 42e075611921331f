"""The main menu: each app registers its entries, a page shows those the user may open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.access import Access, is_admitted
from core.models import User

# Where whoever may open nothing in the menu reads why.
LAST_RESORT = "core:account"
# The parts of the menu: the hundreds of an entry's order.
PARTS = {
    1: pgettext_lazy("menu", "Training"),
    2: pgettext_lazy("menu", "Submission"),
    3: pgettext_lazy("menu", "People"),
    4: _("Files and plans"),
    9: _("Administration"),
}


@dataclass(frozen=True)
class Item:
    """An entry of the menu; the first one, by order, that a user may open is that user's home.

    `icon` is a symbol of static/vendor/bootstrap-icons; `permission` is what the page asks for;
    `badge` counts what waits there; the hundreds of `order` name one of PARTS.
    """

    label: str | Promise
    url_name: str
    icon: str
    permission: Access
    order: int
    badge: Callable[[User], int] | None = None


_registry: dict[str, Item] = {}


def register(*items: Item) -> None:
    """Put entries into the menu; a second entry for the same page is refused."""
    for item in items:
        if _registry.setdefault(item.url_name, item) != item:
            raise ImproperlyConfigured(f"The menu has two entries for {item.url_name}.")


def items_for(user: User | AnonymousUser) -> list[Item]:
    """What the user may open, in the menu's order."""
    admitted = (item for item in _registry.values() if is_admitted(user, item.permission))
    return sorted(admitted, key=lambda item: (item.order, item.url_name))


def home_of(user: User | AnonymousUser) -> str:
    """The address of the page that the user starts on."""
    items = items_for(user)
    return reverse(items[0].url_name if items else LAST_RESORT)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: `navigation`, `office` and `home_url`, asked for only when shown."""
    user = getattr(request, "user", None)
    if user is None:
        return {}
    return {
        "navigation": SimpleLazyObject(lambda: _signed_in(user, _entries, request.path) or []),
        "office": SimpleLazyObject(lambda: _signed_in(user, _office_name) or ""),
        "home_url": SimpleLazyObject(lambda: _signed_in(user, home_of) or "/"),
    }


def _signed_in(user: Any, ask: Callable[..., Any], *more: Any) -> Any:
    return ask(user, *more) if user.is_authenticated else None


def _office_name(user: User) -> str:
    return user.office.name if user.office else ""


def _entries(user: User, path: str) -> list[dict[str, Any]]:
    found = [(reverse(item.url_name), item) for item in items_for(user)]
    active = max((url for url, _item in found if _leads_to(url, path)), key=len, default=None)
    return [
        {
            "part": PARTS.get(item.order // 100, ""),
            "label": item.label,
            "url": url,
            "icon": item.icon,
            "active": url == active,
            "badge": item.badge(user) if item.badge else 0,
        }
        for url, item in found
    ]


def _leads_to(url: str, path: str) -> bool:
    """Whether a page lies at or beneath an entry; everything lies beneath '/', so that is exact."""
    return path == url or (url != "/" and path.startswith(url))
