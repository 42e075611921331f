"""The system administrator's pages: accounts of the offices of a region."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from core import services
from core.access import Permission, admits
from core.forms import AccountFilters, AccountForm, OfficeForm, offices_of
from core.models import User
from core.paging import page_of
from core.querysets import UserQuerySet
from core.views.shared import acting, crumbs

MANAGE = Permission.MANAGE_ACCOUNTS


@admits(MANAGE)
@require_safe
def account_list(request: HttpRequest) -> HttpResponse:
    by = acting(request)
    filters = AccountFilters(request.GET, by=by)
    accounts = _filtered(User.objects.visible_to(by, MANAGE), filters.chosen)
    page = page_of(accounts.select_related("office__region"), request.GET, ["username"])
    context = {
        "page": page,
        "filters": filters,
        "columns": _columns(),
        "rows": [_row(user) for user in page.rows],
        "actions": [
            {"label": _("Open an account"), "url": reverse("core:account-open"), "tone": "primary"},
            {"label": _("Add an office"), "url": reverse("core:office-open")},
        ],
    }
    return render(request, "core/account_list.html", context)


def _filtered(accounts: UserQuerySet, chosen: dict[str, Any]) -> UserQuerySet:
    if "q" in chosen:
        part = chosen["q"].strip()
        accounts = accounts.filter(Q(username__icontains=part) | Q(name__icontains=part))
    if "region" in chosen:
        accounts = accounts.of_offices_within(chosen["region"].pk)
    if "office" in chosen:
        accounts = accounts.filter(office=chosen["office"])
    if "state" in chosen:
        accounts = accounts.filter(is_active=chosen["state"] == "open")
    return accounts


def _columns() -> list[dict[str, Any]]:
    labels = {
        "username": _("User name"),
        "name": _("Name"),
        "region": _("Region"),
        "office": _("Office"),
        "state": _("State"),
        "opened": _("Opened"),
    }
    kinds = {"username": "code", "opened": "date"}
    return [{"key": k, "label": label, "kind": kinds.get(k)} for k, label in labels.items()]


def _row(user: User) -> dict[str, Any]:
    address = reverse("core:account-detail", args=[user.pk])
    return {
        "cells": [
            {"value": user.username, "kind": "code", "url": address},
            {"value": user.name},
            {"value": user.office and user.office.region.name},
            {"value": user.office and user.office.name},
            _state(user),
            {"value": user.date_joined, "kind": "date"},
        ]
    }


def _state(user: User) -> dict[str, str]:
    if user.is_active:
        return {"value": pgettext("account", "Open"), "tone": "success"}
    return {"value": pgettext("account", "Closed"), "tone": "neutral"}


@admits(MANAGE)
@never_cache
@sensitive_variables("password")
def account_open(request: HttpRequest) -> HttpResponse:
    """Shows the initial password in the answer to the form, and never again."""
    by = acting(request)
    form = AccountForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        password = services.new_initial_password()
        try:
            user = services.open_account(**form.cleaned_data, password=password, by=by)
        except services.AccountRefused as trouble:
            form.add_error(None, trouble)
        else:
            return _with_password(request, user, password)
    context = {
        "form": form,
        "has_offices": offices_of(by).exists(),
        "breadcrumb": crumbs("core:account-list", _("Accounts"), _("Open an account")),
    }
    return render(request, "core/account_open.html", context, status=422 if form.errors else 200)


@admits(MANAGE)
@require_safe
def account_detail(request: HttpRequest, pk: int) -> HttpResponse:
    by, user = acting(request), _account(request, pk)
    context = {
        "account": user,
        "facts": _facts(user),
        "actions": [] if user == by else _actions(user),
        "breadcrumb": crumbs("core:account-list", _("Accounts"), user.name),
    }
    return render(request, "core/account_detail.html", context)


def _facts(user: User) -> list[dict[str, Any]]:
    return [
        {"label": _("User name"), "value": user.username, "kind": "code"},
        {"label": _("Name"), "value": user.name},
        {"label": _("Region"), "value": user.office and user.office.region.name},
        {"label": _("Office"), "value": user.office and user.office.name},
        {"label": _("State")} | _state(user),
        {"label": _("Opened"), "value": user.date_joined, "kind": "time"},
        {"label": _("Last sign-in"), "value": user.last_login, "kind": "time"},
    ]


def _actions(user: User) -> list[dict[str, Any]]:
    def post(name: str, label: str, confirm: str, tone: str, icon: str) -> dict[str, Any]:
        address = reverse(f"core:account-{name}", args=[user.pk])
        return {
            "label": label,
            "url": address,
            "post": True,
            "confirm": confirm,
            "tone": tone,
            "icon": icon,
        }

    if not user.is_active:
        sure = _("The user can sign in again, with the same password and roles. Reopen?")
        return [post("reopen", _("Reopen the account"), sure, "primary", "unlock")]
    sure = _("The old password stops working and every session of the user ends. Go on?")
    password = post("password", _("Set a new password"), sure, "outline-secondary", "key")
    sure = _("The user is signed out and cannot sign in any more. What was done stays. Close?")
    return [password, post("close", _("Close the account"), sure, "outline-danger", "lock")]


@admits(MANAGE)
@require_POST
def account_close(request: HttpRequest, pk: int) -> HttpResponse:
    return _switch(request, pk, services.close_account, _("The account is closed."))


@admits(MANAGE)
@require_POST
def account_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    return _switch(request, pk, services.reopen_account, _("The account is open again."))


@admits(MANAGE)
@never_cache
@require_POST
@sensitive_variables("password")
def account_password(request: HttpRequest, pk: int) -> HttpResponse:
    user, password = _account(request, pk), services.new_initial_password()
    try:
        services.set_password(user=user, password=password, by=acting(request))
    except services.AccountRefused as trouble:
        messages.error(request, trouble.message)
        return redirect("core:account-detail", pk)
    return _with_password(request, user, password)


@admits(MANAGE)
def office_open(request: HttpRequest) -> HttpResponse:
    by = acting(request)
    form = OfficeForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        try:
            services.open_office(**form.cleaned_data, by=by)
        except services.AccountRefused as trouble:
            form.add_error("name", trouble)
        else:
            messages.success(request, _("The office is there. You can open accounts for it now."))
            return redirect("core:account-open")
    crumb = crumbs("core:account-list", _("Accounts"), _("Add an office"))
    status = 422 if form.errors else 200
    return render(
        request, "core/office_open.html", {"form": form, "breadcrumb": crumb}, status=status
    )


def _account(request: HttpRequest, pk: int) -> User:
    accounts = User.objects.visible_to(acting(request), MANAGE).select_related("office__region")
    user: User = get_object_or_404(accounts, pk=pk)
    return user


def _switch(request: HttpRequest, pk: int, act: Any, done: str) -> HttpResponse:
    try:
        act(user=_account(request, pk), by=acting(request))
        messages.success(request, done)
    except services.AccountRefused as trouble:
        messages.error(request, trouble.message)
    return redirect("core:account-detail", pk)


def _with_password(request: HttpRequest, user: User, password: str) -> HttpResponse:
    context = {
        "account": user,
        "password": password,
        "breadcrumb": crumbs("core:account-list", _("Accounts"), user.name),
    }
    return render(request, "core/account_password.html", context)
