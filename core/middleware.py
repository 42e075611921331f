"""Doors are shut until they say whom they admit."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse

from core.access import Open, declared_access, is_admitted

# Controls but for tab and line ends, halves of characters, and what is no character.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class PrintableMiddleware:
    """Refuses an address with characters that no screen shows and no database takes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        pairs = (text for name, values in request.GET.lists() for text in (name, *values))
        if UNPRINTABLE.search(request.path) or any(map(UNPRINTABLE.search, pairs)):
            raise BadRequest
        return self.get_response(request)


class AccessMiddleware:
    """Lets a request through only as the view's declared access says.

    API views answer for themselves (`core.api.access.DeclaredAccess`), so that a client
    gets JSON and not a redirect; that they declare an access is checked here too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        access = declared_access(view)
        if access is None:
            raise ImproperlyConfigured(f"{view!r} does not declare whom it admits.")
        if hasattr(view, "cls") or is_admitted(request.user, access):
            return None
        if access is not Open.EVERYBODY and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        raise PermissionDenied
