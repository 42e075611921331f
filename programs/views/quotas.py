"""Quotas: how far each plan is carried out, place by place, and handing them down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.access import Permission, admits, scope_of
from core.models import Region, User
from core.rules import Finding
from exchange.figures import Figure
from exchange.measures import Measure, all_measures
from exchange.models import ImportBatch, Rollup
from exchange.periods import Period, PeriodUnreadable
from exchange.regions import asked_region, region_choices
from programs.execution import Block, Execution, Line
from programs.forms import DistributeForm, QuotasForm
from programs.handing_down import hand_down as hand_down_by_paper
from programs.models import Plan, Program, Quota, QuotaLine
from programs.pace import KEEPS_PACE, OVERRUN, UNUSED, remarks_on
from programs.services import QuotaTrouble

COUNTY = 6
TONES = {KEEPS_PACE: "warning", OVERRUN: "danger", UNUSED: "info"}


@admits(Permission.SEE_FIGURES)
def quotas(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    given = given_by(user, request.GET.get("batch", ""))
    region = own_region(user, given.region_code if given else request.GET.get("region", ""))
    plans = plans_of(region, given)
    plan = next((p for p in plans if str(p.pk) == request.GET.get("plan")), next(iter(plans), None))
    asked = {"region": region.code, "plan": str(plan.pk) if plan else ""}
    choices = region_choices(user, Permission.SEE_FIGURES, region)
    regions = [(code, name) for code, name in choices if len(code) <= COUNTY]
    context = {
        "region": region,
        "plan": plan,
        "form": QuotasForm(asked, regions=regions, plans=plans),
        "facts": plan_facts(plan) if plan else [],
        "columns": columns(),
        "programs": program_tables(user, region, plan, given) if plan else [],
        "as_of": as_of(region, plan),
        "measures": measures_of(plan) if plan else [],
        "chips": chips_of(region, given) if given else [],
        "actions": documents_of(region, plan),
    }
    return render(request, "programs/quotas.html", context)


def documents_of(region: Region, plan: Plan | None) -> list[dict[str, Any]]:
    asked = {"region": region.code} | ({"plan": plan.pk} if plan else {})
    url = f"{reverse('programs:documents')}?{urlencode(asked)}"
    return [{"label": _("Quota documents"), "url": url, "icon": "file-earmark-text"}]


def chips_of(region: Region, given: ImportBatch) -> list[dict[str, Any]]:
    remove = f"?region={region.code}"
    return [{"label": _("import"), "value": given.original_name, "remove": remove}]


def given_by(user: User, public_id: str) -> ImportBatch | None:
    """The import whose quotas are asked for, as far as the user may see it."""
    if not public_id:
        return None
    try:
        return ImportBatch.objects.visible_to(user).get(public_id=public_id)
    except (ImportBatch.DoesNotExist, ValidationError):
        raise Http404 from None


def own_region(user: User, code: str) -> Region:
    region = asked_region(user, Permission.SEE_FIGURES, code)
    if region is None or len(region.code) > COUNTY:
        raise Http404
    return region


def plans_of(region: Region, given: ImportBatch | None = None) -> list[Plan]:
    """The plans that have a quota in the region or beneath (or of an import), newest first."""
    held = Quota.objects.within(region.code)
    if given:
        held = held.filter(lines__document__import_batch=given)
    return list(Plan.objects.filter(pk__in=held.values("plan")))


def plan_facts(plan: Plan) -> list[dict[str, Any]]:
    days = {"start": date_format(plan.first_day), "end": date_format(plan.last_day)}
    return [
        {"label": _("plan"), "value": plan.name},
        {"label": _("document number"), "value": plan.document_number},
        {"label": _("kind"), "value": plan.get_kind_display()},
        {"label": _("days"), "value": _("%(start)s to %(end)s") % days},
    ]


def columns() -> list[dict[str, Any]]:
    labels = {
        "place": _("place"),
        "planned": _("planned"),
        "apart": _("listed apart"),
        "allotted": _("handed down"),
        "remainder": _("left to hand down"),
        "done": _("done"),
        "due_by_now": _("due by now"),
        "rate": _("rate"),
        "gap": _("gap"),
        "remark": _("remark"),
    }
    kinds = {"place": "text", "rate": "percent", "remark": "text"}
    return [{"key": k, "label": la, "kind": kinds.get(k, "number")} for k, la in labels.items()]


def whole(plan: Plan) -> Period:
    return Period(str(plan.first_day.year), plan.first_day, plan.last_day)


def blocks_of(region: Region, plan: Plan, places: Iterable[str]) -> list[Block]:
    """One block for each program of the plan, with a line for each place."""
    blocks = Execution(region.code, whole(plan), timezone.localdate()).blocks(places)
    return [block for block in blocks if block.plan == plan]


def program_tables(
    user: User, region: Region, plan: Plan, given: ImportBatch | None = None
) -> list[dict[str, Any]]:
    """A table for each program: the region as a whole, then the next level down.

    With an import `given`, only its programs and places.
    """
    below = beneath(region) if len(region.code) < COUNTY else []
    places = [region, *below]
    may_allot = scope_of(user, Permission.ALLOT_QUOTAS).covers(region.code)
    own = {
        (quota.program_id, quota.listed_apart): quota
        for quota in Quota.objects.filter(plan=plan, region_code=region.code)
    }
    named = places_of(given, plan) if given else {}
    blocks = blocks_of(region, plan, [place.code for place in places])
    if given:
        blocks = [block for block in blocks if block.program.pk in named]
    remarks = remarks_on(blocks, timezone.localdate())
    figures = {block.program.pk: figure_of(block) for block in blocks}
    return [
        {
            "name": block.program.name,
            "part_of": block.is_part(blocks),
            "rows": [
                row(
                    place,
                    line,
                    replace(figures[block.program.pk], region_code=place.code),
                    remarks.get((plan.pk, block.program.pk, place.code)),
                    plan,
                )
                for place, line in shown(places, block.lines)
                if not given or place == region or place.pk in named[block.program.pk]
            ],
            "actions": doors(own, block) if may_allot and below else [],
        }
        for block in blocks
    ]


def places_of(given: ImportBatch, plan: Plan) -> dict[str, set[str]]:
    """The codes of the places that an import gave a quota, by program."""
    found: dict[str, set[str]] = {}
    rows = QuotaLine.objects.filter(document__import_batch=given, document__plan=plan)
    for program, code in rows.values_list("program", "region_code"):
        found.setdefault(program, set()).add(code)
    return found


def shown(places: list[Region], lines: Iterable[Line]) -> list[tuple[Region, Line]]:
    """The region itself, and what lies beneath as far as anything was planned or done there."""
    pairs = list(zip(places, lines, strict=True))
    return [(p, line) for n, (p, line) in enumerate(pairs) if n == 0 or line.due or line.done]


def figure_of(block: Block) -> Figure:
    """What is done for a program of a plan in the whole of its region, with the program's parts."""
    programs = Program.objects.under(block.program.pk).values_list("pk", flat=True)
    span = Period.between(block.plan.first_day, block.plan.last_day)
    return Figure(block.program.measure, block.plan.region_code, span, programs=frozenset(programs))


