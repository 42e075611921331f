"""Kinds of report: what an app declares so that its tables can be made."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise

from core.access import Permission
from core.models import Region
from exchange.models import Format, ReportOrder
from exchange.periods import Period
from exchange.reports import forms
from exchange.reports.basis import Basis
from exchange.reports.forms import Form
from exchange.workbooks import Foot, Head, SheetSpec

PROVINCE, PREFECTURE, COUNTY = 2, 4, 6
# Lengths of the codes one level further down; below the county it is the county itself.
NEXT_LEVEL = {PROVINCE: PREFECTURE, PREFECTURE: COUNTY, COUNTY: COUNTY}


@dataclass
class ReportContext:
    """What one making of a report is about, all of it as of one moment.

    `with_numbers` tells whether citizen numbers and phones may be written in full; who
    writes some adds the number of people to `numbers_written`. `basis` tells which receipts
    the report rests on.
    """

    region: Region
    period: Period
    as_of: datetime.datetime
    office: str
    made_by: str
    form: Form
    with_numbers: bool = False
    numbers_written: int = 0
    basis: Basis | None = None

    @property
    def code_length(self) -> int:
        """The length of the codes that stand for one row each in a summary."""
        return NEXT_LEVEL[len(self.region.code)]

    @cached_property
    def below(self) -> list[Region]:
        """The divisions of the next level down; for a county, the county itself."""
        if len(self.region.code) == COUNTY:
            return [self.region]
        return list(Region.objects.beneath(self.region.code))

    def places(self, with_figures: Iterable[str]) -> list[Region]:
        """`below` without the zones of the statistics that have no figures, by code.

        A code with figures that the list of divisions does not know stands for itself.
        """
        codes = set(with_figures)
        known = [place for place in self.below if not place.statistical_only or place.code in codes]
        strangers = codes - {place.code for place in self.below}
        return sorted(
            [*known, *(Region(code=code, name=code) for code in strangers)], key=lambda p: p.code
        )

    def head(self, title: str, *, unit: str, period: Period | None = None) -> Head:
        """The official head over one sheet."""
        return forms.head(
            self.form, title=title, office=self.office, period=period or self.period, unit=unit
        )

    def foot(self, *notes: str) -> Foot:
        """The signatures, the moment the figures are of, and what else must be known."""
        if self.basis is None:
            return forms.foot(self.as_of, self.form, made_by=self.made_by, notes=notes)
        said = (*notes, *self.basis.notes)
        foot = forms.foot(self.as_of, self.form, made_by=self.made_by, notes=said)
        return replace(foot, picture=self.basis.picture)


class Frozen(NamedTuple):
    """What a filed table is drawn from alone: its digest, and the moment of its figures."""

    digest: str
    at: datetime.datetime


@dataclass(frozen=True)
class ReportKind:
    """A report that can be asked for.

    `title` is the official one, in Chinese as on the form; `name` is for the screens.
    `sheets(context)` gives the sheets, whose rows are drawn later within the same
    snapshot; `size(context)` says how many rows there will be, for the progress. `since` is
    the first day of what its figures count, where they begin before the period. `formats` are
    those it can be written as; a print is for tables of some pages, not for rows of people.

    Over sealed months equal facts must make equal bytes: `rests_on(context)` gives what else
    the table is made of beside the ledger, such as the quotas of a plan, as values that JSON
    knows; `version` is raised when the kind makes another table of the same facts. A kind
    whose tables are filed gives instead by `frozen(context)` what a filed one is drawn from,
    or None of one that is not; `periods` are the kinds of period that it is made for.
    """

    key: str
    name: str | Promise
    title: str
    form: Form
    sheets: Callable[[ReportContext], Iterable[SheetSpec]]
    size: Callable[[ReportContext], int]
    permission: Permission = Permission.MAKE_REPORTS
    levels: frozenset[int] = field(default=frozenset({PROVINCE, PREFECTURE, COUNTY}))
    since: Callable[[Region, Period], datetime.date] = lambda _region, period: period.first_day
    formats: frozenset[str] = frozenset({Format.XLSX})
    rests_on: Callable[[ReportContext], Sequence[object]] = lambda _context: ()
    version: str = "1"
    frozen: Callable[[ReportContext], Frozen | None] | None = None
    periods: frozenset[str] = frozenset(ReportOrder.PeriodKind.values)


_kinds: dict[str, ReportKind] = {}


def register(*kinds: ReportKind) -> None:
    """Declare kinds; a second one of a key, or one without name, title or number, is refused."""
    for kind in kinds:
        if kind.key in _kinds:
            raise ImproperlyConfigured(f"Report {kind.key} is declared twice.")
        if not (kind.key and kind.name and kind.title and kind.form.table_number):
            raise ImproperlyConfigured(f"Report {kind.key!r} is incomplete.")
        if not kind.levels or not kind.levels <= NEXT_LEVEL.keys():
            raise ImproperlyConfigured(f"Report {kind.key} is for levels that file no tables.")
        if not kind.formats or not kind.formats <= set(Format.values):
            raise ImproperlyConfigured(f"Report {kind.key} is written as nothing known.")
        _kinds[kind.key] = kind


def kind_of(key: str) -> ReportKind:
    """The declared kind; KeyError when there is none."""
    return _kinds[key]


def all_kinds() -> list[ReportKind]:
    return list(_kinds.values())
