"""The ledger report (培训台账): a county's rows person by person, above it the sums."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models.functions import Floor
from django.utils.translation import gettext_lazy as _

from exchange.jobs import JobRefused
from exchange.periods import Period
from exchange.reports import Form, ReportContext, ReportKind
from exchange.reports.kinds import COUNTY
from exchange.workbooks import Column, Kind, SheetSpec, with_codes
from talent.places import Gazetteer
from talent.wordings import CATEGORY
from training import ledger
from training.figures import DISAGREE, Figures, FiguresDisagree
from training.models import Enrollment

TITLE = "培训台账"
SUMMARY_TITLE = "培训台账汇总表"
BY_MONTH_TITLE = "培训台账分月汇总表"
BY_CATEGORY_TITLE = "培训台账分人员类别分月汇总表"
UNIT, ROWS_UNIT = "人次、人", "人次"
WHOLE = "合计"

DEFINITIONS = (
    "人次、人数均按培训班开班时间统计，只计台账中有效的记录；同一人参加两个班计两人次、一人。",
    "人数按公民身份号码去重，合计数在全范围内去重，不等于各行、各月、各类之和。",
)
BALANCE = f"栏目关系：(2)=(4)+(5)+…+({3 + len(CATEGORY)})；(2)≥(1)；(2)≥(3)。"
MASKED = "公民身份号码、联系电话已隐去部分数字。"
KEPT_AS_ROSTER = "各行按录入花名册的先后排列，文字与花名册一致。"


def year_to_date(context: ReportContext) -> Period:
    return context.period.year_to_date


def figures(context: ReportContext) -> Figures:
    """The year to date, checked: what is kept is what the ledger says at this moment."""
    found = Figures(context.region.code, year_to_date(context), context.code_length)
    try:
        found.check()
    except FiguresDisagree as trouble:
        raise JobRefused(DISAGREE, **trouble.params) from trouble
    return found


def size(context: ReportContext) -> int:
    """A county's rows of people; above it, the places."""
    if len(context.region.code) < COUNTY:
        return len(context.below)
    return (
        Enrollment.objects.active()
        .within(context.region.code)
        .starting(year_to_date(context))
        .count()
    )


def sheets(context: ReportContext) -> Iterator[SheetSpec]:
    found = figures(context)
    if len(context.region.code) == COUNTY:
        yield people_sheet(context, found)
    else:
        yield places_sheet(context, found)
        yield months_sheet(context, found)
    yield categories_sheet(context, found)


def people_sheet(context: ReportContext, found: Figures) -> SheetSpec:
    """One row for each enrollment, as it was brought in."""
    notes = (KEPT_AS_ROSTER,) if context.with_numbers else (KEPT_AS_ROSTER, MASKED)
    whole_hours = not found.ledger.filter(hours__gt=Floor("hours")).exists()
    return SheetSpec(
        name=TITLE,
        columns=ledger.columns(whole_hours=whole_hours),
        rows=people_rows(context, found),
        head=context.head(TITLE, unit=ROWS_UNIT, period=year_to_date(context)),
        foot=context.foot(*notes),
        paper="A3",
        freeze=2,
    )


def people_rows(context: ReportContext, found: Figures) -> Iterator[list[Any]]:
    if context.with_numbers:
        context.numbers_written = found.people()[()]
    places = Gazetteer.of(context.region.code).names
    yield from ledger.person_rows(found.ledger, places, in_full=context.with_numbers)


def places_sheet(context: ReportContext, found: Figures) -> SheetSpec:
    """人次 and 人 of each place of the next level down, the whole first."""
    now = Figures(context.region.code, context.period, context.code_length)
    figures = [now.attendances("area"), found.attendances("area"), found.people("area")]
    figures += by_category(found)
    rows = [
        [place.name, place.code, *(figure.get((place.code,), 0) for figure in figures)]
        for place in context.places(code for (code,) in figures[1])
    ]
    whole = [sum(figure.values()) for figure in figures]
    whole[2] = found.people()[()]
    return SheetSpec(
        name="汇总",
        columns=with_codes(place_columns(context)),
        rows=rows,
        totals=[[WHOLE, context.region.code, *whole]],
        head=context.head(SUMMARY_TITLE, unit=UNIT),
        foot=context.foot(*DEFINITIONS, BALANCE),
        paper="A3",
        freeze=2,
    )