def row(
    place: Region, line: Line, done: Figure, remark: Finding | None, plan: Plan
) -> dict[str, Any]:
    rate = None if line.rate is None else line.rate * 100
    url = f"{reverse('programs:quotas')}?{urlencode({'region': place.code, 'plan': plan.pk})}"
    own, apart = page_of_book(line.quota), page_of_book(line.quota_apart)
    return {
        "cells": [
            {"value": place.name, "url": url},
            {"value": line.planned, "kind": "number", "url": own},
            {"value": line.apart or None, "kind": "number", "url": apart if line.apart else ""},
            {"value": line.allotted, "kind": "number", "url": own},
            {"value": line.remainder, "kind": "number", "url": own},
            {"value": line.done, "kind": "number", "url": done.url()},
            {"value": line.due_by_now if line.due else None, "kind": "number"},
            {"value": rate, "kind": "percent"},
            {"value": line.gap if line.due else None, "kind": "number"},
            {"value": str(remark), "tone": TONES[remark.rule]} if remark else {"value": None},
        ]
    }


def page_of_book(quota: int | None) -> str:
    """The page of a quota's book; '' where there is not one quota."""
    return reverse("programs:quota", args=[quota]) if quota else ""


def doors(own: dict[tuple[str, bool], Quota], block: Block) -> list[dict[str, Any]]:
    """Where the region's quotas of a program are handed down."""
    labels = {False: _("Hand down"), True: _("Hand down what is listed apart")}
    found = [own[block.program.pk, apart] for apart in labels if (block.program.pk, apart) in own]
    return [
        {"label": labels[q.listed_apart], "url": reverse("programs:distribute", args=[q.pk])}
        for q in found
    ]


def as_of(region: Region, plan: Plan | None) -> Any:
    if plan is None:
        return None
    return Rollup.objects.within(region.code).during(whole(plan)).as_of()


def measures_of(plan: Plan) -> list[Measure]:
    """What 'done' counts: the measures of the plan's programs."""
    keys = set(plan.quotas.values_list("program__measure", flat=True))
    return [measure for measure in all_measures() if measure.key in keys]


def beneath(region: Region) -> list[Region]:
    """The next level down, without the zones of the statistics that hold no quota."""
    held = Quota.objects.within(region.code).values("region_code")
    rows = Region.objects.beneath(region.code)
    return list(rows.filter(Q(statistical_only=False) | Q(pk__in=held)).order_by("code"))


