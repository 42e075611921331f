"""Parts of a board about its offices: who is late, what rules found, which figures stand out."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from core.access import Permission, admits
from core.models import Region
from core.rules import RuleBook, Severity, registered
from exchange import anomalies
from exchange.figures import Figure
from exchange.measures import declared
from exchange.models import Submission, SubmissionFinding
from exchange.querysets import SubmissionQuerySet
from exchange.submissions.checking import is_explained
from exchange.submissions.of_row import TONES
from exchange.views.boards.page import asked_of, board_region
from exchange.views.figure import reader

SEE = Permission.SEE_FIGURES
MOST = 10


@admits(SEE)
@require_safe
def panel_late(request: HttpRequest, region_code: str) -> HttpResponse:
    """The offices whose months of the period are missing after their day, or came after it."""
    of = asked_of(request, board_region(request, region_code)).of
    today = timezone.localdate()
    late = months_of(request, of).late(today)
    shown = list(late.order_by("due_on", "county_code")[:MOST])
    names = Region.objects.in_bulk({each.county_code for each in shown})
    rows = [
        {
            "month": each,
            "name": names.get(each.county_code, each.county_code),
            "tone": TONES[each.state],
            "days": (today - each.due_on).days if each.due_on and not each.late_reason else None,
        }
        for each in shown
    ]
    context = {"rows": rows, "total": late.count(), "more_url": listed(of, late="1")}
    return render(request, "exchange/figures/_late.html", context)


@admits(SEE)
@require_safe
def panel_findings(request: HttpRequest, region_code: str) -> HttpResponse:
    """What rules found in the months of the period, and nobody has explained yet, by rule."""
    of = asked_of(request, board_region(request, region_code)).of
    found = SubmissionFinding.objects.filter(submission__in=months_of(request, of))
    rows = by_rule(found.filter(~is_explained()))
    context = {"rows": rows[:MOST], "total": sum(row["number"] for row in rows)}
    return render(request, "exchange/figures/_findings.html", context | {"more_url": listed(of)})


def by_rule(found: QuerySet[SubmissionFinding]) -> list[dict[str, Any]]:
    """One entry a rule, the gravest first: how many findings, in how many counties."""
    counted = found.order_by().values("rule", "severity")
    rows = counted.annotate(
        number=Count("id"), counties=Count("submission__county_code", distinct=True)
    )
    order, known = list(Severity.values), registered()
    return [
        {**row, "name": known[row["rule"]].name if row["rule"] in known else row["rule"]}
        for row in sorted(rows, key=lambda row: (order.index(row["severity"]), -row["number"]))
    ]


@admits(SEE)
@require_safe
def panel_anomalies(request: HttpRequest, region_code: str) -> HttpResponse:
    """The figures of the period that stand out, each leading to its rows."""
    of = asked_of(request, board_region(request, region_code)).of
    found = anomalies.found_in(of)
    names = anomalies.names_of(found[:MOST])
    rows = [
        {
            "anomaly": each,
            "place": names.get(each.figure.region_code, each.figure.region_code),
            "period": each.figure.period.name,
            "label": declared(each.figure.measure).label,
            "url": each.figure.url(),
        }
        for each in found[:MOST]
    ]
    context = {"rows": rows, "total": len(found), "rules": sources(of, found)}
    return render(request, "exchange/figures/_anomalies.html", context)


def sources(of: Figure, found: list[anomalies.Anomaly]) -> list[dict[str, Any]]:
    """The rules that spoke, with the values they judged by."""
    book = RuleBook.load() if found else None
    spoke = {each.rule.key: each.rule for each in found}
    return [
        {
            "rule": rule,
            "values": [
                value
                for name in anomalies.parameters_of(rule)
                if book and (value := book.row(rule.key, name, of.region_code, of.period.last_day))
            ],
        }
        for rule in spoke.values()
    ]


def months_of(request: HttpRequest, of: Figure) -> SubmissionQuerySet:
    """The submissions of the figure's region and period, as far as the reader may see them."""
    mine: SubmissionQuerySet = Submission.objects.visible_to(reader(request))
    return mine.within(of.region_code).during(of.period)


def listed(of: Figure, **more: str) -> str:
    """The list of the months that a panel is of."""
    asked = {"region": of.region_code, "month": of.period.text, **more}
    return f"{reverse('exchange:submission-list')}?{urlencode(asked)}"
