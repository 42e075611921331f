"""Who is admitted to the API, and whose rows its views see."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular import authentication as documented
from rest_framework import authentication, exceptions, permissions
from rest_framework.request import Request

from core.access import Access, Open, Permission, is_admitted

NO_TOKEN = _(
    "The request does not prove that it was meant: the token is missing. Send the value of the "
    "cookie portal_csrf in the header X-CSRFToken."
)


class SessionAuthentication(authentication.SessionAuthentication):
    """The page's own session; whoever has none is answered 401, not 403."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied as trouble:
            raise exceptions.PermissionDenied(NO_TOKEN) from trouble


class SessionScheme(documented.SessionScheme):  # type: ignore[no-untyped-call]
    target_class = "core.api.access.SessionAuthentication"


class DeclaredAccess(permissions.BasePermission):
    """Admits as the view's `access` says: an Access, or one for each action by name.

    An action that is not named admits nobody. Answers 401 without a session, else 403.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        access = declared(view)
        return access is not None and is_admitted(request.user, access)


def declared(view: Any) -> Access | None:
    """What the view asks for in the action at hand; None admits nobody."""
    access: Access | dict[str, Access] | None = getattr(view, "access", None)
    if not isinstance(access, dict):
        return access
    action = getattr(view, "action", None)
    # A method that the view does not know is answered 405 afterwards, OPTIONS with its description.
    return access.get(action) if action not in (None, "metadata") else Open.SIGNED_IN


class Scoped:
    """Mixin before a generic view: its rows start from what the user may see.

    Where the action asks for another permission than seeing, only the rows in
    the regions where the user holds that one are left.
    """

    def get_queryset(self) -> Any:
        rows = super().get_queryset()  # type: ignore[misc]
        if getattr(self, "swagger_fake_view", False):
            return rows.none()
        user = self.request.user  # type: ignore[attr-defined]
        rows, access = rows.visible_to(user), declared(self)
        if isinstance(access, Permission) and access is not rows.permission:
            rows = rows.visible_to(user, access)
        return rows
