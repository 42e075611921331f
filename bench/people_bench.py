"""Different people from their sets, against count(DISTINCT) over the ledger's rows.

    var/venv/bin/python bench/people_bench.py [--bases N,N] [--rounds N] [--province CODE]

with the portal's environment and DATABASE_URL set to a database that may be filled and dropped.
For each size of the ledger: the people of a province in one year, in the ten years together, by
prefecture, by month and by category, from their sets and from the rows, in turn; that both say
the same is asserted in every round. Then 50 figures drawn at random are compared, and what the
sets take up is told beside the ledger. The goals: 50 times quicker, and exact.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from bench.ledger_base import CATEGORIES, YEARS, ensure, sql
from bench.serving import spread
from exchange import people_sets
from exchange.bounds import NEXT_LENGTH, Bounds, By
from exchange.periods import Period
from training.rollups import PEOPLE

WARM = 1
DRAWN = 50
ALL_YEARS = Period.span(f"{YEARS[0]}-01..{YEARS[-1]}-12")


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    found = work()
    return 1000 * (time.perf_counter() - started), found


def from_sets(within: Bounds, by: By | None) -> dict[str, int]:
    if by is None:
        return {"": people_sets.count(PEOPLE, within)}
    return people_sets.counts(PEOPLE, within, by)


def from_rows(within: Bounds, by: By | None) -> dict[str, int]:
    part = {
        None: "''",
        By.PLACE: f"left(county_code, {NEXT_LENGTH[len(within.region_code)]})",
        By.MONTH: "to_char(start_date, 'YYYY-MM')",
        By.CATEGORY: "category",
    }[by]
    picked = f" AND category IN ({quoted(within.categories)})" if within.categories else ""
    rows = sql(
        f"SELECT {part}, count(DISTINCT person_id) FROM training_enrollment"
        f" WHERE state = 'active' AND county_code LIKE '{within.region_code}%'{picked}"
        f" AND start_date BETWEEN '{within.period.first_day}' AND '{within.period.last_day}'"
        " GROUP BY 1"
    )
    return {str(name): int(str(figure)) for name, figure in rows}


def quoted(words: Any) -> str:
    return ", ".join(f"'{word}'" for word in words)


def measure(base: int, name: str, within: Bounds, by: By | None, rounds: int) -> None:
    sets, rows = [], []
    for round_ in range(WARM + rounds):
        mine, said = timed(lambda: from_sets(within, by))
        other, counted = timed(lambda: from_rows(within, by))
        assert said == counted, name
        if round_ >= WARM:
            sets.append(mine)
            rows.append(other)
    ratios = [b / a for a, b in zip(sets, rows, strict=True)]
    medians = f"{statistics.median(sets):.1f} | {statistics.median(rows):.0f}"
    print(f"| {base:,} | {name} | {medians} | {spread(ratios)} |", flush=True)


def drawn(province: str) -> int:
    """Figures at random, each compared with a count of the rows; returns how many there were."""
    chance = random.Random(province)
    counties = [
        str(code) for (code,) in sql("SELECT DISTINCT county_code FROM training_enrollment")
    ]
    for _ in range(DRAWN):
        first, last = sorted(chance.sample(ALL_YEARS.months, 2))
        within = Bounds(
            region_code=chance.choice([province, *counties])[: chance.choice((2, 4, 6))],
            period=Period.span(f"{first}..{last}"),
            categories=chance.sample(CATEGORIES, chance.randrange(3)),
        )
        assert from_sets(within, None).get("", 0) == from_rows(within, None).get("", 0), within
    return DRAWN


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bases", default="1000000,8000000")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--province", default="62")
    asked = parser.parse_args()
    year = Bounds(region_code=asked.province, period=Period.parse(str(YEARS[-3])))
    years = Bounds(region_code=asked.province, period=ALL_YEARS)
    figures = [
        ("a year", year, None),
        ("ten years", years, None),
        ("a year by prefecture", year, By.PLACE),
        ("a year by month", year, By.MONTH),
        ("ten years by category", years, By.CATEGORY),
    ]
    print("| ledger | people of the province | sets, ms | rows, ms | rows / sets (spread) |")
    print("|---|---|---|---|---|")
    for base in map(int, asked.bases.split(",")):
        ensure(base)
        for name, within, by in figures:
            measure(base, name, within, by, asked.rounds)
        compared = drawn(asked.province)
        ((sets, ledger),) = sql(
            "SELECT pg_size_pretty(pg_total_relation_size('exchange_peopleset')),"
            " pg_size_pretty(pg_total_relation_size('training_enrollment'))"
        )
        print(
            f"\n{base:,} rows: {compared} figures at random exact; sets {sets}, ledger {ledger}\n"
        )
    print(f"load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
