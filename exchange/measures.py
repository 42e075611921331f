"""What figures count: each measure is declared once, by the app that owns its rows.

From the one declaration come the kept figure, its comparison with the rows, the rows behind
it and the page that explains it. Nothing else counts.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.access import following
from exchange.bounds import COUNTY as COUNTY
from exchange.expressions import ROW, OfRow
from exchange.periods import Period

NONE = "''"
COUNTING = "counting"  # what the rows are called within a statement
CELL = ("measure", "county_code", "month", "program", "category")
CATEGORY = _("category")
Words = str | Promise
Names = Callable[[], Mapping[str, Words]]


class Counts(enum.Enum):
    AMOUNT = "amount"  # parts add up
    PEOPLE = "people"  # different people; parts overlap


@dataclass(frozen=True, kw_only=True, eq=False)
class Measure:
    """A figure and the rows it is counted from.

    Expressions are SQL over `{row}`, a table shaped like the model's, and over what `join`
    adds; `{row}` is replaced and nothing else is. A row counts in the month of its `day` and
    under one `program` and `category`; what `category` is says `split_by`. `settled` figures
    are those of a submitted book: sealed, and restated when they move afterwards; others say
    what is known today. `version` is raised when the meaning of the declaration changes.
    """

    key: str
    label: Words
    unit: Words
    definition: Words
    model: type[models.Model]
    day: str
    where: str
    version: int = 1
    counts: Counts = Counts.AMOUNT
    amount: str = "1"
    person: str = ""
    program: str = NONE
    category: str = NONE
    county: str = "{row}.county_code"
    # For townships and villages; '' where the rows know none.
    place: str = "{row}.region_code"
    join: str = ""
    # Other models whose rows a row reads, with the expression of their key.
    moved_by: Mapping[type[models.Model], str] = field(default_factory=dict)
    settled: bool = True
    split_by: Words = CATEGORY
    programs: Names = dict
    categories: Names = dict
    # The url name of a page that lists the rows and takes a figure's query, and that of a row's
    # page with the key it takes.
    listing: str = ""
    row_url: str = ""
    row_key: str = "{row}.id"

    def __post_init__(self) -> None:
        if not self.definition:
            raise ImproperlyConfigured(f"Measure {self.key} has no definition.")
        if self.counts is Counts.PEOPLE and not self.person:
            raise ImproperlyConfigured(f"Measure {self.key} counts people and names none.")
        said = (self.day, self.where, self.amount, self.person, self.program, self.category)
        if any("%" in expression for expression in (*said, self.place, self.join)):
            raise ImproperlyConfigured(f"Measure {self.key} has a % in its SQL.")

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def has_programs(self) -> bool:
        return self.program != NONE

    @property
    def has_categories(self) -> bool:
        return self.category != NONE

    @property
    def is_people(self) -> bool:
        return self.counts is Counts.PEOPLE

    def over(self, row: str, expression: str) -> str:
        """The expression over a table of this name."""
        return expression.replace(ROW, row)

    def source(self, table: str, where: str = "true", row: str = COUNTING) -> str:
        """FROM and WHERE: the rows that count of a table shaped like the model's."""
        return self.over(
            row, f"FROM {table} AS {row} {self.join} WHERE ({self.where}) AND ({where})"
        )

    def counted(self, table: str, where: str = "true") -> str:
        """SQL for one line a row that counts: its cell, amount and person_id."""
        told = (
            f"SELECT '{self.key}'::text AS measure, ({self.county})::text AS county_code,"
            f" date_trunc('month', {self.day})::date AS month, ({self.program})::text AS program,"
            f" ({self.category})::text AS category, {self.amount} AS amount,"
            f" ({self.person or 'NULL'})::bigint AS person_id"
        )
        return f"{self.over(COUNTING, told)} {self.source(table, where)}"

    def cells(self, table: str, where: str = "true") -> str:
        """SQL for this measure's cells over a table shaped like the model's."""
        names = ", ".join(CELL)
        figure = "count(DISTINCT person_id)" if self.is_people else "sum(amount)"
        return (
            f"SELECT {names}, {figure} AS amount FROM ({self.counted(table, where)}) AS counted"
            f" GROUP BY {names}"
        )

    def bounds(
        self,
        *,
        region_code: str = "",
        here: bool = False,
        period: Period | None = None,
        programs: Collection[str] = (),
        categories: Collection[str] = (),
        counties: Collection[str] | None = None,
    ) -> tuple[str, list[Any]]:
        """A condition over `{row}` with its params: the rows of what a figure is narrowed to.

        `here` leaves of a county, township or village only the rows that name no place below
        it; `counties` are those of a policy area.
        """
        said: list[tuple[str, list[Any]]] = []
        if region_code:
            said.append(_within(self.county, region_code[:COUNTY]))
        if here:
            said.append((f"{self.place} = %s", [region_code]))
        elif len(region_code) > COUNTY:
            said.append(_within(self.place, region_code))
        if period is not None:
            days = [period.first_day, period.last_day]
            said.append((f"{self.day} BETWEEN %s AND %s", days))
        if programs:
            said.append((f"{self.program} = ANY(%s)", [sorted(programs)]))
        if categories:
            said.append((f"{self.category} = ANY(%s)", [sorted(categories)]))
        if counties is not None:
            said.append((f"{self.county} = ANY(%s)", [sorted(counties)]))
        sql = " AND ".join(each for each, _params in said) or "true"
        return sql, [param for _sql, params in said for param in params]

    def where_in(self, **narrower: Any) -> OfRow:
        """For `filter` over the model: the rows that count within `bounds`."""
        bounds, params = self.bounds(**narrower)
        if not self.join:
            return OfRow(f"({self.where}) AND {bounds}", params)
        inner = self.source(self.table, bounds)
        key = self.model._meta.pk.column
        return OfRow(f"{ROW}.{key} IN (SELECT {COUNTING}.{key} {inner})", params)


