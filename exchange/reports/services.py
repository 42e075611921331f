"""Acts of a report: ask for it, make it, ask again, take it out, let it go."""

from __future__ import annotations

import datetime
import time
import uuid
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_noop

from core import audit
from core.access import Permission, scope_of
from core.models import Region, User
from exchange import jobs
from exchange.models import Breadth, Format, ReportOrder, ReportRun
from exchange.periods import Period
from exchange.querysets import ReportRunQuerySet
from exchange.reports import archive, bundles, telling
from exchange.reports.kinds import LEVELS, ReportKind, kind_of
from exchange.reports.making import Made, file_stem, folder, make

# The acts of this module in words, as the audit trail shows them.
ACTS = (
    gettext_noop("report requested"),
    gettext_noop("report made"),
    gettext_noop("report opened"),
    gettext_noop("report forgotten"),
    gettext_noop("report retried"),
    gettext_noop("rollups checked"),
    gettext_noop("rollups recounted"),
)

NO_SUCH_REPORT = gettext_noop("There is no such report. Choose one of the list.")
NO_SUCH_REGION = gettext_noop(
    "No region with tables of its own has this code. Give a province, prefecture or county."
)
NOT_OF_THIS_LEVEL = gettext_noop(
    "Regions of this level have no such table. Choose another region, or the tables of all "
    "offices beneath."
)
NO_SUCH_FORMAT = gettext_noop("This report is not made as a print. Choose the workbook.")
NO_SUCH_PERIOD = gettext_noop(
    "This table is not made for a period of this length. Choose another one: a month, a quarter "
    "or a year."
)
NOT_BEGUN = gettext_noop("This period has not begun yet. Choose one that has.")
NOT_FAILED = gettext_noop("Only a report that failed can be made again. Load the page again.")
NOT_ENTITLED = gettext_noop("You may no longer make reports for this region. No file was made.")
FILE_GONE = gettext_noop("The file of this report is no longer there. Make the report again.")
EXPIRED = gettext_noop(
    "The file was kept until %(day)s and has been removed. Make the report again."
)
PATIENCE_SECONDS = 0.2
MOVING = (ReportRun.State.QUEUED, ReportRun.State.RUNNING)


class ReportNotPossible(Exception):
    """What cannot be asked for, or not now; carries an untranslated sentence for the user."""


def request_report(
    *,
    report: str,
    region_code: str,
    period: str,
    by: User | None,
    format: str = Format.XLSX,
    breadth: str = Breadth.ALONE,
    wake: bool = True,
) -> ReportRun:
    """Ask for a report of a region and period, or of all offices beneath it; a worker makes it.

    Who asks twice for what is still being made gets the same run. `by` is None only for the
    shell, which does not wake a worker when it makes the report itself.
    Raises PeriodUnreadable, ReportNotPossible, or PermissionError outside the user's
    scope.
    """
    asked = {
        "report": report,
        "region_code": region_code,
        "period": Period.parse(period).text,
        "format": format,
        "breadth": breadth,
    }
    look_at(**asked, by=by)
    if by is not None:
        mine: ReportRunQuerySet = ReportRun.objects.filter(**asked, requested_by=by)
        moving: ReportRun | None = mine.filter(state__in=MOVING).first()
        if moving is not None:
            return moving
    with transaction.atomic():
        run = ReportRun.objects.create(**asked, requested_by=by, office=by.office if by else None)
        _record("requested", run, by, {"by_clock": False, "format": run.suffix})
        if wake:
            jobs.send(run)
    return run


@transaction.atomic
def request_ordered(order: ReportOrder, period: Period) -> ReportRun:
    """The run of an order's period: one, whatever became of it.

    What speaks against making it is told by the run.
    """
    run, is_new = ReportRun.objects.get_or_create(
        order=order,
        region_code=order.region_code,
        period=period.text,
        defaults={
            "report": order.report,
            "format": order.format,
            "breadth": order.breadth,
            "office": order.office,
            "by_clock": True,
        },
    )
    if is_new:
        _record("requested", run, None, {"by_clock": True, "format": run.suffix})
        jobs.send(run)
    return run


def look_at(
    *, report: str, region_code: str, period: str, by: User | None, format: str, breadth: str
) -> ReportKind:
    """The kind of a report that can be asked for; raises as `request_report` does."""
    try:
        kind = kind_of(report)
    except KeyError:
        raise ReportNotPossible(NO_SUCH_REPORT) from None
    if by is not None and not scope_of(by, kind.permission).covers(region_code):
        raise PermissionError
    if len(region_code) not in LEVELS or not Region.objects.filter(code=region_code).exists():
        raise ReportNotPossible(NO_SUCH_REGION)
    if format not in kind.formats:
        raise ReportNotPossible(NO_SUCH_FORMAT)
    span = Period.parse(period)
    if span.kind not in kind.periods:
        raise ReportNotPossible(NO_SUCH_PERIOD)
    if span.first_day > timezone.localdate():
        raise ReportNotPossible(NOT_BEGUN)
    beneath = breadth == Breadth.BENEATH
    if not beneath and not kind.is_for(region_code, breadth):
        raise ReportNotPossible(NOT_OF_THIS_LEVEL)
    if beneath and not bundles.regions_beneath(region_code, kind.levels, span):
        raise ReportNotPossible(bundles.NOBODY_BENEATH)
    return kind


def make_now(run: ReportRun) -> ReportRun:
    """Make a requested report in this process, or wait for the worker that was faster."""
    while not run.is_over:
        jobs.run(run._meta.label_lower, run.pk)
        run.refresh_from_db()
        if not run.is_over:
            time.sleep(PATIENCE_SECONDS)
    return run


