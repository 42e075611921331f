"""The ledger report (培训台账): a county's rows, person by person, as its rosters had them.

Sums of them are official tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models.functions import Floor
from django.utils.translation import gettext_lazy as _

from exchange.periods import Period
from exchange.reports import Form, ReportContext, ReportKind
from exchange.reports.kinds import COUNTY
from exchange.workbooks import SheetSpec
from talent.places import Gazetteer
from training import ledger
from training.models import Enrollment
from training.querysets import EnrollmentQuerySet

TITLE = "培训台账"
UNIT = "人次"
MASKED = "公民身份号码、联系电话已隐去部分数字。"
KEPT_AS_ROSTER = "各行按录入花名册的先后排列，文字与花名册一致。"


def year_to_date(context: ReportContext) -> Period:
    return context.period.year_to_date


def rows_of(context: ReportContext) -> EnrollmentQuerySet:
    """The rows in force of classes that began in the year to date."""
    active = Enrollment.objects.active().within(context.region.code)
    return active.starting(year_to_date(context))


def sheets(context: ReportContext) -> Iterator[SheetSpec]:
    found = rows_of(context)
    notes = (KEPT_AS_ROSTER,) if context.with_numbers else (KEPT_AS_ROSTER, MASKED)
    whole_hours = not found.filter(hours__gt=Floor("hours")).exists()
    yield SheetSpec(
        name=TITLE,
        columns=ledger.columns(whole_hours=whole_hours),
        rows=people_rows(context, found),
        head=context.head(TITLE, unit=UNIT, period=year_to_date(context)),
        foot=context.foot(*notes),
        paper="A3",
        freeze=2,
    )


def people_rows(context: ReportContext, found: EnrollmentQuerySet) -> Iterator[list[Any]]:
    if context.with_numbers:
        context.numbers_written = found.values("person").distinct().count()
    places = Gazetteer.of(context.region.code).names
    yield from ledger.person_rows(found, places, in_full=context.with_numbers)


LEDGER = ReportKind(
    key="ledger",
    name=_("training ledger"),
    title=TITLE,
    form=Form(),
    sheets=sheets,
    size=lambda context: rows_of(context).count(),
    levels=frozenset({COUNTY}),
    since=lambda _region, period: period.year_to_date.first_day,
    version="2",
)
