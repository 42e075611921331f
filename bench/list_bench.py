"""The list of the ledger: its last page against its first, and over http against a stock list.

    var/venv/bin/python bench/list_bench.py [--base N] [--rounds N] [--province CODE]

with the portal's environment and DATABASE_URL set to a database that may be filled and dropped.
The keyset pages are fetched in this process, rows only, first and last in turn; the goal is that
the last one takes at most 1.5 times the first. Then the portal and a stock ListView with
Paginator (`bench/stock_list.py`) serve the same rows in turn, two sync workers each, one request
at a time; the goal is 6 times quicker, at the first page and at the last.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.urls import reverse
from django.utils.http import urlencode

from bench.ledger_base import ensure
from bench.serving import Milliseconds, Site, a_user, served, signed_in, spread
from core.paging import ROWS, Page
from training.models import Enrollment
from training.querysets import EnrollmentQuerySet
from training.views import tables
from training.views.ledger import NEWEST_FIRST

WARM = 3


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - started)


def last_cursor(rows: EnrollmentQuerySet) -> str:
    """What the last page follows: the row before the last whole page."""
    *_rest, before = rows.order_by("start_date", "id").values_list("start_date", "id")[: ROWS + 1]
    return "~".join(map(str, before))


def keyset(region: str, rounds: int) -> None:
    """Milliseconds of the first and the last page of a region's rows, in turn."""
    rows = Enrollment.objects.active().within(region)
    total, after = rows.count(), last_cursor(rows)

    def page(at: str) -> Page:
        return NEWEST_FIRST.page(tables.read(rows), after=at, total=total)

    assert len(page(after).rows) == ROWS
    assert page(after).next is None
    for _round in range(WARM):
        page(""), page(after)
    found = [(timed(lambda: page("")), timed(lambda: page(after))) for _ in range(rounds)]
    first, last = map(statistics.median, zip(*found, strict=True))
    ratios = [b / a for a, b in found]
    print(f"| {region} | {total:,} | {first:.1f} | {last:.1f} | {spread(ratios)} |")


def against_stock(province: str, rounds: int) -> None:
    """The same pages from both servers, in turn."""
    rows = Enrollment.objects.active().within(province)
    pages, after = math.ceil(rows.count() / ROWS), last_cursor(rows)
    user = a_user("province-officer", province)
    ledger, headers = reverse("training:ledger"), signed_in(user)
    asked = {
        "first": ({}, {}),
        "last": ({"after": after}, {"page": pages}),
    }
    with served("config.wsgi") as ours, served("bench.stock_list") as stock:
        for name, (own, theirs) in asked.items():
            paths = f"{ledger}?{urlencode(own)}", f"/{province}/?{urlencode(theirs)}"
            mine, other = in_turn(ours, stock, paths, headers, rounds)
            ratios = [b / a for a, b in zip(mine, other, strict=True)]
            medians = f"{statistics.median(mine):.0f} | {statistics.median(other):.0f}"
            print(f"| {name} | {medians} | {spread(ratios)} |")


def in_turn(
    ours: Site, stock: Site, paths: tuple[str, str], headers: dict[str, str], rounds: int
) -> tuple[Milliseconds, Milliseconds]:
    for _round in range(WARM):
        ours.timed(paths[0], headers), stock.timed(paths[1], {})
    found = [(ours.timed(paths[0], headers), stock.timed(paths[1], {})) for _ in range(rounds)]
    mine, other = zip(*found, strict=True)
    return list(mine), list(other)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=int, default=8_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--province", default="62")
    asked = parser.parse_args()
    ensure(asked.base)
    print("| rows of | rows | first page, ms | last page, ms | last / first, median (spread) |")
    print("|---|---|---|---|---|")
    for region in (asked.province, f"{asked.province}10", f"{asked.province}1022"):
        keyset(region, asked.rounds)
    print("\n| page over http | ours, ms | stock, ms | stock / ours, median (spread) |")
    print("|---|---|---|---|")
    against_stock(asked.province, asked.rounds)
    print(f"\nload {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
