"""From a run to a file: one snapshot, one workbook, print or zip, put in place whole."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_noop

from core.access import Permission, scope_of
from core.models import Region
from core.sealing import SealBroken
from exchange.jobs import JobRefused, Progress
from exchange.models import Breadth, Format, ReportRun
from exchange.papers import write_paper
from exchange.periods import Period
from exchange.reports import archive, bundles, forms
from exchange.reports.basis import basis_of
from exchange.reports.kinds import COUNTY, ReportContext, ReportKind
from exchange.reports.snapshot import snapshot
from exchange.workbooks import CellUnwritable, write_workbook

# The forms are Chinese whoever asks for them.
LANGUAGE = "zh-hans"
Told = Callable[[int], None]

UNWRITABLE = gettext_noop(
    "Line %(line)s of “%(column)s” holds something that a table cannot show; no file was kept. "
    "Tell the administrator this line."
)
TOO_LARGE = gettext_noop(
    "The file would be larger than 2 GB, which Excel does not open; no file was kept. Make it of "
    "a shorter period, or of each office beneath."
)


@dataclass(frozen=True)
class Made:
    """A file that was made: what is in it and as of when. `rows` are those of its first table."""

    rows: int
    size: int
    sha256: str
    as_of: datetime.datetime
    numbers: int = 0
    receipts: Sequence[str] = ()
    basis: str = ""


def folder() -> Path:
    """Where reports are kept, out of reach of any web server."""
    path: Path = settings.FILES_DIR / "reports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def make(run: ReportRun, kind: ReportKind, path: Path, progress: Progress) -> Made:
    """Make the run's file at a path. Raises JobRefused with the sentence for the user."""
    with translation.override(LANGUAGE), _in_plain_words(), snapshot() as as_of:
        if run.breadth == Breadth.BENEATH:
            return _make_beneath(run, kind, path, progress, as_of)
        context = context_of(run, kind, Region.objects.get(code=run.region_code), as_of)
        total = kind.size(context)
        progress.report(0, total)
        return write_table(path, kind, run.format, context, lambda n: progress.report(n, total))


def _make_beneath(
    run: ReportRun, kind: ReportKind, path: Path, progress: Progress, as_of: datetime.datetime
) -> Made:
    """One zip with the table of every office beneath, all as of one moment."""
    regions = bundles.regions_beneath(run.region_code, kind.levels, Period.parse(run.period))
    if not regions:
        raise JobRefused(bundles.NOBODY_BENEATH)
    contexts = [context_of(run, kind, region, as_of) for region in regions]
    total = sum(map(kind.size, contexts))
    progress.report(0, total)
    made: list[Made] = []

    def write_one(part: Path, context: ReportContext) -> None:
        progress.at, done = context.region.name, sum(each.rows for each in made)
        told: Told = lambda rows: progress.report(done + rows, total)  # noqa: E731
        made.append(write_table(part, kind, run.format, context, told))

    tables = [
        (_name_in_zip(run, kind, each), partial(write_one, context=each)) for each in contexts
    ]
    stamp = bundles.write_zip(path, tables)
    progress.at = ""
    return Made(
        sum(each.rows for each in made),
        stamp.size,
        stamp.sha256,
        max(each.as_of for each in made),
        sum(each.numbers for each in made),
        list(dict.fromkeys(code for each in made for code in each.receipts)),
        archive.digest_of_all([each.basis for each in made]),
    )


def write_table(
    path: Path, kind: ReportKind, written_as: str, context: ReportContext, told: Told
) -> Made:
    """Write the sheets of one table as workbook or print; `told` is given the rows so far."""
    sheets = kind.sheets(context)
    if written_as == Format.PDF:
        paper = write_paper(path, *sheets, labels=forms.LABELS, progress=told)
        rows, size, sha256 = paper.rows_by_sheet[0], paper.size, paper.sha256
    else:
        info = write_workbook(
            path, sheets, labels=forms.LABELS, progress=told, created=context.as_of
        )
        rows, size, sha256 = rows_of_first_table(info.rows), info.size, info.sha256
    receipts = context.basis.codes if context.basis else ()
    basis = archive.digest_of(kind, context, written_as)
    return Made(rows, size, sha256, context.as_of, context.numbers_written, receipts, basis)


def rows_of_first_table(by_sheet: Mapping[str, int]) -> int:
    """The rows of the first table, on however many sheets."""
    first = next(iter(by_sheet))
    parts = (n for name, n in by_sheet.items() if name == first or name.startswith(f"{first}("))
    return sum(parts)


def file_stem(run: ReportRun, kind: ReportKind, region: Region) -> str:
    """What the file is called, without its ending."""
    return f"{region.name}{kind.title}{run.period}"


def _name_in_zip(run: ReportRun, kind: ReportKind, context: ReportContext) -> str:
    return f"{context.region.code}{file_stem(run, kind, context.region)}.{run.format}"


def context_of(
    run: ReportRun, kind: ReportKind, region: Region, as_of: datetime.datetime
) -> ReportContext:
    """What a table of the region is about; over sealed months nothing but what is sealed."""
    period = Period.parse(run.period)
    context = ReportContext(
        region=region,
        period=period,
        as_of=as_of,
        office=forms.filing_office(region, run.office),
        made_by=str(run.requested_by or forms.MADE_BY_SYSTEM),
        form=forms.form_for(kind.key, kind.form, region.code, period.last_day),
        with_numbers=with_numbers(run),
        basis=basis_of(region, kind.since(region, period), period.last_day),
    )
    return archive.of_its_basis(kind, context)


def with_numbers(run: ReportRun) -> bool:
    """Whether personal numbers may be written in full.

    What the clock makes of a county has them: only who may see them can open it. Above the
    county nobody may, and what is made there could be opened by nobody.
    """
    if run.requested_by is None:
        return len(run.region_code) == COUNTY
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
    except zipfile.LargeZipFile as trouble:
        raise JobRefused(TOO_LARGE) from trouble
