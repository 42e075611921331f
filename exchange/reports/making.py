"""From a run to a file: one snapshot, one workbook, written aside and put in place whole."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_noop

from core.access import Permission, scope_of
from core.models import Region
from core.sealing import SealBroken
from exchange.jobs import JobRefused, Progress
from exchange.models import ReportRun
from exchange.periods import Period
from exchange.reports import forms
from exchange.reports.basis import basis_of
from exchange.reports.kinds import ReportContext, ReportKind
from exchange.reports.snapshot import snapshot
from exchange.workbooks import CellUnwritable, WorkbookInfo, write_workbook

# The forms are Chinese whoever asks for them.
LANGUAGE = "zh-hans"

UNWRITABLE = gettext_noop(
    "Line %(line)s of “%(column)s” holds something that a table cannot show; no file was kept. "
    "Tell the administrator this line."
)


@dataclass(frozen=True)
class Made:
    """A file that was made: what is in it and as of when."""

    info: WorkbookInfo
    as_of: datetime.datetime
    numbers: int
    receipts: Sequence[str] = ()

    @property
    def rows(self) -> int:
        """The rows of the first table, on however many sheets."""
        first = next(iter(self.info.rows))
        return sum(
            count
            for name, count in self.info.rows.items()
            if name == first or name.startswith(f"{first}(")
        )


def folder() -> Path:
    """Where reports are kept, out of reach of any web server."""
    path: Path = settings.FILES_DIR / "reports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def make(run: ReportRun, kind: ReportKind, path: Path, progress: Progress) -> Made:
    """Make the run's file at a path. Raises JobRefused with the sentence for the user."""
    with translation.override(LANGUAGE), _in_plain_words(), snapshot() as as_of:
        context = context_of(run, kind, as_of)
        total = kind.size(context)
        progress.report(0, total)
        info = write_workbook(
            path,
            kind.sheets(context),
            labels=forms.LABELS,
            progress=lambda done: progress.report(done, total),
            created=as_of,
        )
    receipts = context.basis.codes if context.basis else ()
    return Made(info, as_of, context.numbers_written, receipts)


def context_of(run: ReportRun, kind: ReportKind, as_of: datetime.datetime) -> ReportContext:
    region = Region.objects.get(code=run.region_code)
    period = Period.parse(run.period)
    return ReportContext(
        region=region,
        period=period,
        as_of=as_of,
        office=forms.filing_office(region, run.office),
        made_by=str(run.requested_by or forms.MADE_BY_SYSTEM),
        form=forms.form_for(kind.key, kind.form, region.code, period.last_day),
        with_numbers=with_numbers(run),
        basis=basis_of(region, kind.since(region, period), period.last_day),
    )


def with_numbers(run: ReportRun) -> bool:
    """Whether personal numbers may be written in full.

    What the clock makes has them: only who may see them can open it.
    """
    if run.requested_by is None:
        return True
    return scope_of(run.requested_by, Permission.SEE_PERSONAL_NUMBERS).covers(run.region_code)


@contextmanager
def _in_plain_words() -> Iterator[None]:
    """Turn what trying again would not mend into a sentence."""
    try:
        yield
    except SealBroken as trouble:
        raise JobRefused(trouble.sentence) from trouble
    except CellUnwritable as trouble:
        raise JobRefused(UNWRITABLE, line=trouble.line, column=trouble.column) from trouble
