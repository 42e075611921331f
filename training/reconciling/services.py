"""Acts of a reconciliation: ask for it, compare, take the differences out, let them go."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_noop

from core import audit
from core.access import Permission, scope_of
from core.models import User
from exchange import jobs
from exchange.files import FileRefused
from exchange.periods import Period
from talent.models import Person
from training import handed_in
from training.models import ReconciledLine, Reconciliation
from training.querysets import ReconciledLineQuerySet
from training.reconciling.cells import cells_of, kept
from training.reconciling.ledger import identify, rows_of
from training.reconciling.pairing import Difference, Pairing, pair
from training.reconciling.reading import Workbook, read_workbook
from training.reconciling.sides import Ours

# The acts of this module in words, as the audit trail shows them.
ACTS = (
    gettext_noop("reconciliation asked"),
    gettext_noop("reconciliation made"),
    gettext_noop("reconciliation opened"),
)

NOT_ENTITLED = gettext_noop("You may no longer compare workbooks with this region's ledger.")
GONE = gettext_noop("The workbook is no longer there. Hand it in again.")
AT_ONCE = 2_000


def reconcile(
    *, file: IO[bytes], name: str, region_code: str, period: str, program: str = "", by: User
) -> Reconciliation:
    """Hand in another office's workbook to be compared with a region's ledger; a worker does it.

    Raises PermissionError outside the user's scope, PeriodUnreadable, and FileRefused for what
    is no spreadsheet.
    """
    if not scope_of(by, Permission.MAKE_REPORTS).covers(region_code):
        raise PermissionError
    span = Period.parse(period)
    stored_as = handed_in.keep(file, name)
    kept_until = timezone.now() + datetime.timedelta(days=settings.RECONCILIATIONS_KEPT_DAYS)
    try:
        with transaction.atomic():
            job = Reconciliation.objects.create(
                name=Path(name).name[-255:],
                stored_as=stored_as,
                region_code=region_code,
                period=span.text,
                program=program,
                requested_by=by,
                office=by.office,
                expires_at=kept_until,
            )
            _record("asked", job, by, {"period": job.period})
            jobs.send(job)
    except BaseException:
        handed_in.path_of(stored_as).unlink(missing_ok=True)
        raise
    return job


@jobs.runs(Reconciliation)
def work(job: Reconciliation, progress: jobs.Progress) -> None:
    """What a worker does with a workbook. Looks at the rights again."""
    user = job.requested_by
    with handed_in.read_once(job.stored_as) as path:
        if user is None or not scope_of(user, Permission.MAKE_REPORTS).covers(job.region_code):
            raise jobs.JobRefused(NOT_ENTITLED)
        if not path.exists():
            raise jobs.JobRefused(GONE)
        try:
            workbook = read_workbook(path, job, progress.report)
        except FileRefused as refusal:
            raise jobs.JobRefused(refusal.sentence, **refusal.facts) from refusal
        ours = rows_of(job, workbook.compared)
        identify(workbook.lines, ours)
        _keep(job, workbook, ours, pair(workbook.lines, ours, workbook.compared))


def _keep(job: Reconciliation, workbook: Workbook, ours: Sequence[Ours], found: Pairing) -> None:
    """Keep the differences and end the job, or neither."""
    cells = cells_of(workbook.lines, ours, found, workbook.compared)
    counts: Counter[str] = Counter(each.way for each in found.differences)
    counts["theirs"] = sum(line.counts for line in workbook.lines)
    counts["beside"] = len(workbook.lines) - counts["theirs"]
    counts["ours"] = sum(row.counts for row in ours)
    with jobs.ending(job) as values:
        job.lines.all().delete()
        ReconciledLine.objects.bulk_create(_kept_lines(job, found.differences), AT_ONCE)
        told = {"rows": len(workbook.lines), "differences": len(found.differences)}
        _record("made", job, job.requested_by, told)
        values |= {
            "state": Reconciliation.State.DONE,
            "compared": workbook.compared,
            "counts": counts,
            "cells": kept(cells),
            "stored_as": "",
            "finished_at": Now(),
        }


def _kept_lines(job: Reconciliation, found: Sequence[Difference]) -> list[ReconciledLine]:
    """The differences as rows, those of lines first and in the order of the file."""
    people = {each.ours.person for each in found if each.ours}
    known = {p.pk: p for p in Person.objects.filter(pk__in=people).only("name", "id_number_mask")}
    return [_kept_line(job, each, known) for each in sorted(found, key=_place)]


def _place(each: Difference) -> tuple[Any, ...]:
    if each.theirs:
        return (0, each.theirs.sheet, each.theirs.line)
    return (1, "", each.ours.key if each.ours else 0)


def _kept_line(job: Reconciliation, each: Difference, known: dict[int, Person]) -> ReconciledLine:
    line, row = each.theirs, each.ours
    person = known[row.person] if row else None
    theirs = line.told() | {"name": line.name, "mask": line.mask} if line else {}
    if line and line.candidates:
        theirs["candidates"] = len(line.candidates)
    ours = (
        row.told() | {"name": person.name, "mask": person.id_number_mask} if row and person else {}
    )
    return ReconciledLine(
        job=job,
        way=each.way,
        also=each.also,
        name=(line.name if line else "") or (person.name if person else ""),
        sheet=line.sheet[:100] if line else "",
        line=line.line if line else None,
        row_key=row.key if row else None,
        person_key=row.person if row else None,
        theirs=theirs,
        ours=ours,
    )


def take_out(job: Reconciliation, *, by: User) -> ReconciledLineQuerySet:
    """The differences for somebody who takes them out now; the taking is written down."""
    lines: ReconciledLineQuerySet = job.lines.all()
    _record("opened", job, by, {"differences": lines.count()})
    return lines


def remove_expired() -> int:
    """Remove comparisons that are past their time, with all they found; returns how many."""
    expired = list(Reconciliation.objects.expired())
    for job in expired:
        name = job.stored_as
        job.delete()
        if name:
            handed_in.path_of(name).unlink(missing_ok=True)
    return len(expired)


def _record(act: str, job: Reconciliation, by: User | None, changes: dict[str, Any]) -> None:
    audit.record(
        f"training.reconciliation.{act}",
        by=by,
        target=job,
        region_code=job.region_code,
        changes=changes,
    )