@jobs.runs(ReportRun, failed=telling.tell_failure)
def work(run: ReportRun, progress: jobs.Progress) -> None:
    """What a worker does with a run. Looks at the rights again."""
    kind = _entitled(run)
    path = folder() / f"{uuid.uuid4().hex}.{run.suffix}"
    try:
        made = make(run, kind, path, progress)
        stored_as = _finish(run, kind, path, made)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    if stored_as != path.name:
        path.unlink()


def _entitled(run: ReportRun) -> ReportKind:
    try:
        kind = kind_of(run.report)
    except KeyError:
        raise jobs.JobRefused(NO_SUCH_REPORT) from None
    user = run.requested_by
    if user is not None and not scope_of(user, kind.permission).covers(run.region_code):
        raise jobs.JobRefused(NOT_ENTITLED)
    if run.format not in kind.formats:
        raise jobs.JobRefused(NO_SUCH_FORMAT)
    if not kind.is_for(run.region_code, run.breadth):
        raise jobs.JobRefused(NOT_OF_THIS_LEVEL)
    return kind


def _finish(run: ReportRun, kind: ReportKind, path: Path, made: Made) -> str:
    """Name the file in its run and end the job, or neither; returns the name of the file kept.

    What rests on sealed months is kept without end.
    """
    run.basis = made.basis
    place = archive.place_of(run, path, made.sha256)
    kept = None if made.basis else Now() + datetime.timedelta(days=settings.REPORTS_KEPT_DAYS)
    with jobs.ending(run) as values:
        facts = {"rows": made.rows, "numbers": made.numbers, "sha256": made.sha256}
        _record("made", run, run.requested_by, facts)
        values |= {
            "state": ReportRun.State.DONE,
            "as_of": made.as_of,
            "stored_as": place.stored_as,
            "basis": made.basis,
            "differs_from": place.differs_from,
            "file_name": _file_name(run, kind),
            "sha256": made.sha256,
            "size": made.size,
            "rows": made.rows,
            "parameters": {
                **run.parameters,
                "numbers": made.numbers,
                "receipts": list(made.receipts),
                **({"filed": True} if kind.frozen and made.basis else {}),
            },
            "finished_at": Now(),
            "expires_at": kept,
        }
    return place.stored_as


def _file_name(run: ReportRun, kind: ReportKind) -> str:
    region = Region.objects.get(code=run.region_code)
    return f"{file_stem(run, kind, region)}.{run.suffix}"


def retry(run: ReportRun, *, by: User) -> None:
    """Have a failed report made again, in the name of whoever asks now.

    Raises PermissionError outside the user's scope, ReportNotPossible when it did not
    fail or somebody was faster.
    """
    look_at(
        report=run.report,
        region_code=run.region_code,
        period=run.period,
        by=by,
        format=run.format,
        breadth=run.breadth,
    )
    with transaction.atomic():
        failed = ReportRun.objects.filter(pk=run.pk, state=ReportRun.State.FAILED)
        again = {"state": ReportRun.State.QUEUED, "attempt": 0, "done": 0, "error": ""}
        asking = {} if run.by_clock else {"requested_by": by, "office": by.office}
        cleared: dict[str, Any] = {"error_params": {}, "finished_at": None, "queued_at": Now()}
        if failed.update(**again, **asking, **cleared) != 1:
            raise ReportNotPossible(NOT_FAILED)
        run.refresh_from_db()
        _record("retried", run, by, {})
        jobs.send(run)


def openable(run: ReportRun, user: User) -> bool:
    """Whether the user may open the run's file now; the kind itself may be gone."""
    try:
        permission = kind_of(run.report).permission
    except KeyError:
        permission = Permission.MAKE_REPORTS
    here = ReportRun.objects.filter(pk=run.pk).visible_to(user, permission)
    return bool(here.openable_by(user).exists())


def open_file(run: ReportRun, *, by: User) -> BinaryIO:
    """The run's file, open, for somebody who takes it out now; the taking is written down.

    Raises PermissionError when the user may not open it, ReportNotPossible when the
    file is no longer on the disk.
    """
    if not openable(run, by):
        raise PermissionError
    try:
        file = (folder() / run.stored_as).open("rb")
    except FileNotFoundError:
        raise ReportNotPossible(FILE_GONE) from None
    facts = {"sha256": run.sha256, "numbers": run.parameters.get("numbers", 0)}
    _record("opened", run, by, facts)
    return file


def remove_expired() -> int:
    """Remove the files that are past their time; their runs stay, with a word. Returns how many."""
    expired = list(ReportRun.objects.expired())
    for run in expired:
        # First the row, then the file: what a row names can be opened.
        name, day = run.stored_as, timezone.localdate(run.expires_at)
        ReportRun.objects.filter(pk=run.pk).update(
            stored_as="", error=EXPIRED, error_params={"day": day.isoformat()}
        )
        for gone in archive.unnamed([name]):
            (folder() / gone).unlink(missing_ok=True)
    _remove_strays()
    return len(expired)


def _remove_strays() -> None:
    """Remove files that no run names: what a worker that was killed had begun."""
    long_ago = time.time() - settings.CELERY_TASK_TIME_LIMIT
    named = set(ReportRun.objects.exclude(stored_as="").values_list("stored_as", flat=True))
    for path in folder().iterdir():
        if path.name not in named and path.stat().st_mtime < long_ago:
            path.unlink(missing_ok=True)


def _record(act: str, run: ReportRun, by: User | None, changes: dict[str, Any]) -> None:
    audit.record(
        f"exchange.report.{act}",
        by=by,
        target=run,
        region_code=run.region_code,
        changes={"report": run.report, "period": run.period} | changes,
    )
