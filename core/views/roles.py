"""The security administrator's pages: what the roles are, and who holds which where."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from core import services
from core.access import ROLES, Permission, Role, admits
from core.forms import AssignmentFilters, GrantForm
from core.models import Assignment, Region, User
from core.paging import page_of
from core.querysets import AssignmentQuerySet
from core.views.shared import acting, crumbs

GRANT = Permission.GRANT_ROLES
# Lengths of the codes of provinces, prefectures and counties, as roles name their levels.
LEVELS = {2: Region.Level.PROVINCE, 4: Region.Level.PREFECTURE, 6: Region.Level.COUNTY}


@admits(GRANT)
@require_safe
def assignment_list(request: HttpRequest) -> HttpResponse:
    by = acting(request)
    filters = AssignmentFilters(request.GET, by=by)
    assignments = _filtered(Assignment.objects.visible_to(by), filters.chosen)
    assignments = assignments.select_related("user__office", "region", "granted_by")
    page = page_of(assignments, request.GET, ["user__username", "id"])
    for assignment in page.rows:
        assignment.withdraw = _withdraw(assignment) if assignment.user_id != by.pk else None
    context = {
        "tabs": _tabs("assignments"),
        "page": page,
        "filters": filters,
        "columns": _columns(),
        "actions": [_grant_action()],
    }
    return render(request, "core/assignment_list.html", context)


def _filtered(assignments: AssignmentQuerySet, chosen: dict[str, Any]) -> AssignmentQuerySet:
    if "q" in chosen:
        part = chosen["q"].strip()
        assignments = assignments.filter(
            Q(user__username__icontains=part) | Q(user__name__icontains=part)
        )
    if "role" in chosen:
        assignments = assignments.filter(role=chosen["role"])
    if "region" in chosen:
        assignments = assignments.within(chosen["region"].pk)
    return assignments


def _columns() -> list[dict[str, str]]:
    labels = {
        "username": _("User name"),
        "name": _("Name"),
        "role": _("Role"),
        "region": _("Region"),
        "narrowed_to": _("Only for"),
        "granted_by": _("Granted by"),
        "granted_at": _("Granted"),
        "act": _("Act"),
    }
    return [{"key": key, "label": label} for key, label in labels.items()]


def _withdraw(assignment: Assignment) -> dict[str, Any]:
    sure = _("%(name)s loses the role “%(role)s” in %(region)s at once. Withdraw?") % {
        "name": assignment.user.name,
        "role": assignment.get_role_display(),
        "region": assignment.region.name,
    }
    return {
        "label": _("Withdraw"),
        "url": reverse("core:assignment-withdraw", args=[assignment.pk]),
        "post": True,
        "confirm": sure,
        "tone": "outline-danger",
    }


def _grant_action(username: str = "") -> dict[str, str]:
    address = reverse("core:assignment-grant")
    if username:
        return {
            "label": _("Grant a role"),
            "url": f"{address}?{urlencode({'username': username})}",
        }
    return {"label": _("Grant a role"), "url": address, "tone": "primary", "icon": "shield-check"}


def _tabs(active: str) -> list[dict[str, Any]]:
    labels = {
        "assignments": (_("Assignments"), "core:assignment-list"),
        "waiting": (_("Accounts without a role"), "core:account-without-role"),
        "roles": (_("What the roles may do"), "core:role-list"),
    }
    return [
        {"label": label, "url": reverse(url_name), "active": key == active}
        for key, (label, url_name) in labels.items()
    ]


@admits(GRANT)
@require_safe
def account_without_role(request: HttpRequest) -> HttpResponse:
    """Who waits for a role: the accounts just opened."""
    waiting = User.objects.visible_to(acting(request), GRANT).active().without_role()
    page = page_of(waiting.select_related("office__region"), request.GET, ["username"])
    context = {
        "tabs": _tabs("waiting"),
        "page": page,
        "columns": [
            {"key": "username", "label": _("User name"), "kind": "code"},
            {"key": "name", "label": _("Name")},
            {"key": "region", "label": _("Region")},
            {"key": "office", "label": _("Office")},
            {"key": "act", "label": _("Act")},
        ],
        "rows": [_waiting_row(user) for user in page.rows],
        "actions": [_grant_action()],
    }
    return render(request, "core/account_without_role.html", context)


def _waiting_row(user: User) -> dict[str, Any]:
    grant = _grant_action(user.username)
    return {
        "cells": [
            {"value": user.username, "kind": "code"},
            {"value": user.name},
            {"value": user.office and user.office.region.name},
            {"value": user.office and user.office.name},
            {"value": grant["label"], "url": grant["url"]},
        ]
    }


@admits(GRANT)
@require_safe
def role_list(request: HttpRequest) -> HttpResponse:
    context = {
        "tabs": _tabs("roles"),
        "columns": [
            {"key": "name", "label": _("Role")},
            {"key": "description", "label": _("What it is for")},
            {"key": "levels", "label": _("Granted for")},
            {"key": "permissions", "label": _("Permissions")},
        ],
        "rows": [_role_row(role) for role in ROLES.values()],
    }
    return render(request, "core/role_list.html", context)


def _role_row(role: type[Role]) -> dict[str, Any]:
    comma = pgettext("between the items of a list", ", ")
    levels = comma.join(str(LEVELS[length].label) for length in sorted(role.levels))
    granted = _("a single institution of a county") if role.narrowed else levels
    named = permission_names()
    permissions = comma.join(
        named[permission] for permission in Permission if permission in role.permissions
    )
    values = (role.name, role.description, granted, permissions)
    return {"cells": [{"value": value} for value in values]}


def permission_names() -> dict[Permission, str]:
    """What each permission lets one do, in a word or two."""
    return {
        Permission.SEE_FIGURES: _("see figures"),
        Permission.SEE_LEDGER: _("see the ledger"),
        Permission.SEE_PERSONAL_NUMBERS: _("see personal numbers in full"),
        Permission.ENTER_LEDGER: _("enter the ledger"),
        Permission.REVIEW_LEDGER: _("review the ledger"),
        Permission.VISIT_CLASSES: _("visit classes"),
        Permission.PREPARE_SUBMISSIONS: _("prepare months to be submitted"),
        Permission.DECIDE_SUBMISSIONS: _("decide on submitted months"),
        Permission.ACCEPT_LEDGER: _("accept submitted months"),
        Permission.LOCK_LEDGER: _("lock accepted months"),
        Permission.BRING_IN_FILES: _("bring in files"),
        Permission.IMPORT_ROSTERS: _("import rosters"),
        Permission.TAKE_BACK_IMPORTS: _("see imports and take them back"),
        Permission.MAKE_REPORTS: _("make reports"),
        Permission.ALLOT_QUOTAS: _("allot quotas"),
        Permission.FILL_TABLES: _("fill in official tables"),
        Permission.FILE_TABLES: _("file official tables"),
        Permission.DECIDE_TABLES: _("accept and return official tables"),
        Permission.JUDGE_TITLES: _("judge titles"),
        Permission.MANAGE_ACCOUNTS: _("manage accounts"),
        Permission.GRANT_ROLES: _("grant roles"),
        Permission.READ_AUDIT: _("read the audit trail"),
    }


@admits(GRANT)
def assignment_grant(request: HttpRequest) -> HttpResponse:
    by = acting(request)
    initial = {"username": request.GET.get("username", "")}
    form = GrantForm(request.POST or None, by=by, initial=initial)
    if request.method == "POST" and form.is_valid():
        granted = {key: form.cleaned_data[key] for key in ("role", "region", "narrowed_to")}
        try:
            assignment = services.grant_role(user=form.user, by=by, **granted)
        except ValidationError as trouble:
            form.add_error(None, trouble)
        else:
            messages.success(request, _granted(assignment))
            return redirect("core:assignment-list")
    breadcrumb = crumbs("core:assignment-list", _("Roles"), _("Grant a role"))
    context = {"form": form, "breadcrumb": breadcrumb}
    return render(
        request, "core/assignment_grant.html", context, status=422 if form.errors else 200
    )


def _granted(assignment: Assignment) -> str:
    return _("%(name)s now holds the role “%(role)s” in %(region)s.") % {
        "name": assignment.user.name,
        "role": assignment.get_role_display(),
        "region": assignment.region.name,
    }


@admits(GRANT)
@require_POST
def assignment_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    by = acting(request)
    assignments = Assignment.objects.visible_to(by).select_related("user", "region")
    assignment = get_object_or_404(assignments, pk=pk)
    try:
        services.withdraw_role(assignment=assignment, by=by)
        messages.success(request, _("The role is withdrawn."))
    except services.GrantRefused as trouble:
        messages.error(request, trouble.message)
    return redirect("core:assignment-list")
