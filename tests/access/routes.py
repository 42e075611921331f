"""Every route and method of the portal, as the resolver has them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Django's form views answer PUT as POST.
SAME = {"PUT": "POST"}


def all_routes() -> dict[str, Callable[..., Any]]:
    """'METHOD namespace:name' -> the view."""
    found: dict[str, Callable[..., Any]] = {}
    for name, view in _walk(get_resolver().url_patterns, ""):
        for method in methods_of(view):
            found[f"{SAME.get(method, method)} {name}"] = view
    return found


def _walk(
    patterns: list[URLPattern | URLResolver], space: str
) -> Iterator[tuple[str, Callable[..., Any]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, inner)
        else:
            yield f"{space}{pattern.name or pattern.pattern}", pattern.callback


def methods_of(view: Callable[..., Any]) -> set[str]:
    """What the view answers; HEAD and OPTIONS go with the others."""
    actions = getattr(view, "actions", None)
    if actions:
        return {method.upper() for method in actions} & set(METHODS)
    shaped = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if shaped:
        return {m for m in METHODS if m.lower() in shaped.http_method_names and _has(shaped, m)}
    return _decorated(view) or _looked_at(view)


def _has(shaped: type, method: str) -> bool:
    return hasattr(shaped, method.lower())


def _decorated(view: Callable[..., Any]) -> set[str]:
    """The methods that `require_http_methods` and its like allow."""
    while view is not None:
        allowed = inspect.getclosurevars(view).nonlocals.get("request_method_list")
        if allowed:
            return set(allowed) & set(METHODS)
        view = getattr(view, "__wrapped__", None)
    return set()


def _looked_at(view: Callable[..., Any]) -> set[str]:
    """A function that asks for the method or for what was posted takes both."""
    source = inspect.getsource(inspect.unwrap(view))
    posts = "request.method" in source or "request.POST" in source
    return {"GET", "POST"} if posts else {"GET"}
