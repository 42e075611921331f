"""Each figure of the comparison as an equation that closes.

ours = theirs - missing + extra - out + in - doubtful + held, where `out` and `in` are by the way
in which a pair differs, `doubtful` are lines that cannot be told and `held` the rows that wait
for them.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from training.reconciling.pairing import Pairing
from training.reconciling.sides import COMPARED, Cell, Ours, Side, Theirs

# Each term with its sign.
SIGNS = {"theirs": 1, "missing": -1, "extra": 1, "out": -1, "in": 1, "doubtful": -1, "held": 1}
Terms = Counter[str]


def cells_of(
    theirs: Iterable[Theirs], ours: Iterable[Ours], found: Pairing, compared: Collection[str]
) -> dict[Cell, Terms]:
    """The terms of every figure of either side; those that move between figures by their way."""
    cells: dict[Cell, Terms] = defaultdict(Counter)

    def add(side: Side | None, term: str) -> None:
        if side is not None and side.counts:
            cells[side.cell(compared)][term] += 1

    for line in theirs:
        add(line, "theirs")
    for row in ours:
        add(row, "ours")
    for row in found.held:
        add(row, "held")
    for each in found.differences:
        if each.theirs is None or each.ours is None:
            add(each.theirs or each.ours, each.way)
        elif each.theirs.cell(compared) != each.ours.cell(compared):
            add(each.theirs, f"out-{each.way}")
            add(each.ours, f"in-{each.way}")
    return cells


def right_side(terms: Counter[str] | dict[str, int]) -> int:
    """What the equation says ours is."""
    return sum(SIGNS[term.partition("-")[0]] * n for term, n in terms.items() if term != "ours")


def kept(cells: dict[Cell, Terms]) -> list[dict[str, Any]]:
    """For keeping: the figures in which anything differs, in order, and the sum of all."""
    total: Terms = Counter()
    for terms in cells.values():
        total.update(terms)
    differing = {cell: terms for cell, terms in cells.items() if terms.keys() - {"theirs", "ours"}}
    rows = [
        {"cell": dict(zip(COMPARED, map(_plain, cell), strict=True)), "terms": dict(terms)}
        for cell, terms in sorted(differing.items(), key=lambda each: list(map(str, each[0])))
    ]
    return [{"cell": {}, "terms": dict(total)}, *rows]


def _plain(value: Any) -> Any:
    return value.isoformat()[:7] if isinstance(value, datetime.date) else value