def by_category(found: Figures) -> list[dict[tuple[Any, ...], int]]:
    """人次 of each category, in the order of the official list, by place."""
    attended = found.attendances("area", "category")
    return [
        {(area,): figure for (area, of), figure in attended.items() if of == category}
        for category in CATEGORY
    ]


def place_columns(context: ReportContext) -> list[Column]:
    return [
        Column("地区", width=20),
        Column("代码", width=10),
        Column(this_period(context.period), Kind.INTEGER, group="培训人次"),
        Column("本年累计", Kind.INTEGER, group="培训人次"),
        Column("本年累计", Kind.INTEGER, group="培训人数"),
        *(
            Column(wording, Kind.INTEGER, group="本年累计人次按人员类别分")
            for wording in CATEGORY.values()
        ),
    ]


def this_period(period: Period) -> str:
    return "本月" if period.first_day.month == period.last_day.month else "本期"


def months_sheet(context: ReportContext, found: Figures) -> SheetSpec:
    """人次 and 人 of each month of the year so far."""
    attended, people = found.attendances("month"), found.people("month")
    rows, so_far = [], 0
    for month in months(context):
        so_far += attended.get((month,), 0)
        rows.append([month, attended.get((month,), 0), people.get((month,), 0), so_far])
    return SheetSpec(
        name="分月",
        columns=with_codes(
            [
                Column("月份", Kind.MONTH, width=16),
                Column("培训人次", Kind.INTEGER, width=16),
                Column("培训人数", Kind.INTEGER, width=16),
                Column("累计人次", Kind.INTEGER, width=16),
            ]
        ),
        rows=rows,
        totals=[[WHOLE, so_far, found.people()[()], so_far]],
        head=context.head(BY_MONTH_TITLE, unit=UNIT, period=year_to_date(context)),
        foot=context.foot(*DEFINITIONS),
    )


def months(context: ReportContext) -> list[Any]:
    """The first days of the year's months up to the end of the period."""
    last = context.period.last_day
    return [last.replace(month=month, day=1) for month in range(1, last.month + 1)]


def categories_sheet(context: ReportContext, found: Figures) -> SheetSpec:
    """人次 and 人 of each category, the year so far and month by month."""
    return SheetSpec(
        name="分类分月" if len(context.region.code) < COUNTY else "汇总",
        columns=category_columns(context),
        rows=category_rows(context, found, list(CATEGORY.items())),
        totals=whole_row(context, found),
        head=context.head(BY_CATEGORY_TITLE, unit=UNIT, period=year_to_date(context)),
        foot=context.foot(*DEFINITIONS),
        paper="A3",
        freeze=1,
    )


def category_columns(context: ReportContext) -> Sequence[Column]:
    groups = ["本年累计", *(f"{month.month}月" for month in months(context))]
    pairs = (
        Column(what, Kind.INTEGER, group=group, width=8)
        for group in groups
        for what in ("人次", "人")
    )
    return with_codes([Column("人员类别", width=22), *pairs])


def category_rows(
    context: ReportContext, found: Figures, kinds: Sequence[tuple[str, str]]
) -> list[list[Any]]:
    attended = found.attendances("category") | found.attendances("category", "month")
    people = found.people("category") | found.people("category", "month")
    rows = []
    for kind, wording in kinds:
        keys = [(kind,), *((kind, month) for month in months(context))]
        rows.append([wording, *(f.get(key, 0) for key in keys for f in (attended, people))])
    return rows


def whole_row(context: ReportContext, found: Figures) -> list[list[Any]]:
    attended = found.attendances() | found.attendances("month")
    people = found.people() | found.people("month")
    keys: list[tuple[Any, ...]] = [(), *((month,) for month in months(context))]
    return [[WHOLE, *(f.get(key, 0) for key in keys for f in (attended, people))]]


LEDGER = ReportKind(
    key="ledger",
    name=_("training ledger"),
    title=TITLE,
    form=Form(),
    sheets=sheets,
    size=size,
    since=lambda _region, period: period.year_to_date.first_day,
)
