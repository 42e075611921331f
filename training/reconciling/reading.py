"""Theirs: the rows of the workbook, read by the training roster's own columns and nothing staged."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from django.utils.translation import gettext_noop

from core.models import Region
from core.rules import Batch
from core.sealing import mask_id_number, mask_stray_numbers
from exchange.files import cells as marks
from exchange.imports.advice import Advice
from exchange.imports.columns import Column, choice, date, text
from exchange.imports.reading import ColumnsUnmatched, Roster, read_roster
from exchange.jobs import JobRefused
from exchange.models import ColumnMatch
from exchange.periods import Period
from programs.models import Program
from talent.identity import birth_date_of, repair_id_number
from talent.imports import resolve_people
from talent.names import fold_name
from talent.places import resolve_places
from training.imports import COLUMNS, TRAINING_ROSTER
from training.models import Reconciliation
from training.reconciling.sides import Theirs

COUNTY = 6
UNREADABLE = gettext_noop(
    "No list of people was found: the columns %(columns)s are missing. Write their headings as in "
    "the template of the training roster."
)
NOBODY_KNOWN = "“身份证号码”或“出生日期”"


@dataclass(frozen=True)
class Workbook:
    """The lines of theirs, and what they tell of COMPARED."""

    lines: list[Theirs]
    compared: list[str]


def columns() -> tuple[Column, ...]:
    """Those of the training roster, of which only the name is needed, and what offices add."""
    programs = dict(Program.objects.filter(parts=None).values_list("code", "name"))
    return (
        *(replace(column, required=column.name == "name") for column in COLUMNS),
        Column("born", "出生日期", date, ("出生年月", "出生年月日", "出生时间")),
        Column(
            "county",
            "县区",
            text(50, compact=True),
            ("县", "区县", "县市区", "县（市、区）", "所属县区"),
        ),
        Column(
            "program", "培训项目", choice(programs), ("项目", "项目名称", "培训类型"), for_all=True
        ),
    )


def read_workbook(
    path: Path, job: Reconciliation, report: Callable[[int, int | None], None]
) -> Workbook:
    """Read the list of people in a process of its own.

    Raises FileRefused, or JobRefused with the headings that it misses.
    """
    kind = replace(TRAINING_ROSTER, columns=columns())
    matched = ColumnMatch.objects.filter(office=job.office_id, kind=kind.key)
    advice = Advice(matches=dict(matched.values_list("digest", "columns")))
    try:
        roster = read_roster(
            path,
            name=job.name,
            kind=kind,
            region_code=job.region_code,
            report=report,
            advice=advice,
        )
    except ColumnsUnmatched as refusal:
        told = refusal.params.get("columns", "")
        raise JobRefused(UNREADABLE, columns=told) from refusal
    given = given_in(roster)
    if not given & {"id_number", "born"}:
        raise JobRefused(UNREADABLE, columns=NOBODY_KNOWN)
    return Workbook(list(_lines(roster, job)), _compared(given, job))


def given_in(roster: Roster) -> set[str]:
    """The columns that a table of the file gives, as a column or above it."""
    tables = [table for sheet in roster.sheets for table in sheet.tables]
    given = {name for table in tables for name in (*table.heading.places, *table.facts)}
    parts = {part for c in roster.kind.columns if c.name in given for part in c.parts}
    return given | parts


def _compared(given: set[str], job: Reconciliation) -> list[str]:
    told = {
        "county": len(job.region_code) < COUNTY and "county" in given,
        "month": "start_date" in given,
        "program": bool(job.program) or "program" in given,
        "category": "category" in given,
    }
    return [name for name, is_so in told.items() if is_so]


def _lines(roster: Roster, job: Reconciliation) -> Iterator[Theirs]:
    batch, reading = roster.batch, roster.reading
    resolve_people(batch)
    counties = _counties(batch, job)
    if len(job.region_code) == COUNTY:
        resolve_places(batch, reading)
    else:
        batch.columns["region_code"] = counties
    sheets = {sheet.number: sheet.name for sheet in roster.sheets}
    asked = _Asked(job.span, job.program)
    written = _as_written(roster)
    for row in range(batch.size):
        number, name = _told(batch, row, written)
        start, program = batch["start_date"][row], batch["program"][row] or job.program
        month = start.replace(day=1) if start else None
        yield Theirs(
            county=counties[row],
            place=batch["region_code"][row] or counties[row],
            month=month,
            program=program,
            category=batch["category"][row] or "",
            class_code=batch["class_code"][row] or "",
            counts=asked.holds(month, program),
            sheet=sheets.get(roster.sheet[row], ""),
            line=roster.line[row],
            name=name,
            name_key=batch["name_key"][row] or fold_name(name),
            index=batch["id_index"][row],
            mask=mask_id_number(number),
            born=batch["born"][row] or _born(number),
        )


@dataclass(frozen=True)
class _Asked:
    period: Period
    program: str

    def holds(self, month: datetime.date | None, program: str) -> bool:
        """Whether a row lies in what is compared; what it does not tell does not speak against it."""
        is_then = month is None or self.period.first_day <= month <= self.period.last_day
        return is_then and (not self.program or program == self.program)


def _counties(batch: Batch, job: Reconciliation) -> list[str]:
    """The county of each row; '' where it names none of the region."""
    if len(job.region_code) == COUNTY:
        return [job.region_code] * batch.size
    regions = Region.objects.within(job.region_code).filter(level=Region.Level.COUNTY)
    codes = regions.by_any_name()
    return [codes.get(name or "", "") for name in batch["county"]]


def _as_written(roster: Roster) -> dict[int, dict[str, str]]:
    """The cells of the rows whose name or number could not be read."""
    both = zip(roster.batch["name"], roster.batch["id_number"], strict=True)
    rows = [row for row, read in enumerate(both) if None in read]
    return dict(zip(rows, roster.cells_of(rows), strict=True))


def _told(batch: Batch, row: int, written: Mapping[int, Mapping[str, str]]) -> tuple[str, str]:
    """Number and name of a row: as read, else as they stand in its cells."""
    number, name, cells = batch["id_number"][row], batch["name"][row], written.get(row, {})
    if number is None:
        number = marks.content(repair_id_number(cells.get("id_number", ""))[0])
    if name is None:
        name = mask_stray_numbers(marks.content(cells.get("name", "")).strip())[:100]
    return number, name


def _born(number: str) -> datetime.date | None:
    try:
        return birth_date_of(number)
    except ValueError:
        return None