@admits(Permission.ALLOT_QUOTAS)
def hand_down(request: HttpRequest, pk: int, apart: bool = False) -> HttpResponse:
    """Give the regions beneath their parts of a quota, or (apart) what is listed beside it."""
    user: User = request.user  # type: ignore[assignment]
    visible = Quota.objects.visible_to(user, Permission.ALLOT_QUOTAS)
    parent = get_object_or_404(visible.select_related("plan", "program"), pk=pk)
    region = get_object_or_404(Region, pk=parent.region_code, level__lt=Region.Level.COUNTY)
    apart = apart or parent.listed_apart
    places = beneath(region)
    held = dict(parent.children.filter(listed_apart=apart).values_list("region_code", "amount"))
    form = DistributeForm(request.POST or None, parent=parent, places=places, held=held)
    if request.method == "POST" and form.is_valid():
        changed = try_to_distribute(form, parent, apart, user)
        if changed is not None:
            said = ngettext("%(n)d quota changed.", "%(n)d quotas changed.", changed)
            messages.success(request, said % {"n": changed})
            return redirect(f"{reverse('programs:quotas')}?{urlencode(back_to(parent))}")
    context = {
        "quota": parent,
        "region": region,
        "apart": apart,
        "form": form,
        "facts": quota_facts(parent),
        "breadcrumb": [
            {
                "label": _("Quotas"),
                "url": f"{reverse('programs:quotas')}?{urlencode(back_to(parent))}",
            },
            {"label": parent.program.name, "url": ""},
        ],
    }
    return render(request, "programs/distribute.html", context, status=422 if form.errors else 200)


def back_to(parent: Quota) -> dict[str, Any]:
    return {"region": parent.region_code, "plan": parent.plan_id}


def try_to_distribute(form: DistributeForm, parent: Quota, apart: bool, user: User) -> int | None:
    """How many quotas changed; None when the form now says what stands in the way."""
    try:
        document = hand_down_by_paper(
            parent=parent,
            amounts=form.amounts(),
            paper=form.paper(),
            listed_apart=apart,
            version=form.cleaned_data["version"],
            by=user,
        )
        return document.lines.count() if document else 0
    except QuotaTrouble as trouble:
        field = f"to_{trouble.region_code}"
        form.add_error(field if field in form.fields else None, str(trouble))
        return None


def quota_facts(quota: Quota) -> list[dict[str, Any]]:
    return [
        {"label": _("name of the plan"), "value": quota.plan.name},
        {"label": _("planned"), "value": quota.amount, "kind": "number"},
        {"label": _("handed down"), "value": quota.allotted, "kind": "number"},
        {"label": _("left to hand down"), "value": quota.remainder, "kind": "number"},
    ]


@admits(Permission.SEE_FIGURES)
def by_place(request: HttpRequest, region_code: str) -> HttpResponse:
    """Beside the figures of a region: plan, done and rate place by place, umbrella programs only."""
    user: User = request.user  # type: ignore[assignment]
    region = own_region(user, region_code)
    plan = running_plan(region, request.GET.get("period", ""))
    tables = program_tables(user, region, plan) if plan else []
    context = {
        "region": region,
        "plan": plan,
        "columns": columns(),
        "programs": [table for table in tables if not table["part_of"]],
        "as_of": as_of(region, plan),
        "measures": measures_of(plan) if plan else [],
    }
    return render(request, "programs/_by_place.html", context)


def running_plan(region: Region, period: str) -> Plan | None:
    """The newest plan of the region that runs on some day of the period."""
    try:
        span = Period.span(period)
    except PeriodUnreadable:
        return None
    held = plans_of(region)
    days = span.first_day, span.last_day
    return next((p for p in held if p.first_day <= days[1] and days[0] <= p.last_day), None)


@admits(Permission.SEE_FIGURES)
def panel(request: HttpRequest) -> HttpResponse:
    """The start page's quotas: each program of the newest plan with figures of the region."""
    user: User = request.user  # type: ignore[assignment]
    region = own_region(user, request.GET.get("region", ""))
    plan = next(iter(plans_of(region)), None)
    blocks = blocks_of(region, plan, [region.code]) if plan else []
    context = {
        "region": region,
        "plan": plan,
        "bars": [bar(block) for block in blocks],
        "as_of": as_of(region, plan),
        "measures": measures_of(plan) if plan else [],
    }
    return render(request, "programs/_panel.html", context)


def bar(block: Block) -> dict[str, Any]:
    line = block.lines[0]
    return {
        "label": block.program.name,
        "plan": line.due if line.due else None,
        "apart": line.apart,
        "done": line.done,
        "rate": None if line.rate is None else line.rate * 100,
        "gap": line.gap if line.due else None,
        "due_by_now": line.due_by_now if line.due else None,
        "tone": "success" if line.due and line.gap <= 0 else "info",
    }
