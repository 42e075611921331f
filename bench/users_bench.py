"""A province's officer against a county's clerk: the main pages, over http, in turn.

    var/venv/bin/python bench/users_bench.py [--base N] [--rounds N] [--county CODE]

with the portal's environment and DATABASE_URL set to a database that may be filled and dropped.
Each round asks for every page once for each of the two users; the goal is that the 95th
percentile of the province's is at most twice the county's.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.urls import reverse

from bench.ledger_base import ensure
from bench.serving import Milliseconds, Site, a_user, p95, served, signed_in

YEAR = 2017  # the base's last one
Asked = dict[str, tuple[str, dict[str, str]]]


def pages_of(region: str) -> dict[str, str]:
    """The main pages by name, as somebody of the region opens them."""
    ledger = reverse("training:ledger")
    return {
        "home": reverse("exchange:home"),
        "figures": reverse("exchange:figures", args=[region]),
        "ledger": ledger,
        "ledger of a year": f"{ledger}?year={YEAR}",
        "classes": reverse("training:classes"),
        "classes of a year": f"{reverse('training:classes')}?year={YEAR}",
        "institutions": reverse("training:institutions"),
        "people": reverse("talent:people"),
        "to do": reverse("exchange:todo"),
        "submissions": reverse("exchange:submission-list"),
        "submission board": reverse("exchange:board"),
        "imports": reverse("exchange:import-list"),
        "reports": reverse("exchange:report-list"),
    }


def ask(site: Site, users: dict[str, tuple[str, dict[str, str]]], rounds: int) -> None:
    """Print each page's 95th percentiles, then those of all pages together."""
    found: dict[str, dict[str, Milliseconds]] = defaultdict(lambda: defaultdict(list))
    for each in range(rounds + 1):
        for who, (region, headers) in users.items():
            for name, path in pages_of(region).items():
                took = site.timed(path, headers)
                if each:  # the first round warms
                    found[name][who].append(took)
    print("| page | province p50 / p95, ms | county p50 / p95, ms | p95 / p95 |\n|---|---|---|---|")
    for name, times in found.items():
        tell(name, times["province"], times["county"])
    together = {who: [t for times in found.values() for t in times[who]] for who in users}
    tell("all", together["province"], together["county"])


def tell(name: str, province: Milliseconds, county: Milliseconds) -> None:
    shown = [f"{statistics.median(of):.0f} / {p95(of):.0f}" for of in (province, county)]
    print(f"| {name} | {' | '.join(shown)} | {p95(province) / p95(county):.2f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=int, default=8_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--county", default="621022")
    asked = parser.parse_args()
    ensure(asked.base)
    places = {"province": asked.county[:2], "county": asked.county}
    roles = {"province": "province-officer", "county": "county-clerk"}
    users = {who: (region, signed_in(a_user(roles[who], region))) for who, region in places.items()}
    with served("config.wsgi") as site:
        ask(site, users, asked.rounds)
    print(f"\nload {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
