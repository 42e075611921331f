"""What a comparison found, in the reader's words: figures as equations, rows as facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import Region
from exchange.figures import Figure
from exchange.periods import Period
from talent.models import Category
from training.models import ReconciledLine, Reconciliation
from training.reconciling.cells import SIGNS
from training.reconciling.sides import COMPARED
from training.rollups import ATTENDANCES, program_names

MINUS = "\u2212"
WAYS = dict(ReconciledLine.Way.choices)
TERMS: dict[str, Any] = {
    "theirs": gettext_lazy("theirs"),
    "missing": gettext_lazy("we lack"),
    "extra": gettext_lazy("they lack"),
    "doubtful": gettext_lazy("lines that cannot be told"),
    "held": gettext_lazy("rows that may be those"),
}
MOVED: dict[str, Any] = {
    "out": gettext_lazy("elsewhere with us (%(way)s)"),
    "in": gettext_lazy("elsewhere with them (%(way)s)"),
}
HEADS: dict[str, Any] = {
    "county": gettext_lazy("county"),
    "month": gettext_lazy("month"),
    "program": gettext_lazy("program"),
    "category": gettext_lazy("category"),
}


class Names:
    """The names of what codes stand for, read once for a page."""

    def __init__(self, told: Iterable[Mapping[str, Any]]) -> None:
        codes = {str(each.get(key) or "") for each in told for key in ("county", "place")}
        wanted = codes | {code[:9] for code in codes}
        named = Region.objects.filter(pk__in=wanted).values_list("code", "short_name")
        self.places: dict[str, str] = dict(named)
        self.of_codes: dict[str, Mapping[str, Any]] = {
            "county": self.places,
            "program": program_names(),
            "category": dict(Category.choices),
        }

    def of(self, key: str, value: str | None) -> str:
        """A value of COMPARED in words; what is not told is said to be so."""
        return str(self.of_codes.get(key, {}).get(value, value)) if value else _("not told")

    def place(self, code: str) -> str:
        parts = dict.fromkeys([code[:9], code]) if len(code) > 9 else [code]
        return " ".join(self.places.get(part, part) for part in parts if part)


def equation(terms: Mapping[str, int]) -> str:
    """`ours 5 = theirs 4 + they lack 1`, with all terms that there are."""
    said = [
        _("ours")
        + f" {terms.get('ours', 0):,} = "
        + f"{TERMS['theirs']} {terms.get('theirs', 0):,}"
    ]
    for term, sign in SIGNS.items():
        for key, number in terms.items():
            kind, _parted, way = key.partition("-")
            if kind == term != "theirs":
                label = MOVED[kind] % {"way": WAYS[way]} if way else TERMS[kind]
                said.append(f"{'+' if sign > 0 else MINUS} {label} {number:,}")
    return " ".join(said)


def figures(job: Reconciliation) -> list[dict[str, Any]]:
    """The figures that differ, each with its equation and the page of ours."""
    cells = job.cells[1:]
    names = Names(each["cell"] for each in cells)
    return [
        {
            "told": [names.of(name, each["cell"][name]) for name in job.compared],
            "theirs": each["terms"].get("theirs", 0),
            "ours": each["terms"].get("ours", 0),
            "difference": each["terms"].get("ours", 0) - each["terms"].get("theirs", 0),
            "equation": equation(each["terms"]),
            "url": figure_of(job, each["cell"]).url(),
        }
        for each in cells
    ]


def heads(job: Reconciliation) -> list[Any]:
    return [HEADS[name] for name in COMPARED if name in job.compared]


def figure_of(job: Reconciliation, cell: Mapping[str, Any]) -> Figure:
    """Our figure of a cell."""
    program = cell.get("program") or job.program
    return Figure(
        measure=ATTENDANCES.key,
        region_code=cell.get("county") or job.region_code,
        period=Period.parse(cell["month"]) if cell.get("month") else job.span,
        programs=frozenset([program] if program else []),
        categories=frozenset([cell["category"]] if cell.get("category") else []),
    )


def in_words(lines: Iterable[ReconciledLine]) -> list[dict[str, Any]]:
    """Differences for a table: the way, what else differs, and what each side says."""
    found = list(lines)
    names = Names(side for line in found for side in (line.theirs, line.ours))
    return [
        {
            "line": line,
            "ways": [WAYS[way] for way in (line.way, *line.also)],
            "theirs": _side(line.theirs, names),
            "ours": _side(line.ours, names),
        }
        for line in found
    ]


def _side(told: Mapping[str, Any], names: Names) -> dict[str, Any]:
    if not told:
        return {}
    worded = {key: names.of(key, told[key]) if told[key] else "" for key in ("program", "category")}
    return {**told, **worded, "place": names.place(told["place"])}
