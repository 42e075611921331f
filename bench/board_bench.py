"""A board and its figures from what is kept, against counting the ledger's rows each time.

    var/venv/bin/python bench/board_bench.py [--bases N,N] [--rounds N] [--province CODE] [--year N]

with the portal's environment and DATABASE_URL set to a database that may be filled and dropped.
For each size of the ledger: a board's two figures of one year, as a whole, by place, by month
and by category, and the same by GROUP BY over the rows, in turn; that both say the same is
asserted in every round. Then the whole page over http. The goals: 15 times quicker, and at most
1.5 times slower with the largest ledger than with the smallest; `cells` is how many kept figures
were added up, for a small ledger leaves many months of a county empty.
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

from django.urls import reverse

from bench.ledger_base import ensure, sql
from bench.serving import Site, a_user, p95, served, signed_in, spread
from exchange import amounts
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


def measure(base: int, region: str, year: int, rounds: int, site: Site) -> dict[str, float]:
    """Prints a line of the table; returns the median milliseconds of the board and of its page."""
    of = Figure(MEASURES[0], region, Period.parse(str(year)))
    role = {2: "province-officer", 4: "prefecture-officer"}[len(region)]
    headers = signed_in(a_user(role, region))
    path = f"{reverse('exchange:figures', args=[region])}?period={year}"
    kept, live, pages = [], [], []
    for round_ in range(WARM + rounds):
        (mine, said), (other, counted) = (
            timed(lambda: from_the_board(of)),
            timed(lambda: by_group_by(of)),
        )
        page = site.timed(path, headers)
        assert {by: dict(each) for by, each in said.items()} == counted, region
        if round_ >= WARM:
            kept.append(mine)
            live.append(other)
            pages.append(page)
    ratios = [b / a for a, b in zip(kept, live, strict=True)]
    cells = amounts.kept(MEASURES, of.bounds()).count()
    medians = f"{statistics.median(kept):.1f} | {statistics.median(live):.0f}"
    told = f"| {base:,} | {region} | {cells:,} | {medians} | {spread(ratios)} |"
    print(f"{told} {statistics.median(pages):.0f} / {p95(pages):.0f} |", flush=True)
    return {"figures": statistics.median(kept), "page": statistics.median(pages)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bases", default="1000000,8000000")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--province", default="62")
    parser.add_argument("--year", type=int, default=2015)
    asked = parser.parse_args()
    print(
        "| ledger | region | cells | figures, ms | GROUP BY, ms | GROUP BY / figures, median"
        " (spread) | page over http p50 / p95, ms |"
    )
    print("|---|---|---|---|---|---|---|")
    medians: dict[str, list[dict[str, float]]] = {}
    for base in map(int, asked.bases.split(",")):
        ensure(base)
        with served("config.wsgi") as site:
            for region in (asked.province, f"{asked.province}10"):
                median = measure(base, region, asked.year, asked.rounds, site)
                medians.setdefault(region, []).append(median)
    for region, found in medians.items():
        for what in found[0]:
            grown = found[-1][what] / found[0][what]
            print(f"\n{region}, {what}: the largest ledger takes {grown:.2f} of the smallest")
    print(f"load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
