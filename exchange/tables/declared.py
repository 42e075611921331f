"""Official tables as they are declared: what stands in a file of APP/data/tables."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import get_language

from exchange.periods import Period
from exchange.reports.forms import NOT_YET_NUMBERED, Form
from exchange.tables.grammar import Order
from exchange.tables.relations import Node, Relation
from exchange.workbooks import Kind

LEVELS = {"province": 2, "prefecture": 4, "county": 6}
PERIODS = ("month", "quarter", "year")
Severity = Literal["block", "explain"]
BLOCK, EXPLAIN = "block", "explain"


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of figures or words: its code, such as (1), and the one source of its cells.

    `source` names a registered source and `asked` is what it is asked for. `levels` are the
    lengths of the region codes whose tables have the column. A formula stays empty unless a
    column of `needs` is filled.
    """

    code: str
    title: str
    kind: Kind
    source: str
    asked: Any
    options: Mapping[str, Any] = field(default_factory=dict)
    group: str = ""
    width: float | None = None
    levels: frozenset[int] = frozenset(LEVELS.values())
    required: bool = False
    required_when: Relation | None = None
    formula: Node | None = None
    needs: Sequence[str] = ()

    @property
    def is_words(self) -> bool:
        return self.kind is Kind.TEXT

    @property
    def is_typed(self) -> bool:
        return self.source == "typed"


@dataclass(frozen=True, kw_only=True)
class Line:
    """A declared line: which programs and categories its figures are narrowed to.

    `measures` says for a column that this line is counted by another measure; columns of
    `empty` do not apply to it and are printed as a dash.
    """

    code: str
    title: str
    total: bool = False
    programs: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    measures: Mapping[str, str] = field(default_factory=dict)
    empty: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Stem:
    """What stands to the left of the figures: 甲, 乙, 丙, and which lines there are."""

    lines: str
    titles: Sequence[str]
    line_codes: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Due:
    """When a table is filed: days after the end of the period, or a day of the next year."""

    days: Mapping[str, int] = field(default_factory=dict)
    day_of_year: tuple[int, int] | None = None

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Due:
        """From { month = 10, quarter = 10, year = "01-10" }. ValueError for anything else."""
        year = said.get("year")
        if strange := set(said) - set(PERIODS):
            raise ValueError(f"due knows no {', '.join(sorted(strange))}")
        days = {kind: int(count) for kind, count in said.items() if not isinstance(count, str)}
        if not isinstance(year, str):
            return cls(days=days)
        month, day = map(int, year.split("-"))
        return cls(days=days, day_of_year=(month, datetime.date(2001, month, day).day))

    def day(self, period: Period) -> datetime.date | None:
        """The last day to file in, or None where none is declared."""
        kind = kind_of(period)
        if kind == "year" and self.day_of_year:
            month, day = self.day_of_year
            return datetime.date(period.last_day.year + 1, month, day)
        if kind not in self.days:
            return None
        return period.last_day + datetime.timedelta(days=self.days[kind])


@dataclass(frozen=True, kw_only=True)
class Table:
    """One official table.

    A county files it only once the months it covers are closed, unless `closed_months` is
    false. `text` is the whole declaration and `digest` its digest.
    """

    key: str
    title: str
    name: str
    levels: frozenset[int]
    periods: Sequence[str]
    unit: str
    paper: Literal["A4", "A3"]
    landscape: bool
    closed_months: bool
    due: Due
    form: Form
    stem: Stem
    columns: Sequence[Column]
    lines: Sequence[Line] = ()
    relations: Sequence[Relation] = ()
    notes: Sequence[str] = ()
    signatures: Sequence[str] = ()
    digest: str = ""
    text: str = ""
    file: str = ""

    def __str__(self) -> str:
        """The official title where Chinese is read, its English name elsewhere."""
        return self.title if (get_language() or "").startswith("zh") else self.name.capitalize()

    @property
    def order(self) -> Order:
        return Order([c.code for c in self.columns], [line.code for line in self.lines])

    def column(self, code: str) -> Column:
        """KeyError for none."""
        found = {column.code: column for column in self.columns}
        return found[code]

    def columns_for(self, region_code: str) -> list[Column]:
        """The columns that the region's table has."""
        return [column for column in self.columns if len(region_code) in column.levels]

    def is_for(self, region_code: str, period: Period) -> bool:
        """Whether a region of this level files the table for a period of this kind."""
        return len(region_code) in self.levels and kind_of(period) in self.periods

    def is_in_force(self, day: datetime.date) -> bool:
        first, last = self.form.valid_from, self.form.valid_to
        return (first is None or first <= day) and (last is None or day <= last)


def kind_of(period: Period) -> str:
    """Whether a period is a month, a quarter or a year."""
    return period.kind


_tables: dict[str, Table] = {}


def register(*tables: Table) -> None:
    """Declare tables. A second one of a key, or of a table number at one time, is refused."""
    for table in tables:
        if table.key in _tables:
            raise ImproperlyConfigured(f"Table {table.key} is declared twice ({table.file}).")
        for other in _tables.values():
            if _share_a_number(table, other):
                raise ImproperlyConfigured(
                    f"{table.file}: {other.key} has the table number "
                    f"{table.form.table_number} at the same time."
                )
        _tables[table.key] = table


def unregister(key: str) -> None:
    """Forget a table that was declared."""
    del _tables[key]


def table_of(key: str) -> Table:
    """The declared table; KeyError when there is none."""
    return _tables[key]


def all_tables() -> list[Table]:
    return sorted(_tables.values(), key=lambda table: table.key)


def _share_a_number(one: Table, other: Table) -> bool:
    number = one.form.table_number
    if number in ("", NOT_YET_NUMBERED) or number != other.form.table_number:
        return False
    never = datetime.date.max
    begins = max(
        one.form.valid_from or datetime.date.min, other.form.valid_from or datetime.date.min
    )
    return begins <= min(one.form.valid_to or never, other.form.valid_to or never)
