"""Import of a roster against its floor, a plain COPY of the same rows into the same table.

    var/venv/bin/python bench/import_bench.py [--rows N]

with the portal's environment and DATABASE_URL set to an empty database that may be filled
and dropped.

Protocol: VACUUM and CHECKPOINT before each run; floor and import alternate; three rounds. An
import is the whole way of the file: kept, read in its child process, judged by all rules,
staged, written with register, classes and rollups.
`known` imports people who are in the register already, `new` people who are not.
"""

from __future__ import annotations

import argparse
import io
import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection

from core.divisions import load_divisions
from exchange import jobs
from exchange.imports import services
from exchange.imports.kinds import kind_of
from exchange.models import ImportBatch
from programs.models import Program
from training.demo.rosters import HUANXIAN, write_roster

ROUNDS = 3


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def whole_import(path: Path) -> dict[str, float]:
    """Bring a file in and write it; seconds by phase."""
    started = time.perf_counter()
    with path.open("rb") as file:
        batch = services.bring_in(
            file=file,
            name=path.name,
            kind=kind_of("training"),
            region_code=HUANXIAN.code,
            options={"program": "skills"},
            by=None,
        )
    jobs.run(batch._meta.label_lower, batch.pk)
    judged = time.perf_counter()
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.WAITING, batch.error_sentence
    services.confirm(batch, by=None)
    jobs.run(batch._meta.label_lower, batch.pk)
    written = time.perf_counter()
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.DONE
    assert batch.written == batch.people
    return {"judge": judged - started, "write": written - judged, "all": written - started}


def remembered() -> io.StringIO:
    """The rows of the last import as COPY text: what the floor copies in again."""
    rows = io.StringIO()
    newest = ImportBatch.objects.latest("pk").pk
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY (SELECT * FROM training_enrollment WHERE import_batch_id = {newest}"
            " ORDER BY id) TO STDOUT",
            rows,
        )
    return rows


def forget(people: bool) -> None:
    """Take out what a run has put in; with `people` the register too."""
    sql("DELETE FROM training_enrollment WHERE import_batch_id IS NOT NULL")
    if people:
        sql("DELETE FROM talent_householdmembership")
        sql("DELETE FROM talent_person WHERE id NOT IN (SELECT person_id FROM training_enrollment)")
    sql("DELETE FROM exchange_rollup")
    sql("VACUUM ANALYZE training_enrollment, talent_person, talent_householdmembership")
    sql("CHECKPOINT")


def floor(rows: io.StringIO) -> float:
    rows.seek(0)
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.copy_expert("COPY training_enrollment FROM STDIN", rows)
    return time.perf_counter() - started


def prepare(size: int, folder: Path) -> Path:
    call_command("migrate", verbosity=0)
    load_divisions(provinces=["62"])
    Program.objects.get_or_create(
        code="skills", defaults={"name": "就业技能培训", "measure": "training.completions"}
    )
    path = folder / "roster.xlsx"
    write_roster(path, HUANXIAN, 2018, "skills", size)
    return path


def measure(path: Path) -> dict[str, list[float]]:
    """Seconds of each round: floor, import of new people, import of known people."""
    found: dict[str, list[float]] = {}
    forget(people=True)
    whole_import(path)
    for _ in range(ROUNDS):
        rows = remembered()
        forget(people=False)
        found.setdefault("floor", []).append(floor(rows))
        forget(people=False)
        for phase, seconds in whole_import(path).items():
            found.setdefault(f"known {phase}", []).append(seconds)
        forget(people=True)
        for phase, seconds in whole_import(path).items():
            found.setdefault(f"new {phase}", []).append(seconds)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    size = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        found = measure(prepare(size, Path(folder)))
    floors = found["floor"]
    print(f"{size} rows; seconds by round; ratio to the floor of the same round")
    for name, seconds in found.items():
        ratios = [mine / least for mine, least in zip(seconds, floors, strict=True)]
        shown = "  ".join(f"{one:6.2f}" for one in seconds)
        ratio = f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"
        print(f"{name:12} {shown}   x{ratio}   {size / statistics.median(seconds):8.0f} rows/s")
    usage = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"peak memory of this process {usage >> 10} MB")


if __name__ == "__main__":
    main()
