"""A ledger as a report: out of the database into a workbook, against openpyxl and COPY.

    var/venv/bin/python bench/report_bench.py [--rows 100000] [--rounds 3] [--large 1000000]

with the portal's environment and DATABASE_URL set to a database that may be filled and
dropped. One county with --rows ledger rows is made by `bench/ledger_base.py`; then each round
makes, one after another and each in a process of its own,

    copy       COPY of the same cells by one SELECT to a csv file: the floor, codes not yet words
    ours       the report: the same rows read, worded and written as `exchange.reports` does it
    openpyxl   the rows read and worded as above, written by openpyxl in write-only mode
    rows       the rows read and worded, and written nowhere

`MB over base` is the peak of memory over a process that has made the report of ten rows; the
ratios are medians over the rounds with their spread. --large makes ours once more with that
many rows and tells on how many sheets they lie. The writers alone are compared by `bench/workbook_bench.py`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

import openpyxl
from django.db import connection
from django.utils import timezone

from bench.ledger_base import build, sql
from core.models import Region
from exchange.periods import Period
from exchange.reports import Form, ReportContext, ReportKind
from exchange.reports.making import write_table
from exchange.reports.snapshot import snapshot
from exchange.workbooks import SheetSpec
from talent.places import Gazetteer
from training import ledger
from training.models import Enrollment

WAYS = ("copy", "ours", "openpyxl", "rows")
# The cells of `training.ledger`, masked as for whoever may not see numbers.
SELECT = """
SELECT person.name, person.sex, person.id_number_mask, person.phone_mask, person.ethnicity,
    row.education, row.category, row.household_code, row.relation, township.short_name,
    village.short_name, row.group_name, occupation.name, row.level, institution.name, class.code,
    row.start_date, row.end_date, row.hours, row.remark
FROM training_enrollment AS row
JOIN talent_person AS person ON person.id = row.person_id
JOIN training_trainingclass AS class ON class.id = row.training_class_id
JOIN training_occupation AS occupation ON occupation.id = class.occupation_id
JOIN training_institution AS institution ON institution.id = class.institution_id
LEFT JOIN core_region AS township ON township.code = left(row.region_code, 9)
LEFT JOIN core_region AS village ON village.code = row.region_code
WHERE row.county_code = '{county}' ORDER BY row.import_batch_id, row.sheet, row.line LIMIT {rows}
"""


def person_rows(county: str, rows: int) -> Iterator[list[Any]]:
    places = Gazetteer.of(county).names
    found = Enrollment.objects.active().within(county)
    for number, row in enumerate(ledger.person_rows(found, places, in_full=False), start=1):
        yield row
        if number == rows:
            return


def a_kind(rows: int) -> ReportKind:
    """The people's sheet of the ledger report, over all years."""

    def sheets(context: ReportContext) -> Iterator[SheetSpec]:
        yield SheetSpec(
            name="台账",
            columns=ledger.columns(whole_hours=True),
            rows=person_rows(context.region.code, rows),
            head=context.head("台账", unit="人次"),
            foot=context.foot(),
        )

    title = "台账"
    return ReportKind(title, title, title, Form(), sheets=sheets, size=lambda context: rows)


def write(way: str, county: str, rows: int, path: Path) -> None:
    """Write the first rows of the county in one of the ways that are compared."""
    with snapshot() as as_of:
        if way == "copy":
            with path.open("wb") as file, connection.cursor() as cursor:
                statement = SELECT.format(county=county, rows=rows)
                cursor.copy_expert(f"COPY ({statement}) TO STDOUT WITH (FORMAT csv)", file)
        elif way == "ours":
            region, period = Region.objects.get(code=county), Period.parse("2017")
            context = ReportContext(region, period, as_of, "甲", "乙", Form(issued_by="丙"))
            write_table(path, a_kind(rows), "xlsx", context, lambda done: None)
        elif way == "openpyxl":
            book = openpyxl.Workbook(write_only=True)
            sheet = book.create_sheet("台账")
            for row in person_rows(county, rows):
                sheet.append(row)
            book.save(path)
        else:
            for _row in person_rows(county, rows):
                pass


def child(way: str, county: str, rows: int, path: Path) -> None:
    write(way, county, 10, path)
    # The kernel's own peak would still be that of the process this one was started from.
    Path("/proc/self/clear_refs").write_text("5")
    base = kilobytes("VmRSS")
    wall, cpu = time.perf_counter(), time.process_time()
    write(way, county, rows, path)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    over = (kilobytes("VmHWM") - base) / 1024
    print(json.dumps({"wall": wall, "cpu": cpu, "over": over, "mb": path.stat().st_size / 1e6}))


def kilobytes(name: str) -> int:
    """Memory of this process, as the kernel tells it: VmRSS is now, VmHWM the most so far."""
    (line,) = (
        line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name)
    )
    return int(line.split()[1])


def measured(way: str, county: str, rows: int, path: Path) -> dict[str, float]:
    """One way in a fresh process."""
    path.touch()
    command = [sys.executable, __file__, "--child", way, "--county", county]
    command += ["--rows", str(rows), "--to", str(path)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(answer.stdout)
    return found


def compare(rows: int, rounds: int, county: str, folder: Path) -> None:
    found: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    for _round in range(rounds):
        for way in WAYS:
            found[way].append(measured(way, county, rows, folder / "table"))
    print(
        "way        seconds     cpu  MB over base  file MB  seconds: it/copy     seconds: it/ours"
    )
    for way, runs in found.items():
        wall, cpu, over, size = (
            median(run[name] for run in runs) for name in ("wall", "cpu", "over", "mb")
        )
        ratios = "".join(f"{ratio(runs, found[other]):>20}" for other in ("copy", "ours"))
        print(f"{way:<10}{wall:>8.2f}{cpu:>8.2f}{over:>14.1f}{size:>9.1f}{ratios}", flush=True)


def ratio(runs: list[dict[str, float]], others: list[dict[str, float]]) -> str:
    """How many times as long as the other way took in the same round: median and spread."""
    each = sorted(run["wall"] / other["wall"] for run, other in zip(runs, others, strict=True))
    return f"{median(each):.2f} ({each[0]:.2f}-{each[-1]:.2f})"


def sheets_of(path: Path) -> int:
    with zipfile.ZipFile(path) as archive:
        return sum(name.startswith("xl/worksheets/sheet") for name in archive.namelist())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--large", type=int, default=0)
    parser.add_argument("--child", choices=WAYS)
    parser.add_argument("--county")
    parser.add_argument("--to", type=Path)
    asked = parser.parse_args()
    if asked.child:
        child(asked.child, asked.county, asked.rows, asked.to)
        return
    for rows in filter(None, (asked.rows, asked.large)):
        build(rows, counties=1)
        ((county,),) = sql("SELECT county_code FROM training_enrollment LIMIT 1")
        with tempfile.TemporaryDirectory() as name:
            print(f"{rows:,} rows of {county}; load {os.getloadavg()[0]:.1f}; {timezone.now():%F}")
            if rows == asked.rows:
                compare(rows, asked.rounds, str(county), Path(name))
                continue
            path = Path(name) / "table"
            print(measured("ours", str(county), rows, path), f"{sheets_of(path)} sheets")


if __name__ == "__main__":
    main()
