"""Where the money of a class comes from, on a page of its own."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from core.access import Permission, admits
from core.models import User
from exchange.jobs import JobRefused
from programs.models import Fund
from training.funding import fund_class
from training.views.class_parts import opening, visible_class


class FundForm(forms.Form):
    fund = forms.ChoiceField(label=gettext_lazy("source of funds"), choices=Fund.choices)


@admits(Permission.ENTER_LEDGER)
@require_http_methods(["GET", "HEAD", "POST"])
def fund(request: HttpRequest, pk: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    found = visible_class(user, pk, Permission.ENTER_LEDGER)
    form = FundForm(request.POST or None, initial={"fund": found.fund})
    if form.is_valid():
        try:
            fund_class(training_class=found, fund=Fund(form.cleaned_data["fund"]), by=user)
        except JobRefused as refusal:
            form.add_error(None, _(refusal.sentence) % refusal.params)
        else:
            messages.success(request, _("The source of funds is saved."))
            return redirect("training:class", found.pk)
    context = opening(found, "training:class") | {"form": form}
    context["breadcrumb"][-1]["label"] = _("Source of funds")
    refused = request.method == "POST"
    return render(request, "training/fund.html", context, status=422 if refused else 200)
