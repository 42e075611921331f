"""What the pages of core have in common."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from core.models import User


def acting(request: HttpRequest) -> User:
    """The user who is signed in; the door has let nobody else through."""
    user: User = request.user  # type: ignore[assignment]
    return user


def crumbs(url_name: str, above: str, here: str) -> list[dict[str, str]]:
    return [{"label": above, "url": reverse(url_name)}, {"label": here}]
