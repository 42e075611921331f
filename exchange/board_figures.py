"""The figures of a board: several measures of one region and period, and their parts.

What is kept by cell is asked in one statement, whatever parts are wanted; people are united
from their sets. Below the county nothing is kept: its rows are counted, in one statement too.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models.functions import Left

from exchange.amounts import NEXT_LENGTH, By, Number, kept, whole_number
from exchange.figures import Figure, put_together
from exchange.measures import COUNTING, COUNTY, Derived, Measure, declared, measure_of
from exchange.people_sets import Tally, tallies

Cells = dict[str, Number | None]  # measure to figure

COLUMNS = {By.PLACE: "place", By.MONTH: "month", By.CATEGORY: "category", By.PROGRAM: "program"}
GROUPED = """
SELECT measure, sum(amount), max(as_of), {columns}
FROM ({cells}) AS cells GROUP BY GROUPING SETS ({sets})
"""


@dataclass(frozen=True)
class Shown:
    """A measure that boards show; `beside` stands in the same tile, as 人 does beside 人次."""

    measure: str
    beside: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.measure, self.beside) if self.beside else (self.measure,)


_shown: dict[str, Shown] = {}


def show(*shown: Shown) -> None:
    """Put measures onto the boards, in this order."""
    _shown.update({each.measure: each for each in shown})


def all_shown() -> list[Shown]:
    return list(_shown.values())


def shown_keys() -> list[str]:
    return [key for each in _shown.values() for key in each.keys]


class Board:
    """Measures of the region, period and filters of a figure, as a whole and by its parts.

    `by` are the parts that will be asked for: all that is kept of them is one statement.
    """

    def __init__(self, of: Figure, measures: Sequence[str], by: Collection[By] = ()) -> None:
        self.of, self.measures, self.by = of, measures, tuple(by)
        self.within = of.bounds()
        keys = [part for key in measures for part in _terms(declared(key))]
        self._counted = [measure_of(key) for key in dict.fromkeys(keys)]
        self._tallied: dict[By | None, dict[str, Tally]] = {}

    def figure(self, measure: str, **narrower: Any) -> Figure:
        """The figure in a place of the board, with its address."""
        return self.of.narrowed(measure=measure, **narrower)

    @cached_property
    def whole(self) -> Cells:
        found = {measure: figure for _part, measure, figure in self._answers(None)}
        return {key: self._value(key, found) for key in self.measures}

    @property
    def nothing(self) -> Cells:
        """The figures of a part that has none: zero, and no rate."""
        return {
            key: 0 if isinstance(declared(key), Measure) or _is_stock(key) else None
            for key in self.measures
        }

    def parts(self, by: By) -> dict[str, Cells]:
        """By code of the part, in the order of codes; parts without any figure are left out."""
        found: dict[str, dict[str, Number]] = {}
        for part, measure, figure in self._answers(by):
            if figure:
                found.setdefault(part, {})[measure] = figure
        stocks = {key: self._stock(key, by) for key in self.measures if _is_stock(key)}
        return {
            part: {
                key: stocks[key].get(part) if key in stocks else self._value(key, found[part])
                for key in self.measures
            }
            for part in sorted(found)
        }

    def as_of(self, measure: str) -> datetime.datetime | None:
        """When what a figure is counted from last changed."""
        moments = [self._moments.get(part) for part in _terms(declared(measure))]
        return max((moment for moment in moments if moment), default=self.newest)

    @property
    def newest(self) -> datetime.datetime | None:
        """When any figure of the board last changed."""
        return max((moment for moment in self._moments.values() if moment), default=None)

    @cached_property
    def _moments(self) -> dict[str, datetime.datetime | None]:
        self.whole  # noqa: B018  people's moments come with their sets
        of_people = {key: t.as_of for each in self._tallied.values() for key, t in each.items()}
        return {**self._kept[None][1], **of_people}

    def _value(self, key: str, found: dict[str, Number]) -> Number | None:
        of = declared(key)
        if isinstance(of, Measure):
            return found.get(key, 0)
        if of.how == "stock":
            return self.figure(key).value()
        return put_together(of, [found.get(part, 0) for part in of.parts])

    def _stock(self, key: str, by: By) -> dict[str, Number | None]:
        return {part.key: part.value for part in self.figure(key).parts(by)}

    def _answers(self, by: By | None) -> list[tuple[str, str, Number]]:
        """(part, measure, figure) of every measure that is counted for the board."""
        if by and self._is_below_county(by):
            return self._below_county()
        return [*self._kept[by][0], *self._people(by)]

    def _people(self, by: By | None) -> list[tuple[str, str, Number]]:
        """Of people the whole comes with the first parts that are asked for."""
        if by is None:
            first = next((each for each in self.by if not self._is_below_county(each)), None)
            return [("", key, tally.whole) for key, tally in self._tallies(first).items()]
        found = self._tallies(by).items()
        return [(part, key, n) for key, tally in found for part, n in tally.parts.items()]

    def _tallies(self, by: By | None) -> dict[str, Tally]:
        if by not in self._tallied:
            people = [measure for measure in self._counted if measure.is_people]
            self._tallied[by] = tallies(people, self.within, by) if people else {}
        return self._tallied[by]

    def _is_below_county(self, by: By) -> bool:
        return by is By.PLACE and len(self.of.region_code) >= COUNTY

    @cached_property
    def _kept(self) -> dict[By | None, tuple[list[tuple[str, str, Number]], dict[str, Any]]]:
        """What is kept of the whole and of the parts, with when each measure last changed."""
        found: dict[By | None, tuple[list[tuple[str, str, Number]], dict[str, Any]]]
        found = {by: ([], {}) for by in (None, *COLUMNS)}
        keys = [measure.key for measure in self._counted if not measure.is_people]
        if not keys:
            return found
        length = min(NEXT_LENGTH[len(self.of.region_code)], COUNTY)
        cells = kept(keys, self.within).order_by().annotate(place=Left("county_code", length))
        names = ("measure", *COLUMNS.values(), "amount", "as_of")
        sql, params = cells.values(*names).query.sql_with_params()
        columns = [COLUMNS[by] for by in self.by]
        asked = f"grouping({', '.join(columns)}), {', '.join(columns)}" if columns else "0"
        sets = ", ".join(["(measure)", *(f"(measure, {column})" for column in columns)])
        with connection.cursor() as cursor:
            cursor.execute(GROUPED.format(columns=asked, cells=sql, sets=sets), params)
            for measure, figure, moment, number, *parts in cursor:
                answers, moments = found[self._set(number)]
                answers.append((_code(parts), measure, whole_number(figure)))
                moments[measure] = moment
        return found

    def _set(self, number: int) -> By | None:
        """Which set PostgreSQL means by a number: a bit is set for each column left out."""
        bits = f"{number:0{len(self.by)}b}" if self.by else "1"
        return self.by[bits.index("0")] if "0" in bits else None

    def _below_county(self) -> list[tuple[str, str, Number]]:
        """The townships of a county; rows that name none stand under the county itself."""
        asked: list[str] = []
        params: list[Any] = []
        for measure in self._counted:
            if measure.place:
                sql, more = _by_township(measure, measure.bounds(**self.within.named))
                asked.append(sql)
                params += more
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(asked), params)
            found = cursor.fetchall()
        return [(part, key, whole_number(Decimal(figure))) for part, key, figure in found]


def counted(of: Figure | None) -> tuple[int | None, datetime.datetime | None]:
    """How many a figure counts and when that last changed, asked at once; nothing of no figure."""
    if of is None:
        return None, None
    board = Board(of, [of.measure])
    return int(board.whole[of.measure] or 0), board.newest


def _by_township(measure: Measure, bounds: tuple[str, list[Any]]) -> tuple[str, list[Any]]:
    figure = f"count(DISTINCT {measure.person})" if measure.is_people else f"sum({measure.amount})"
    told = f"SELECT left({measure.place}, {NEXT_LENGTH[COUNTY]}), '{measure.key}', {figure}"
    where, params = bounds
    source = measure.source(measure.table, where)
    return f"{measure.over(COUNTING, told)} {source} GROUP BY 1", params


def _terms(of: Measure | Derived) -> tuple[str, ...]:
    return of.parts if isinstance(of, Derived) else (of.key,)


def _is_stock(key: str) -> bool:
    of = declared(key)
    return isinstance(of, Derived) and of.how == "stock"


def _code(parts: Sequence[Any]) -> str:
    """The one column that a line of the answer is grouped by, as it is written in addresses."""
    part = next((part for part in parts if part is not None), "")
    return f"{part:%Y-%m}" if isinstance(part, datetime.date) else str(part)
