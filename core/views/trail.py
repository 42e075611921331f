"""The audit administrator's page: every act, and nothing to change."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.access import ROLES, Permission, admits
from core.audit import act_name, fact_name
from core.forms import AuditFilters
from core.models import AuditEntry, Region, User
from core.paging import page_of
from core.querysets import AuditEntryQuerySet
from core.views.shared import acting

ACCOUNT = "core.user"


@admits(Permission.READ_AUDIT)
@require_safe
def audit_list(request: HttpRequest) -> HttpResponse:
    entries = AuditEntry.objects.visible_to(acting(request))
    filters = AuditFilters(request.GET)
    verbs = entries.order_by("verb").values_list("verb", flat=True).distinct()
    filters.fields["verb"].choices = [("", _("All")), *((verb, act_name(verb)) for verb in verbs)]  # type: ignore[attr-defined]
    page = page_of(_filtered(entries, filters.chosen), request.GET, ["-id"])
    _complete(page.rows)
    columns = {
        "at": _("When"),
        "actor": _("Who"),
        "verb": _("Act"),
        "target": _("Target"),
        "region": _("Region"),
        "changes": _("Changes"),
        "request": _("Request number"),
    }
    context = {
        "page": page,
        "filters": filters,
        "columns": [{"key": key, "label": label} for key, label in columns.items()],
    }
    return render(request, "core/audit_list.html", context)


def _filtered(entries: AuditEntryQuerySet, chosen: dict[str, Any]) -> AuditEntryQuerySet:
    if "verb" in chosen:
        entries = entries.filter(verb=chosen["verb"])
    if "actor" in chosen:
        entries = entries.filter(actor_name__icontains=chosen["actor"].strip())
    if "target" in chosen:
        entries = entries.filter(_is_target(chosen["target"].strip()))
    if "first" in chosen:
        entries = entries.filter(at__gte=_start_of(chosen["first"]))
    if "last" in chosen:
        entries = entries.filter(at__lt=_start_of(chosen["last"] + datetime.timedelta(days=1)))
    return entries


def _is_target(text: str) -> Q:
    """By the number of whatever it is, or by the user name of an account."""
    accounts = User.objects.filter(username=text).values_list("pk", flat=True)
    condition = Q(target_key=text)
    for pk in accounts:
        condition |= Q(target_type=ACCOUNT, target_key=str(pk))
    return condition


def _start_of(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def _complete(entries: list[AuditEntry]) -> None:
    """Give each entry its words: act, target, region and changes as they are read."""
    regions = Region.objects.in_bulk({entry.region_code for entry in entries})
    keys = {entry.target_key for entry in entries if entry.target_type == ACCOUNT}
    accounts = User.objects.in_bulk(keys)
    for entry in entries:
        region = regions.get(entry.region_code)
        account = accounts.get(int(entry.target_key)) if entry.target_type == ACCOUNT else None
        entry.words = {  # type: ignore[attr-defined]
            "act": act_name(entry.verb),
            "kind": _kind_name(entry.target_type),
            "target": account.username if account else entry.target_key,
            "region": region.name if region else entry.region_code,
            "changes": list(_changes(entry.changes.items())),
        }


def _kind_name(target_type: str) -> str:
    try:
        return str(apps.get_model(target_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return target_type


def _changes(changes: Iterable[tuple[str, Any]]) -> Iterable[tuple[str, str]]:
    for key, value in changes:
        if value in ("", None):
            continue
        yield fact_name(key), _change(key, value)


def _change(key: str, value: Any) -> str:
    if key == "role" and value in ROLES:
        return str(ROLES[value].name)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return "、".join(f"{_kind_name(name)} {number}" for name, number in value.items())
    if isinstance(value, list):
        return "、".join(map(str, value))
    return str(value)
