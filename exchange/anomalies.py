"""What stands out among the figures of a board and wants a look: counted when read, kept nowhere.

A watch is declared like a rule, with a dated and cited value; it says of figures, not of
rows, what somebody should explain. Nothing is held back because of it.
"""

from __future__ import annotations

import datetime
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core import rules
from core.models import Region
from core.rules import Rule, RuleBook, Severity, say
from exchange.amounts import kept, whole_number
from exchange.figures import Figure
from exchange.measures import Measure, declared, measure_of
from exchange.periods import Period, months_later
from exchange.submissions.rules import OWN

MONTHS_BEFORE = 12
UNUSUAL = gettext_noop(
    "%(figure)s in this month, %(times)s times the median of the %(months)s months before "
    "(%(median)s)."
)
EMPTY = gettext_noop(
    "Nothing in this month, though %(filled)s of the %(months)s months before it have figures "
    "(median %(median)s)."
)

KEEPS_ITS_PACE = Rule(
    "exchange.figure_keeps_its_pace",
    _("a figure keeps its pace from month to month"),
    Severity.EXPLAIN,
    OWN,
)
IS_NOT_EMPTY = Rule(
    "exchange.month_is_not_empty",
    _("a month is not empty where the months before it are not"),
    Severity.EXPLAIN,
    OWN,
)
PARAMETERS = (gettext_noop("times"), gettext_noop("least"))
FILLED = (gettext_noop("filled"),)


@dataclass(frozen=True)
class Anomaly:
    """A figure that stands out: which rule says so, and why. `weight` puts the worst first."""

    rule: Rule
    figure: Figure
    sentence: str
    params: dict[str, Any] = field(default_factory=dict)
    weight: float = 0

    def __str__(self) -> str:
        return say(self.sentence, self.params)


@dataclass(frozen=True)
class Watch:
    """A rule, its dated parameters, and how to find in a figure's bounds what breaks it."""

    rule: Rule
    parameters: Sequence[str]
    look: Callable[[Figure, RuleBook], Iterable[Anomaly]]


_watches: dict[str, Watch] = {}


def register(*watches: Watch) -> None:
    """Declare watches, and their rules with them."""
    rules.register(*(watch.rule for watch in watches))
    _watches.update({watch.rule.key: watch for watch in watches})


def found_in(of: Figure) -> list[Anomaly]:
    """All that stands out within the figure's bounds, the worst first."""
    book = RuleBook.load()
    found = [anomaly for watch in _watches.values() for anomaly in watch.look(of, book)]
    return sorted(found, key=lambda each: -each.weight)


def parameters_of(rule: Rule) -> Sequence[str]:
    return _watches[rule.key].parameters


def names_of(found: Iterable[Anomaly]) -> dict[str, str]:
    """The names of the places that anomalies are in, by code."""
    codes = {each.figure.region_code for each in found}
    return dict(Region.objects.filter(pk__in=codes).values_list("code", "name"))


def out_of_pace(of: Figure, book: RuleBook) -> Iterator[Anomaly]:
    """A county's month above so many times the median of the twelve before it.

    A month with fewer than `least` stays out, and one whose year before is empty: what begins
    has no pace yet.
    """
    measure = declared(of.measure)
    if not isinstance(measure, Measure) or measure.is_people:
        return
    for county, months in _by_county(of).items():
        for month in of.period.months:
            yield from _judged(of.narrowed(region_code=county), months, month, book)


def _judged(of: Figure, months: dict[str, float], month: str, book: RuleBook) -> Iterator[Anomaly]:
    first = Period.parse(month).first_day
    figure = months.get(month, 0)
    times, least = (
        book.value(KEEPS_ITS_PACE.key, name, of.region_code, first) for name in PARAMETERS
    )
    if times is None or figure < (least or 0):
        return
    median = statistics.median(_before(months, first))
    if median and figure > times * median:
        params = {
            "figure": f"{figure:,.0f}",
            "times": f"{figure / median:.1f}",
            "months": MONTHS_BEFORE,
            "median": f"{median:,.0f}",
        }
        narrowed = of.narrowed(period=Period.parse(month))
        yield Anomaly(KEEPS_ITS_PACE, narrowed, UNUSUAL, params, figure - median)


def empty_months(of: Figure, book: RuleBook) -> Iterator[Anomaly]:
    """A county's month that is over and has nothing, where most of the twelve before it have.

    A county that never had anything stays out, and so does a month that is not over yet.
    """
    measure = declared(of.measure)
    if not isinstance(measure, Measure) or measure.is_people:
        return
    over = [m for m in of.period.months if Period.parse(m).last_day < timezone.localdate()]
    for county, months in _by_county(of).items():
        for month in over:
            if not months.get(month):
                yield from _missed(of.narrowed(region_code=county), months, month, book)


def _missed(of: Figure, months: dict[str, float], month: str, book: RuleBook) -> Iterator[Anomaly]:
    first = Period.parse(month).first_day
    before = [figure for figure in _before(months, first) if figure > 0]
    filled = book.value(IS_NOT_EMPTY.key, *FILLED, of.region_code, first)
    if filled is None or len(before) < filled:
        return
    median = statistics.median(before)
    params = {"filled": len(before), "months": MONTHS_BEFORE, "median": f"{median:,.0f}"}
    yield Anomaly(IS_NOT_EMPTY, of.narrowed(period=Period.parse(month)), EMPTY, params, median)


def _before(months: dict[str, float], first: datetime.date) -> list[float]:
    """A county's figures of the year before a month, the nearest first."""
    earlier = (months_later(first, -n) for n in range(1, MONTHS_BEFORE + 1))
    return [months.get(f"{month:%Y-%m}", 0) for month in earlier]


def _by_county(of: Figure) -> dict[str, dict[str, float]]:
    """Each county's months of the period and of the year before it."""
    begin = months_later(of.period.first_day, -MONTHS_BEFORE)
    bounds = of.narrowed(period=Period.between(begin, of.period.last_day)).bounds()
    cells = kept([measure_of(of.measure).key], bounds).order_by().values("county_code", "month")
    found: dict[str, dict[str, float]] = {}
    for each in cells.annotate(figure=Sum("amount")):
        months = found.setdefault(each["county_code"], {})
        months[f"{each['month']:%Y-%m}"] = float(whole_number(each["figure"]))
    return found


PACE = Watch(KEEPS_ITS_PACE, PARAMETERS, out_of_pace)
NOT_EMPTY = Watch(IS_NOT_EMPTY, FILLED, empty_months)
