"""The quota report (培训计划执行情况): planned and done, by plan and program, place by place."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from core.models import Region
from exchange.measures import all_measures
from exchange.models import Format
from exchange.periods import Period
from exchange.reports import Form, ReportContext, ReportKind
from exchange.reports.kinds import COUNTY
from exchange.workbooks import Column, Kind, SheetSpec, with_codes
from programs.execution import Block, Execution, Line
from programs.models import Plan, Quota

TITLE = "培训计划执行情况"
SUMMARY_TITLE = "培训计划执行情况表"
BY_PLACE_TITLE = "培训计划分地区执行情况表"
WHOLE = "合计"
PLAN_KINDS = {Plan.Kind.PHASE: "阶段计划", Plan.Kind.YEAR: "年度计划"}
NO_PLAN = "本期末没有执行中的计划。"

DEFINITIONS = (
    "计划为期末执行中的计划数；完成为计划开始当月至期末的累计完成数，含所属各项目。",
    "完成率=完成÷（计划+计划单列）；差额=计划+计划单列−完成，负数为超额；没有计划的不填完成率。",
    "计划单列单独下达，不占上级计划，不计入已分解数和未分解数；未分解=计划−已分解。",
)

FIGURES = (
    Column("计划", Kind.INTEGER, width=12),
    Column("计划单列", Kind.INTEGER, width=10),
    Column("完成", Kind.INTEGER, width=12),
    Column("完成率", Kind.PERCENT, width=10),
    Column("差额", Kind.INTEGER, width=12),
)
BREAKDOWN = (
    Column("已分解", Kind.INTEGER, width=12),
    Column("未分解", Kind.INTEGER, width=12),
)


def figures(line: Line) -> list[Any]:
    """The cells of FIGURES. Where there is no plan they stay empty: that is not a plan of 0."""
    gap = None if line.planned is None and not line.apart else line.gap
    return [line.planned, line.apart or None, line.done, line.rate, gap]


def breakdown(line: Line) -> list[Any]:
    """The cells of BREAKDOWN; a county hands nothing down."""
    if line.planned is None or len(line.place) == COUNTY:
        return [None, None]
    return [line.allotted, line.remainder]


def places(context: ReportContext, execution: Execution) -> list[Region]:
    """The region itself, then what lies one level down; nothing more for a county."""
    if len(context.region.code) == COUNTY:
        return [context.region]
    longer = (q.region_code for q in execution.quotas if q.region_code != context.region.code)
    return [context.region, *context.places(code[: context.code_length] for code in longer)]


def size(context: ReportContext) -> int:
    """One line for each program of each plan."""
    execution = Execution(context.region.code, context.period)
    return len({(quota.plan_id, quota.program_id) for quota in execution.quotas})


def sheets(context: ReportContext) -> Iterator[SheetSpec]:
    execution = Execution(context.region.code, context.period)
    rows = places(context, execution)
    blocks = execution.blocks(place.code for place in rows)
    yield summary_sheet(context, blocks)
    if len(rows) == 1 or not blocks:
        return
    yield matrix_sheet(context, blocks, rows)
    for plan in dict.fromkeys(block.plan for block in blocks):
        yield plan_sheet(context, [block for block in blocks if block.plan == plan], rows)


def unit(blocks: Sequence[Block]) -> str:
    """The units of the measures that the plans are counted in."""
    keys = {block.program.measure for block in blocks}
    return "、".join(dict.fromkeys(str(m.unit) for m in all_measures() if m.key in keys))


def summary_sheet(context: ReportContext, blocks: Sequence[Block]) -> SheetSpec:
    """The region as a whole: one row for each program of each plan."""
    is_county = len(context.region.code) == COUNTY
    rows = [
        [
            block.plan.name,
            block.plan.document_number,
            PLAN_KINDS[Plan.Kind(block.plan.kind)],
            printed(block, blocks),
            *figures(block.lines[0]),
            *(() if is_county else breakdown(block.lines[0])),
        ]
        for block in blocks
    ]
    labels = (
        Column("计划名称", width=36),
        Column("计划文号", width=20),
        Column("计划类型", width=10),
        Column("培训项目", width=26),
    )
    return SheetSpec(
        name="执行情况",
        columns=with_codes([*labels, *FIGURES, *(() if is_county else BREAKDOWN)]),
        rows=rows,
        head=context.head(SUMMARY_TITLE, unit=unit(blocks)),
        foot=context.foot(*DEFINITIONS) if blocks else context.foot(NO_PLAN),
        paper="A3",
    )


def printed(block: Block, blocks: Sequence[Block]) -> str:
    """A part stands under its umbrella, set in."""
    name = block.program.name
    return f"　其中：{name}" if block.is_part(blocks) else name


def matrix_sheet(
    context: ReportContext, blocks: Sequence[Block], rows: Sequence[Region]
) -> SheetSpec:
    """Places down, programs across: umbrella programs and those that are part of nothing."""
    across = [block for block in blocks if not block.is_part(blocks)]
    table = [
        [
            *named(place, first=row == 0),
            *(cell for block in across for cell in figures(block.lines[row])),
        ]
        for row, place in enumerate(rows)
    ]
    groups = [
        Column(
            column.title,
            column.kind,
            column.width,
            group=f"{block.plan.name}：{block.program.name}",
        )
        for block in across
        for column in FIGURES
    ]
    return SheetSpec(
        name="分地区",
        columns=with_codes([Column("地区", width=20), Column("代码", width=10), *groups]),
        rows=table[1:],
        totals=table[:1],
        head=context.head(BY_PLACE_TITLE, unit=unit(blocks)),
        foot=context.foot(*DEFINITIONS),
        paper="A3",
        freeze=2,
    )


def named(place: Region, *, first: bool) -> list[str]:
    """A row's name and code; the region itself stands first, as the whole."""
    return [WHOLE if first else place.name, place.code]


