"""Kinds of report: what an app declares so that its tables can be made."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.access import Permission
from core.models import Region
from exchange.models import Breadth, Format, ReportOrder, ReportRun
from exchange.periods import Period
from exchange.reports import forms
from exchange.reports.basis import Basis
from exchange.reports.forms import Form
from exchange.workbooks import Foot, Head, SheetSpec

PROVINCE, PREFECTURE, COUNTY = 2, 4, 6
LEVELS = frozenset({PROVINCE, PREFECTURE, COUNTY})  # lengths of the codes that have tables


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

    Over sealed months equal facts must make equal bytes: `version` is raised when the kind
    makes another table of the same facts. A kind whose tables are filed gives instead by
    `frozen(context)` what a filed one is drawn from, or None of one that is not. `levels` are
    the lengths of the codes that have the table, `periods` the kinds of period that it is
    made for.
    """

    key: str
    name: str | Promise
    title: str
    form: Form
    sheets: Callable[[ReportContext], Iterable[SheetSpec]]
    size: Callable[[ReportContext], int]
    permission: Permission = Permission.MAKE_REPORTS
    levels: frozenset[int] = LEVELS
    since: Callable[[Region, Period], datetime.date] = lambda _region, period: period.first_day
    formats: frozenset[str] = frozenset({Format.XLSX})
    version: str = "1"
    frozen: Callable[[ReportContext], Frozen | None] | None = None
    periods: frozenset[str] = frozenset(ReportOrder.PeriodKind.values)

    def is_for(self, region_code: str, breadth: str) -> bool:
        """Whether a region has the table, or some level beneath it when all those are asked for."""
        digits = len(region_code)
        if breadth == Breadth.BENEATH:
            return any(digits < level for level in self.levels)
        return digits in self.levels


_kinds: dict[str, ReportKind] = {}


def register(*kinds: ReportKind) -> None:
    """Declare kinds; a second one of a key, or one without name, title or number, is refused."""
    for kind in kinds:
        if kind.key in _kinds:
            raise ImproperlyConfigured(f"Report {kind.key} is declared twice.")
        if not (kind.key and kind.name and kind.title and kind.form.table_number):
            raise ImproperlyConfigured(f"Report {kind.key!r} is incomplete.")
        if not kind.levels or not kind.levels <= LEVELS:
            raise ImproperlyConfigured(f"Report {kind.key} is for levels that file no tables.")
        if not kind.formats or not kind.formats <= set(Format.values):
            raise ImproperlyConfigured(f"Report {kind.key} is written as nothing known.")
        _kinds[kind.key] = kind


def kind_of(key: str) -> ReportKind:
    """The declared kind; KeyError when there is none."""
    return _kinds[key]


def name_of(key: str) -> str | Promise:
    """A report as screens call it, also one that is no longer declared: its files are kept."""
    return _kinds[key].name if key in _kinds else _("report no longer made (%s)") % key


def is_made(asked: ReportOrder | ReportRun) -> bool:
    """Whether such a report is still made; the files of one that no longer is stay."""
    kind = _kinds.get(asked.report)
    return kind is not None and kind.is_for(asked.region_code, asked.breadth)


def all_kinds() -> list[ReportKind]:
    return list(_kinds.values())
