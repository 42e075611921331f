"""Signing in and out, one's own account and password."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import views as auth
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _

from core import services
from core.access import ROLES, Open, admits
from core.forms import MailAddressForm, OwnPasswordForm
from core.models import Assignment, User
from core.navigation import home_of
from core.views.shared import acting, crumbs


class LoginView(auth.LoginView):
    """Unknown name, wrong password and closed account get one and the same answer."""

    access = Open.EVERYBODY

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        services.note_sign_in(by=acting(self.request))
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        if form.data.get("username") and form.data.get("password"):
            locked = bool(getattr(self.request, "axes_locked_out", False))
            services.note_refused_sign_in(username=form.data["username"], locked=locked)
        return _unaccepted(super().form_invalid(form))

    def get_default_redirect_url(self) -> str:
        return home_of(acting(self.request))

    def get_success_url(self) -> str:
        if services.has_initial_password(acting(self.request)):
            return reverse("core:password-change")
        return super().get_success_url()


class LogoutView(auth.LogoutView):
    access = Open.EVERYBODY


class PasswordChangeView(auth.PasswordChangeView):
    """Ends the user's other sessions: each carries a hash of the password."""

    access = Open.SIGNED_IN
    form_class = OwnPasswordForm
    success_url = reverse_lazy("core:password-change-done")

    def form_invalid(self, form: Any) -> HttpResponse:
        return _unaccepted(super().form_invalid(form))


class PasswordChangeDoneView(auth.PasswordChangeDoneView):
    access = Open.SIGNED_IN


@admits(Open.SIGNED_IN)
def account(request: HttpRequest) -> HttpResponse:
    """Who one is here, and what one may do where."""
    user = acting(request)
    change = {"label": _("Change the password"), "url": reverse("core:password-change")}
    mail = {"label": _("Set the mail address"), "url": reverse("core:account-email")}
    context = {
        "facts": [
            {"label": _("Name"), "value": user.name},
            {"label": _("User name"), "value": user.username},
            {"label": _("Office"), "value": user.office},
            {"label": _("Mail address"), "value": user.email},
        ],
        "columns": [
            {"key": "role", "label": _("Role")},
            {"key": "region", "label": _("Region")},
            {"key": "description", "label": _("What it is for")},
        ],
        "roles": [_role_row(held) for held in user.assignments.select_related("region")],
        "actions": [change | {"icon": "key"}, mail | {"icon": "send"}],
    }
    return render(request, "core/account.html", context)


@admits(Open.SIGNED_IN)
def account_email(request: HttpRequest) -> HttpResponse:
    """Where one's notices go by mail."""
    user = acting(request)
    form = MailAddressForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        services.set_mail_address(user=user, address=form.cleaned_data["email"], by=user)
        messages.success(request, _("The mail address is set."))
        return redirect("core:account")
    crumb = crumbs("core:account", _("My account"), _("Set the mail address"))
    context = {"form": form, "breadcrumb": crumb}
    return render(request, "core/account_email.html", context, status=422 if form.errors else 200)


def _role_row(held: Assignment) -> dict[str, Any]:
    role = ROLES[held.role]
    values = (role.name, held.region.name, role.description)
    return {"cells": [{"value": value} for value in values]}


def _unaccepted(response: HttpResponse) -> HttpResponse:
    response.status_code = 422
    return response
