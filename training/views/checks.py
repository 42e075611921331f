"""A number is checked while somebody types: by POST, so that it stands in no address and no log."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.access import Permission, admits
from core.models import User
from training.checking import Check, check_number
from training.forms import CheckForm


@admits(Permission.IMPORT_ROSTERS)
def check(request: HttpRequest) -> HttpResponse:
    """The page with the field; what was typed is answered alone where a part is asked for."""
    if request.method != "POST":
        return render(request, "training/check.html", {"form": CheckForm(), "actions": acts()})
    user: User = request.user  # type: ignore[assignment]
    form, found = CheckForm(request.POST), None
    if form.is_valid():
        found = check_number(number=form.cleaned_data["number"], by=user)
    part = "HX-Request" in request.headers
    # The number is not sent back: the field stays empty on a whole page.
    context = {"form": form if found is None else CheckForm(), "check": found, "actions": acts()}
    template = "training/_checked.html" if part else "training/check.html"
    response = render(request, template, context, status=status_of(found))
    response.headers["Cache-Control"] = "no-store"
    if found and found.wait:
        response.headers["Retry-After"] = str(found.wait)
    return response


def acts() -> list[dict[str, Any]]:
    url = reverse("training:list-check-new")
    return [{"label": _("Check a list"), "url": url, "icon": "list-check"}]


def status_of(found: Check | None) -> int:
    if found is None:
        return 422
    return 429 if found.wait else 200
