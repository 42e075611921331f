"""How large a report becomes and how long it takes, by what the last ones of its kind took."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from statistics import median

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.models import Region
from exchange.models import Breadth, ReportRun
from exchange.periods import Period
from exchange.reports import bundles
from exchange.reports.kinds import ReportContext, kind_of

RUNS = 5
MINUTE = 60


@dataclass(frozen=True)
class Estimate:
    """Rows of the first table, tables, and seconds: None before the first one was made."""

    rows: int
    tables: int
    seconds: float | None


def estimate(*, report: str, region_code: str, period: str, format: str, breadth: str) -> Estimate:
    """What a report that can be asked for would take."""
    kind, span = kind_of(report), Period.parse(period)
    if breadth == Breadth.BENEATH:
        regions = bundles.regions_beneath(region_code, kind.levels, span)
    else:
        regions = list(Region.objects.filter(code=region_code))
    now = timezone.now()
    contexts = [ReportContext(region, span, now, "", "", kind.form) for region in regions]
    rows = sum(map(kind.size, contexts))
    speed = rows_per_second(report, format, breadth)
    return Estimate(rows, len(regions), rows / speed if speed else None)


def rows_per_second(report: str, format: str, breadth: str) -> float | None:
    """The median of the last runs that were done; None before the first one with rows."""
    done = ReportRun.objects.filter(report=report, format=format, breadth=breadth, rows__gt=0)
    times = done.filter(state=ReportRun.State.DONE, started_at__isnull=False).order_by("-id")
    speeds = [
        rows / taken
        for rows, began, ended in times.values_list("rows", "started_at", "finished_at")[:RUNS]
        if (taken := (ended - began).total_seconds()) > 0
    ]
    return median(speeds) if speeds else None


def seconds_left(run: ReportRun, now: datetime.datetime) -> float | None:
    """Of a running report, from how far it came so far; None while it cannot be told."""
    if run.state != ReportRun.State.RUNNING or not run.total or not run.started_at:
        return None
    if run.done:
        taken = (now - run.started_at).total_seconds()
        return max(0.0, taken * (run.total - run.done) / run.done)
    speed = rows_per_second(run.report, run.format, run.breadth)
    return run.total / speed if speed else None


def in_words(seconds: float) -> str:
    """About how long, as one says it: seconds below a minute and a half, then minutes."""
    if seconds < 1.5 * MINUTE:
        whole = max(1, round(seconds))
        return ngettext("about %(n)d second", "about %(n)d seconds", whole) % {"n": whole}
    return _("about %(n)d minutes") % {"n": round(seconds / MINUTE)}