def plan_sheet(
    context: ReportContext, blocks: Sequence[Block], rows: Sequence[Region]
) -> SheetSpec:
    """One plan: a block of rows for each program, the whole first and then the places."""
    plan = blocks[0].plan
    table = [
        [printed(block, blocks), *named(place, first=row == 0), *figures(line), *breakdown(line)]
        for block in blocks
        for row, (place, line) in enumerate(zip(rows, block.lines, strict=True))
    ]
    document = f"计划文件：{plan.name}；文号：{plan.document_number or '未填'}；{PLAN_KINDS[Plan.Kind(plan.kind)]}"
    span = f"执行期：{plan.first_day:%Y-%m-%d}至{plan.last_day:%Y-%m-%d}。"
    labels = (Column("培训项目", width=26), Column("地区", width=20), Column("代码", width=10))
    return SheetSpec(
        name=plan.name,
        columns=with_codes([*labels, *FIGURES, *BREAKDOWN]),
        rows=table,
        head=context.head(plan.name, unit=unit(blocks)),
        foot=context.foot(f"{document}，{span}", *DEFINITIONS),
        freeze=3,
    )


def since(region: Region, period: Period) -> datetime.date:
    """When the first plan in force begins: what is done counts from there."""
    in_force = Quota.objects.in_force_at(period).within(region.code)
    first: datetime.date | None = in_force.aggregate(first=Min("plan__first_day"))["first"]
    return first or period.first_day


def rests_on(context: ReportContext) -> list[list[Any]]:
    """The quotas in force at the end of the period, as they stand in the table."""
    in_force = Quota.objects.in_force_at(context.period).within(context.region.code)
    stands = ("pk", "plan__name", "plan__document_number", "program_id", "region_code")
    rows = in_force.order_by("pk").values_list(*stands, "amount", "allotted", "listed_apart")
    return list(map(list, rows))


QUOTA = ReportKind(
    key="quota",
    name=_("quota execution"),
    title=TITLE,
    form=Form(),
    sheets=sheets,
    size=size,
    since=since,
    rests_on=rests_on,
    formats=frozenset({Format.XLSX, Format.PDF}),
)
