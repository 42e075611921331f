"""A figure and its address: a measure, a region, a period, and what narrows it."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from core.access import Permission
from core.models import PolicyArea, PolicyAreaCounty, Region, User
from exchange.amounts import (
    NEXT_LENGTH,
    Bounds,
    By,
    Number,
    amount,
    amounts,
    as_of,
)
from exchange.measures import COUNTY, Derived, Measure, declared, measure_of
from exchange.models import Rollup
from exchange.periods import Period, PeriodUnreadable
from exchange.regions import asked_region
from exchange.rollups import outdated

TOWNSHIP = 9
BEGINNING = datetime.date(1900, 1, 1)


class FigureUnreadable(Http404):
    """An address that names no figure, or one that lies outside of the reader's scope."""


@dataclass(frozen=True)
class Part:
    """One part of a figure, with its own address. Parts with nothing in them are not made."""

    key: str
    name: str
    value: Number | None
    figure: Figure


@dataclass(frozen=True)
class Figure:
    """What stands in an address: a measure, a region, a period, and what narrows it.

    `area` is the key of a policy area: its counties on the last day of the period's last
    year, so that a year's months are of the same counties and add up to it. With `here`
    only the rows count that name no place below the region, a county or what lies in one.
    """

    measure: str
    region_code: str
    period: Period
    programs: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    area: str = ""
    here: bool = False

    @classmethod
    def read(cls, query: QueryDict, user: User, measure: str = "") -> Figure:
        """The figure of an address; `measure` where it stands in the path.

        Raises FigureUnreadable, which answers 404, for what is none or not the user's to see.
        """
        try:
            asked = {name: str(query[name]) for name in ("region", "period")}
            region = asked_region(user, Permission.SEE_FIGURES, asked["region"])
            found = cls(
                measure=measure or str(query["measure"]),
                region_code=region.code if region else "",
                period=Period.span(asked["period"]),
                programs=frozenset(filter(None, query.getlist("program"))),
                categories=frozenset(filter(None, query.getlist("category"))),
                area=query.get("area", ""),
                here=query.get("here") == "1",
            )
            found._judge()
        except (KeyError, PeriodUnreadable, ValueError) as trouble:
            raise FigureUnreadable from trouble
        return found

    def _judge(self) -> None:
        """Refuse what no row can answer."""
        deep = self.here or len(self.region_code) > COUNTY
        placeless = not all(each.place for each in self._counted())
        if not self.region_code or (deep and (placeless or len(self.region_code) < COUNTY)):
            raise FigureUnreadable
        if self.area and not PolicyArea.objects.filter(key=self.area).exists():
            raise FigureUnreadable

    @property
    def declared(self) -> Measure | Derived:
        return declared(self.measure)

    def query(self) -> str:
        """The whole address as a query, for a page that lists its rows."""
        return urlencode({"measure": self.measure, **self._narrower()}, doseq=True)

    def url(self) -> str:
        """The page of this figure."""
        path = reverse("exchange:figure", args=[self.measure])
        return f"{path}?{urlencode(self._narrower(), doseq=True)}"

    def _narrower(self) -> dict[str, Any]:
        said = {
            "region": self.region_code,
            "period": Period.between(self.period.first_day, self.period.last_day).text,
            "program": sorted(self.programs),
            "category": sorted(self.categories),
            "area": self.area,
            "here": "1" if self.here else "",
        }
        return {name: value for name, value in said.items() if value}

    def narrowed(self, **to: Any) -> Figure:
        """The same figure with other bounds, such as `region_code` or `categories`."""
        return replace(self, **to)

    def value(self) -> Number | None:
        """The figure; None for a rate of nothing."""
        if isinstance(self.declared, Measure):
            return amount(self.declared, self.bounds())
        return put_together(self.declared, [term.value() or 0 for term in self.terms()])

    def terms(self) -> list[Figure]:
        """The two figures that a derived one is put together of; none of a counted one."""
        if isinstance(self.declared, Measure):
            return []
        period = self.period
        if self.declared.how == "stock":
            period = Period.between(BEGINNING, period.last_day)
        return [replace(self, measure=key, period=period) for key in self.declared.parts]

    def parts(self, by: By) -> list[Part]:
        """The figure taken apart, in the order of codes; those of amounts add up to it.

        Places are those of the next level down; a village has none, and rows may know none.
        """
        if by is By.PLACE and not self._has_places():
            return []
        if isinstance(self.declared, Measure):
            found: dict[str, Number | None] = dict(amounts(self.declared, self.bounds(), by))
        else:
            found = self._put_together(self.declared, by)
        names = self._names(by, found)
        figures = {key: self._part(by, key) for key in found}
        return [Part(key, names.get(key, key), found[key], figures[key]) for key in found]

    def _has_places(self) -> bool:
        if self.here or len(self.region_code) not in NEXT_LENGTH:
            return False
        return len(self.region_code) < COUNTY or all(each.place for each in self._counted())

    def _put_together(self, of: Derived, by: By) -> dict[str, Number | None]:
        if of.how == "stock" and by is By.MONTH:
            months = (self._part(by, month) for month in self.period.months)
            return {month.period.text: month.value() for month in months}
        terms = [{p.key: p.value or 0 for p in term.parts(by)} for term in self.terms()]
        keys = sorted(set().union(*terms))
        return {key: put_together(of, [term.get(key, 0) for term in terms]) for key in keys}

    def _part(self, by: By, key: str) -> Figure:
        if by is By.MONTH:
            return replace(self, period=Period.parse(key))
        if by is By.CATEGORY:
            return replace(self, categories=frozenset({key}))
        if by is By.PROGRAM:
            return replace(self, programs=frozenset({key}))
        return replace(self, region_code=key, here=self.here or key == self.region_code)

    def _names(self, by: By, found: dict[str, Any]) -> dict[str, str]:
        if by is By.MONTH:
            return {key: Period.parse(key).name for key in found}
        if by is By.PLACE:
            names = dict(Region.objects.filter(pk__in=found).values_list("code", "name"))
            return names | {self.region_code: unplaced(self.region_code)}
        of = self._counted()[0]
        known = of.categories() if by is By.CATEGORY else of.programs()
        return {key: str(name) for key, name in known.items()}

    def rows(self) -> QuerySet[Any]:
        """The rows that are counted; not yet scoped: the caller says `.visible_to(user)`.

        ValueError for a derived figure, which has terms instead.
        """
        of = self.declared
        if isinstance(of, Derived):
            raise ValueError(f"{self.measure} has terms, not rows")
        rows: QuerySet[Any] = of.model._default_manager.all()
        return rows.filter(of.where_in(**self.bounds().named))

    def as_of(self) -> datetime.datetime | None:
        """When the figure last changed; now, for what is counted each time."""
        moments = [as_of(measure, self.bounds()) for measure in self._counted()]
        return max((moment for moment in moments if moment), default=None)

    def is_counted(self) -> bool:
        """Whether what is kept is of the declaration as it stands; else it is counted anew soon."""
        return are_counted([self.measure])

    def _counted(self) -> list[Measure]:
        """The measure, or those a derived one is put together of."""
        of = self.declared
        return [of] if isinstance(of, Measure) else [measure_of(key) for key in of.parts]

    def bounds(self) -> Bounds:
        """What the figure is narrowed to, as rows and kept figures are asked for."""
        return Bounds(
            region_code=self.region_code,
            period=self.period,
            here=self.here,
            programs=self.programs,
            categories=self.categories,
            counties=_counties_of(self.area, self.day_of_area) if self.area else None,
        )

    @property
    def day_of_area(self) -> datetime.date:
        """The day on which a county must belong to the policy area."""
        return self.period.last_day.replace(month=12, day=31)

    @property
    def definition(self) -> str:
        """How it is counted, in words: as the measure says, and whom a policy area means."""
        if not self.area:
            return str(self.declared.definition)
        return _(
            "%(definition)s Of the policy area those counties count that belong to it on "
            "%(day)s, in every month of the year alike."
        ) % {"definition": self.declared.definition, "day": date_format(self.day_of_area)}


