"""Sources: where the cells of a column come from. A whole column is asked for at once."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ImproperlyConfigured

from exchange.amounts import By
from exchange.figures import Figure
from exchange.measures import Derived, Measure, declared
from exchange.models import TableCell
from exchange.periods import Period
from exchange.tables.declared import Column, Table
from exchange.tables.relations import rounded
from exchange.tables.stems import Context, StemLine
from exchange.workbooks import Kind

Origin = TableCell.Origin
OF_LINE = "@line"  # the measure that the line names itself
SPANS = ("period", "year", "line", "opening", "closing")
BEGINNING = datetime.date(1900, 1, 1)
PLACES = {Kind.INTEGER: Decimal(1), Kind.PERCENT: Decimal("0.0001")}
CENTS = Decimal("0.01")
DASH = "—"


@dataclass(frozen=True)
class Cell:
    """One cell: a number or words, where it comes from, and the address of its figure.

    `page` is where an app shows what it is made of, if it is no figure of a measure; `since` is
    the first day that is counted where no one figure says so.
    """

    value: Decimal | None = None
    text: str = ""
    origin: Origin = Origin.LEDGER
    figure: Figure | None = None
    page: str = ""
    since: datetime.date | None = None

    @property
    def is_filled(self) -> bool:
        return self.value is not None or bool(self.text)

    @property
    def counted_since(self) -> datetime.date | None:
        """The first day of what a figure of submitted books counts; None for any other cell."""
        if self.figure is None:
            return self.since
        of = self.figure.declared
        parts = [declared(part) for part in of.parts] if isinstance(of, Derived) else [of]
        if not any(isinstance(part, Measure) and part.settled for part in parts):
            return None
        is_stock = isinstance(of, Derived) and of.how == "stock"
        return BEGINNING if is_stock else self.figure.period.first_day


NOT_APPLYING = Cell(text=DASH, origin=Origin.NONE)
Fill = Callable[[Column, Sequence[StemLine], Context], Mapping[str, Cell]]
# What is wrong with how a column asks, as sentences.
Look = Callable[[Column, Table], Iterator[str]]


@dataclass(frozen=True)
class Source:
    fill: Fill
    look: Look
    is_distinct: Callable[[Column, Table], bool] = lambda _column, _table: False


_sources: dict[str, Source] = {}


def register_source(key: str, source: Source) -> None:
    """Declare a source; a second one of a key is refused."""
    if key in _sources or key in ("typed", "formula"):
        raise ImproperlyConfigured(f"Source {key} is declared twice.")
    _sources[key] = source


def source_of(key: str) -> Source:
    """KeyError for none."""
    return _sources[key]


def is_known(key: str) -> bool:
    return key in _sources or key in ("typed", "formula")


def fitting(column: Column, value: Decimal | int | float | None) -> Decimal | None:
    """A value as the column keeps it: rounded half up to its places."""
    return None if value is None else rounded(Decimal(value), PLACES.get(column.kind, CENTS))


def measured(column: Column, lines: Sequence[StemLine], context: Context) -> dict[str, Cell]:
    """Figures of a measure. Places of the region are asked for together."""
    if column.asked == OF_LINE or context.table.stem.lines != "places":
        return {line.code: _cell(column, figure_of(column, line, context)) for line in lines}
    region = StemLine(code="", titles=(), region_code=context.region.code)
    whole = figure_of(column, region, context)
    parts = {part.figure.region_code: part.value for part in whole.parts(By.PLACE)}
    nothing = None if _is_rate(column.asked) else 0
    found = {}
    for line in lines:
        figure = figure_of(column, line, context)
        if line.total:
            found[line.code] = _cell(column, figure)
        else:
            code = context.region.code if line.here else line.region_code
            found[line.code] = Cell(fitting(column, parts.get(code, nothing)), figure=figure)
    return found


def _is_rate(measure: str) -> bool:
    of = declared(measure)
    return isinstance(of, Derived) and of.how == "rate"


def _cell(column: Column, figure: Figure) -> Cell:
    return Cell(fitting(column, figure.value()), figure=figure)


def figure_of(column: Column, line: StemLine, context: Context) -> Figure:
    """The address of a cell."""
    own = line.measure if column.asked == OF_LINE else column.asked
    return Figure(
        line.measures.get(column.code, own),
        line.region_code,
        spanned(column, line, context),
        programs=_both(line.programs, column, "program"),
        categories=_both(line.categories, column, "category"),
        here=line.here,
    )


def _both(of_line: frozenset[str], column: Column, option: str) -> frozenset[str]:
    """What line and column are both narrowed to; nothing where neither is."""
    of_column = frozenset(column.options.get(option, ()))
    return of_line & of_column if of_line and of_column else of_line or of_column


def spanned(column: Column, line: StemLine | None, context: Context) -> Period:
    """The months that a column counts: of the period, of the year so far, of the line's own
    beginning on. `opening` and `closing` are what there was before it and at its end."""
    span, period = column.options.get("span", "period"), context.period
    if span == "year":
        return period.year_to_date
    if span == "line" and line is not None and line.first_day is not None:
        return Period.between(line.first_day, period.last_day)
    if span not in ("opening", "closing"):
        return period
    own = line.measures.get(column.code, column.asked) if line else column.asked
    end = period.before if span == "opening" else period
    # A stock is counted from the beginning anyway; what only grows is added up from there.
    return end if isinstance(declared(own), Derived) else Period.between(BEGINNING, end.last_day)


def look_at_measure(column: Column, table: Table) -> Iterator[str]:
    """Whether what is asked for is declared: the measure, its span, programs and categories."""
    if strange := set(column.options) - {"span", "category", "program"}:
        yield f"a measure takes no {', '.join(sorted(strange))}"
    if column.options.get("span", "period") not in SPANS:
        yield f"span {column.options['span']!r} is none of {', '.join(SPANS)}"
    lines = [line for line in table.lines if column.code not in line.empty]
    for line in lines:
        for option, of_line in (("category", line.categories), ("program", line.programs)):
            if of_line and column.options.get(option) and not _both(of_line, column, option):
                yield f"line {line.code} and the column have no {option} in common"
    own = frozenset(column.options.get("category", ()))
    asked = {column.asked: own, **dict.fromkeys(asked_measures(column, table), own)}
    for line in lines:
        key = line.measures.get(column.code, column.asked)
        asked[key] = asked.get(key, own) | line.categories
    for key, categories in asked.items():
        if key != OF_LINE:
            yield from _look_at_one(key, categories)


def _look_at_one(key: str, categories: frozenset[str]) -> Iterator[str]:
    try:
        measure = declared(key)
    except KeyError:
        yield f"no measure is called {key}"
        return
    for known in _categories(measure):
        if known and (strange := categories - set(known)):
            yield f"{key} knows no category {', '.join(sorted(strange))}"


def _categories(measure: Measure | Derived) -> Iterator[Mapping[str, object]]:
    if isinstance(measure, Measure):
        yield measure.categories()
        return
    for key in measure.parts:
        yield from _categories(declared(key))


def asked_measures(column: Column, table: Table) -> set[str]:
    """The keys of all measures that a column of the table reads, but for the lines' own."""
    others = {line.measures[column.code] for line in table.lines if column.code in line.measures}
    return ({column.asked} | others) - {OF_LINE}


def counts_people(column: Column, table: Table) -> bool:
    """Whether the column counts people, whose parts overlap, or a rate: neither adds up."""
    found = [declared(key) for key in asked_measures(column, table)]
    return any(
        each.is_people if isinstance(each, Measure) else each.how == "rate" for each in found
    )


register_source("measure", Source(measured, look_at_measure, counts_people))
