"""Acts of a reconciliation: ask for it, compare, take the differences out, let them go."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_noop

from core import audit
from core.access import Permission, scope_of
from core.models import Region, User
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
from training.reconciling.tables import Different, Found, compare_table

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
    *,
    file: IO[bytes],
    name: str,
    region_code: str,
    period: str,
    program: str = "",
    kind: str = Reconciliation.Kind.ROSTER,
    roster: IO[bytes] | None = None,
    roster_name: str = "",
    by: User,
) -> Reconciliation:
    """Hand in another office's workbook to be compared with a region's ledger; a worker does it.

    `roster` is the list of people behind an official table, if there is one. Raises
    PermissionError outside the user's scope, PeriodUnreadable, and FileRefused for what is no
    spreadsheet.
    """
    if not scope_of(by, Permission.MAKE_REPORTS).covers(region_code):
        raise PermissionError
    job = Reconciliation(
        kind=kind,
        name=Path(name).name[-255:],
        roster_name=Path(roster_name).name[-255:],
        region_code=region_code,
        period=Period.parse(period).text,
        program=program,
        requested_by=by,
        office=by.office,
        expires_at=timezone.now() + datetime.timedelta(days=settings.RECONCILIATIONS_KEPT_DAYS),
    )
    try:
        job.stored_as = handed_in.keep(file, name)
        job.roster_stored_as = handed_in.keep(roster, roster_name) if roster else ""
        with transaction.atomic():
            job.save()
            _record("asked", job, by, {"period": job.period})
            jobs.send(job)
    except BaseException:
        _let_go(job)
        raise
    return job


def _let_go(job: Reconciliation) -> None:
    for stored_as in filter(None, (job.stored_as, job.roster_stored_as)):
        handed_in.path_of(stored_as).unlink(missing_ok=True)


@jobs.runs(Reconciliation)
def work(job: Reconciliation, progress: jobs.Progress) -> None:
    """What a worker does with a workbook. Looks at the rights again."""
    with ExitStack() as files:
        path = files.enter_context(handed_in.read_once(job.stored_as))
        people = path if job.kind == Reconciliation.Kind.ROSTER else None
        if job.roster_stored_as:
            people = files.enter_context(handed_in.read_once(job.roster_stored_as))
        _look(job, path, people)
        try:
            table = _table(job, path) if people != path else None
            _keep(job, table, _people(job, people, progress) if people else None)
        except FileRefused as refusal:
            raise jobs.JobRefused(refusal.sentence, **refusal.facts) from refusal


def _look(job: Reconciliation, *files: Path | None) -> None:
    """Raise JobRefused when the asker's right or a file is gone."""
    user = job.requested_by
    if user is None or not scope_of(user, Permission.MAKE_REPORTS).covers(job.region_code):
        raise jobs.JobRefused(NOT_ENTITLED)
    if not all(path.exists() for path in files if path):
        raise jobs.JobRefused(GONE)


def _table(job: Reconciliation, path: Path) -> Found:
    region = Region.objects.get(pk=job.region_code)
    return compare_table(path, name=job.name, region=region, period=job.span)


@dataclass(frozen=True)
class Compared:
    """Both sides of a list of people, and what differs."""

    workbook: Workbook
    ours: list[Ours]
    found: Pairing


def _people(job: Reconciliation, path: Path, progress: jobs.Progress) -> Compared:
    workbook = read_workbook(path, job, progress.report)
    ours = rows_of(job, workbook.compared)
    identify(workbook.lines, ours)
    return Compared(workbook, ours, pair(workbook.lines, ours, workbook.compared))


def _keep(job: Reconciliation, table: Found | None, people: Compared | None) -> None:
    """Keep the differences and end the job, or neither."""
    counts: dict[str, Any] = {}
    values_of: dict[str, Any] = {}
    lines: list[ReconciledLine] = []
    if table:
        counts |= {"cell": len(table.different), "cells": table.cells, "lacking": table.lacking}
        values_of |= {"table": table.table.key}
        lines += [_kept_cell(job, each) for each in table.different]
    if people:
        counts |= _counts(people)
        compared = people.workbook.compared
        cells = cells_of(people.workbook.lines, people.ours, people.found, compared)
        values_of |= {"compared": compared, "cells": kept(cells)}
        lines += _kept_lines(job, people.found.differences)
    with jobs.ending(job) as values:
        job.lines.all().delete()
        ReconciledLine.objects.bulk_create(lines, AT_ONCE)
        rows = len(people.workbook.lines) if people else 0
        _record("made", job, job.requested_by, {"rows": rows, "differences": len(lines)})
        values |= values_of | {
            "state": Reconciliation.State.DONE,
            "counts": counts,
            "stored_as": "",
            "roster_stored_as": "",
            "finished_at": Now(),
        }


def _counts(people: Compared) -> dict[str, int]:
    theirs = sum(line.counts for line in people.workbook.lines)
    return {
        **Counter(each.way for each in people.found.differences),
        "theirs": theirs,
        "beside": len(people.workbook.lines) - theirs,
        "ours": sum(row.counts for row in people.ours),
    }


def _kept_cell(job: Reconciliation, each: Different) -> ReconciledLine:
    column = each.column
    return ReconciledLine(
        job=job,
        way=ReconciledLine.Way.CELL,
        name=each.title[:100],
        sheet=each.sheet[:100],
        line=each.line,
        theirs={
            "value": each.theirs,
            "code": column.code,
            "title": " ".join(filter(None, (column.group, column.title))),
        },
        ours={"value": each.ours, "figure": each.figure},
    )


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
        job.delete()
        _let_go(job)
    return len(expired)


def _record(act: str, job: Reconciliation, by: User | None, changes: dict[str, Any]) -> None:
    audit.record(
        f"training.reconciliation.{act}",
        by=by,
        target=job,
        region_code=job.region_code,
        changes=changes,
    )