def are_counted(measures: Iterable[str]) -> bool:
    """Whether what is kept of measures, by their keys, is of the declarations as they stand.

    Of derived ones, whether that of their parts is.
    """
    named = [declared(key) for key in measures]
    kept = {key for of in named for key in (of.parts if isinstance(of, Derived) else [of.key])}
    return kept.isdisjoint(measure.key for measure in outdated())


def unplaced(region_code: str) -> str:
    """What rows of a county or township are called that name no place below it."""
    missing = {COUNTY: _("no township given"), TOWNSHIP: _("no village given")}
    return missing.get(len(region_code), _("no place below given"))


def put_together(of: Derived, terms: Sequence[Number]) -> Number | None:
    """A derived figure from its two; None for a rate of nothing."""
    first, second = terms
    if of.how == "stock":
        return first - second
    return Decimal(first) / Decimal(second) if second else None


def _counties_of(area: str, day: datetime.date) -> frozenset[str]:
    members = PolicyAreaCounty.objects.on(day).filter(area__key=area)
    return frozenset(members.values_list("county", flat=True))


def years_with_figures(region_code: str, measures: Collection[str] = ()) -> list[int]:
    """The years that have figures in a region, of a book or of the measures named, newest first."""
    kept = Rollup.objects.filter(measure__in=measures) if measures else Rollup.objects.settled()
    return kept.within(region_code).years()
