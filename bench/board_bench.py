"""The figures of a board from what is kept, against counting the ledger's rows each time.

    var/venv/bin/python bench/board_bench.py [--bases N,N] [--rounds N] [--province CODE] [--year N]

with the portal's environment and DATABASE_URL set to a database that may be filled and dropped.
For each size of the ledger: a board's two figures of one year, as a whole, by place, by month
and by category, and the same by GROUP BY over the rows, in turn; that both say the same is
asserted in every round. The goals: 15 times quicker, and at most 1.5 times slower with the
largest ledger than with the smallest.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from bench.ledger_base import ensure, sql
from bench.serving import spread
from exchange.board_figures import Board
from exchange.bounds import NEXT_LENGTH, By
from exchange.figures import Figure
from exchange.measures import measure_of
from exchange.periods import Period

WARM = 2
MEASURES = ("training.attendances", "training.completions")
PARTS = (By.PLACE, By.MONTH, By.CATEGORY)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    found = work()
    return 1000 * (time.perf_counter() - started), found


def from_the_board(of: Figure) -> dict[str, Mapping[str, Any]]:
    board = Board(of, MEASURES, PARTS)
    return {"": {"": board.whole}, **{by: board.parts(by) for by in PARTS}}


def by_group_by(of: Figure) -> dict[str, Mapping[str, Any]]:
    """What a portal without kept figures asks: a GROUP BY for each table and measure."""
    return {by: _grouped(of, by) for by in ("", *PARTS)}


def _grouped(of: Figure, by: str) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for key in MEASURES:
        day, where = (
            text.replace("{row}.", "") for text in (measure_of(key).day, measure_of(key).where)
        )
        part = {
            "": "''",
            By.PLACE: f"left(county_code, {NEXT_LENGTH[len(of.region_code)]})",
            By.MONTH: f"to_char({day}, 'YYYY-MM')",
            By.CATEGORY: "category",
        }[by]
        rows = sql(
            f"SELECT {part}, count(*) FROM training_enrollment"
            f" WHERE {where} AND county_code LIKE '{of.region_code}%'"
            f" AND {day} BETWEEN '{of.period.first_day}' AND '{of.period.last_day}' GROUP BY 1"
        )
        for name, figure in rows:
            found.setdefault(str(name), dict.fromkeys(MEASURES, 0))[key] = int(str(figure))
    return found


def measure(base: int, region: str, year: int, rounds: int) -> float:
    """Prints a line of the table; returns the median milliseconds of the board."""
    of = Figure(MEASURES[0], region, Period.parse(str(year)))
    kept, live = [], []
    for round_ in range(WARM + rounds):
        (mine, said), (other, counted) = (
            timed(lambda: from_the_board(of)),
            timed(lambda: by_group_by(of)),
        )
        assert {by: dict(each) for by, each in said.items()} == counted, region
        if round_ >= WARM:
            kept.append(mine)
            live.append(other)
    ratios = [b / a for a, b in zip(kept, live, strict=True)]
    medians = f"{statistics.median(kept):.1f} | {statistics.median(live):.0f}"
    print(f"| {base:,} | {region} | {medians} | {spread(ratios)} |", flush=True)
    return statistics.median(kept)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bases", default="1000000,8000000")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--province", default="62")
    parser.add_argument("--year", type=int, default=2015)
    asked = parser.parse_args()
    print("| ledger | region | board, ms | GROUP BY, ms | GROUP BY / board, median (spread) |")
    print("|---|---|---|---|---|")
    medians: dict[str, list[float]] = {}
    for base in map(int, asked.bases.split(",")):
        ensure(base)
        for region in (asked.province, f"{asked.province}10"):
            median = measure(base, region, asked.year, asked.rounds)
            medians.setdefault(region, []).append(median)
    for region, found in medians.items():
        print(f"\n{region}: the largest ledger takes {found[-1] / found[0]:.2f} of the smallest")
    print(f"load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
