"""Import of a roster against its floor, a plain COPY of the same rows into the same table.

    var/venv/bin/python bench/import_bench.py [--rows N] [--base N] [--rebuild]

with the portal's environment and DATABASE_URL set to a database that may be filled and
dropped. `--base` says how large the ledger is before; ledger_base.py builds it once and a
later run finds it again.

Protocol: what the last run wrote is deleted, VACUUM and CHECKPOINT before each run; floor and
import alternate; three rounds (--rounds). An import is the whole way of the file: kept, read in its child
process, judged by all rules, staged, written with register, classes and rollups.
`known` imports people who are in the register already, `new` people who are not; the classes are
known both times (a class is costly to delete).
Base and roster are made by another process, so that the peak of this one is the import's.
"""

from __future__ import annotations

import argparse
import functools
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.db import connection

from bench import ledger_base
from bench.ledger_base import sql
from core.rules import Rule
from exchange import jobs, rollups
from exchange.imports import services, staging
from exchange.imports.kinds import kind_of
from exchange.models import ImportBatch
from training.demo.rosters import HUANXIAN

WRITTEN = (
    "training_enrollment",
    "talent_householdmembership",
    "talent_household",
    "talent_person",
)
Seconds = dict[str, float]


class Clock:
    """Seconds spent in the parts of an import; a part may lie within another."""

    def __init__(self) -> None:
        self.seconds: Seconds = defaultdict(float)

    def around(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(work)
        def timed(*given: Any, **named: Any) -> Any:
            with self.part(name):
                return work(*given, **named)

        return timed

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.seconds[name] += time.perf_counter() - started

    def install(self) -> None:
        """Measure the import's parts from now on."""
        for module, function, name in (
            (services, "read_roster", "read"),
            (staging, "judge", "judge"),
            (staging, "stage", "stage"),
            (staging, "open_incoming", "open incoming"),
            (rollups, "move", "rollups"),
        ):
            setattr(module, function, self.around(name, getattr(module, function)))
        plain = Rule.findings

        def findings(rule: Rule, batch: Any, book: Any) -> Any:
            with self.part(f"  rule {rule.key}"):
                return list(plain(rule, batch, book))

        Rule.findings = findings  # type: ignore[assignment]

    def statement(self, execute: Any, statement: str, params: Any, many: bool, context: Any) -> Any:
        """A wrapper for the connection: seconds by the statement's first words."""
        words = " ".join(statement.split()[:4])[:48]
        with self.part(f"  sql {words}"):
            return execute(statement, params, many, context)


def whole_import(path: Path, clock: Clock | None = None) -> Seconds:
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
    with connection.execute_wrapper((clock or Clock()).statement):
        jobs.run(batch._meta.label_lower, batch.pk)
    written = time.perf_counter()
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.DONE
    assert batch.written == batch.people
    return {
        "read and judge": judged - started,
        "write": written - judged,
        "all": written - started,
    }


def remember(rows: Path) -> None:
    """Keep the rows of the last import as COPY text: what the floor copies in again."""
    newest = ImportBatch.objects.latest("pk").pk
    with connection.cursor() as cursor, rows.open("wb") as file:
        cursor.copy_expert(
            f"COPY (SELECT * FROM training_enrollment WHERE import_batch_id = {newest}"
            " ORDER BY id) TO STDOUT",
            file,
        )


def forget(base: dict[str, int], *, people: bool) -> None:
    """Take out what a run has put in; with `people` the register too."""
    tables = WRITTEN if people else WRITTEN[:1]
    for table in tables:
        sql(f"DELETE FROM {table} WHERE id > {base[table]}")
    # The base has no row of the roster's year.
    sql(
        f"DELETE FROM exchange_rollup WHERE county_code = '{HUANXIAN.code}' AND month > '2018-01-01'"
    )
    sql(
        f"VACUUM {', '.join(tables)}, exchange_rollup, exchange_stagedpage, exchange_stagedrow,"
        " exchange_importfinding"
    )
    sql("CHECKPOINT")


def floor(rows: Path) -> float:
    started = time.perf_counter()
    with connection.cursor() as cursor, rows.open("rb") as file:
        cursor.copy_expert("COPY training_enrollment FROM STDIN", file)
    return time.perf_counter() - started


def prepare(roster: Path, rows: int, base: int, *, rebuild: bool = False) -> dict[str, int]:
    """The base and a roster, made by another process; the last ids of the base."""
    order = [sys.executable, ledger_base.__file__, "--base", str(base)]
    order += ["--roster", str(roster), "--rows", str(rows), *["--rebuild"][: int(rebuild)]]
    subprocess.run(order, check=True)
    return ledger_base.ensure(base)


def measure(
    roster: Path, base: dict[str, int], rounds: int
) -> tuple[dict[str, list[float]], dict[str, Clock]]:
    """Seconds of each round: floor, import of new people, import of known people."""
    found: dict[str, list[float]] = {}
    clocks = {"known": Clock(), "new": Clock()}
    rows = roster.with_suffix(".copy")
    forget(base, people=True)
    whole_import(roster)
    plain = {module: dict(vars(module)) for module in (services, staging, rollups)}
    plain_findings = Rule.findings
    for _ in range(rounds):
        remember(rows)
        forget(base, people=False)
        found.setdefault("floor", []).append(floor(rows))
        for people, clock in clocks.items():
            forget(base, people=people == "new")
            clock.install()
            for phase, seconds in whole_import(roster, clock).items():
                found.setdefault(f"{people}: {phase}", []).append(seconds)
            for module, names in plain.items():
                vars(module).update(names)
            Rule.findings = plain_findings  # type: ignore[method-assign]
    return found, clocks


def tell(found: dict[str, list[float]], size: int) -> None:
    floors = found["floor"]
    print(
        "| | seconds by round | ratio to the floor, median (spread) | rows/s |\n|---|---|---|---|"
    )
    for name, seconds in found.items():
        ratios = [mine / least for mine, least in zip(seconds, floors, strict=True)]
        shown = ", ".join(f"{one:.2f}" for one in seconds)
        ratio = f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"
        print(f"| {name} | {shown} | {ratio} | {size / statistics.median(seconds):,.0f} |")


def tell_parts(people: str, clock: Clock, whole: list[float]) -> None:
    """Where the time goes, per import; and the share of the looks for duplicates."""
    print(f"\n{people}: seconds per import")
    for name, seconds in clock.seconds.items():
        if seconds >= 0.01 * len(whole):
            print(f"  {name:60} {seconds / len(whole):6.2f}")
    looks = [clock.seconds[f"  rule {key}"] for key in DUPLICATE_RULES]
    print(f"  looks for duplicates and overlaps: {sum(looks) / sum(whole):.1%} of all")


DUPLICATE_RULES = (
    "training.person_stands_once_in_file",
    "training.person_is_not_in_class_yet",
    "training.person_is_in_one_class_at_a_time",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--base", type=int, default=8_000_000)
    parser.add_argument("--rebuild", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        roster = Path(folder) / "roster.xlsx"
        base = prepare(roster, asked.rows, asked.base, rebuild=asked.rebuild)
        found, clocks = measure(roster, base, asked.rounds)
    print(f"{asked.rows} rows into {asked.base}; load {os.getloadavg()[0]:.1f} at the end")
    tell(found, asked.rows)
    for people, clock in clocks.items():
        tell_parts(people, clock, found[f"{people}: all"])
    usage = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"peak memory of this process {usage >> 10} MB")


if __name__ == "__main__":
    main()