@dataclass(frozen=True)
class Difference:
    """A cell whose kept figure is not what the rows say; of people, a set, `month` is its span."""

    measure: str
    county_code: str
    month: Any
    program: str
    category: str
    kept: Any
    counted: Any


@dataclass(frozen=True, kw_only=True, eq=False)
class Derived:
    """Two measures put together when read: never kept, never summed over parts.

    A rate is the first divided by the second; a stock is what began less what ended, from the
    beginning of time to the last day.
    """

    key: str
    label: Words
    unit: Words
    definition: Words
    how: Literal["rate", "stock"]
    parts: tuple[str, str]
    version: int = 1


_measures: dict[str, Measure] = {}
_derived: dict[str, Derived] = {}


def register(*declared: Measure | Derived) -> None:
    """Declare measures; a second one of a key is refused."""
    for each in declared:
        if each.key in _measures or each.key in _derived:
            raise ImproperlyConfigured(f"Measure {each.key} is declared twice.")
        if isinstance(each, Measure):
            _measures[each.key] = each
        else:
            _derived[each.key] = each


def check() -> None:
    """At the end of start-up, when every app has declared its own: all parts are known."""
    for each in _derived.values():
        if unknown := [part for part in each.parts if part not in _measures]:
            raise ImproperlyConfigured(f"{each.key} is put together of unknown {unknown}.")


def measure_of(key: str) -> Measure:
    """A measure that is counted. KeyError for none."""
    return _measures[key]


def declared(key: str) -> Measure | Derived:
    """A measure, counted or put together. KeyError for none."""
    return _measures.get(key) or _derived[key]


def all_measures() -> list[Measure]:
    return list(_measures.values())


def all_derived() -> list[Derived]:
    return list(_derived.values())


def additive() -> list[Measure]:
    return [measure for measure in _measures.values() if not measure.is_people]


def of_people() -> list[Measure]:
    return [measure for measure in _measures.values() if measure.is_people]


def settled_keys() -> list[str]:
    """The measures of submitted books: what is sealed, and restated once it moves."""
    return [measure.key for measure in _measures.values() if measure.settled]


def measures_over(model: type[models.Model]) -> list[Measure]:
    return [measure for measure in _measures.values() if measure.model is model]


def moved_by(model: type[models.Model]) -> list[Measure]:
    """Measures over other models whose rows read rows of this one."""
    return [measure for measure in _measures.values() if model in measure.moved_by]


def _within(expression: str, code: str) -> tuple[str, list[Any]]:
    return f"{expression} >= %s AND {expression} < %s", [code, following(code)]
