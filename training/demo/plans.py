"""Planned figures of the sources, and one breakdown invented to show the chain of quotas."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from programs.models import Plan, Program, QuotaDocument
from programs.quota_book import Line, Paper, draw_up, issue, put_lines

MEASURE = "training.completions"
S4 = "《甘肃省提升贫困群众素质能力》第五节“规定阶段性任务的完成时限”"
Q1 = "临夏州人社局 http://rsj.linxia.gov.cn/do/bencandy.php?fid=449&id=3992"
S2 = "中共庆阳市委组织部、市扶贫办《关于精准扶贫干部人才工作方案》"
INVENTED = "演示数据：分解数为虚构，用以展示省、市、县三级指标"

# code: (name, the program it is a part of)
PROGRAMS: dict[str, tuple[str, str | None]] = {
    "labor": ("精准扶贫劳动力培训", None),
    "skills": ("就业技能培训", "labor"),
    "two-after": ("两后生培训", "labor"),
    "brand": ("劳务品牌培训", "labor"),
    "new-farmer": ("新型职业农民培训", "labor"),
    "model": ("示范培训", "labor"),
    "upgrade": ("岗位技能提升培训", "labor"),
    "startup": ("创业培训", "labor"),
    "transfer": ("农村劳动力转移就业培训", "labor"),
    "practical": ("农民实用技术培训", "labor"),
    "officials": ("乡村干部农业技术推广能力培训", None),
}
LINXIA_PHASE = "临夏州精准扶贫劳动力培训任务（起止年份待核实）"
# (name, kind, region, first year, last year, source, {program: amount})
PHASE, YEAR = Plan.Kind.PHASE, Plan.Kind.YEAR
LINXIA = {
    "labor": 125_400,
    "skills": 48_000,
    "two-after": 12_000,
    "brand": 20_400,
    "new-farmer": 9_000,
    "model": 24_000,
    "upgrade": 6_000,
    "startup": 6_000,
}
QINGYANG = {
    "transfer": 550_000,
    "brand": 3_000,
    "two-after": 11_500,
    "practical": 300_000,
    "officials": 1_000,
}
PLANS = (
    ("甘肃省精准扶贫劳动力培训第一阶段任务", PHASE, "62", 2015, 2015, S4, {"labor": 3_640_000}),
    ("甘肃省精准扶贫劳动力培训第二阶段任务", PHASE, "62", 2016, 2017, S4, {"labor": 7_280_000}),
    ("甘肃省精准扶贫劳动力培训第三阶段任务", PHASE, "62", 2018, 2020, S4, {"labor": 1_020_000}),
    (LINXIA_PHASE, PHASE, "6229", 2015, 2020, Q1, LINXIA),
    *(
        (f"庆阳市{year}年精准扶贫人才培训目标", YEAR, "6210", year, year, S2, QINGYANG)
        for year in range(2015, 2020)
    ),
)
# The one year whose figure was found (same source); what of it falls to each program was not.
LINXIA_2015 = (
    "临夏州2015年精准扶贫劳动力培训任务",
    YEAR,
    "6229",
    2015,
    2015,
    Q1,
    {"labor": 24_003},
)
# year: (kind, who hands down, number, month, {region: change}), one document each. What is
# over at the end of a year is its BREAKDOWN: a prefecture keeps something back.
KINDS = QuotaDocument.Kind
DOCUMENTS: dict[int, tuple[tuple[str, str, str, int, dict[str, int]], ...]] = {
    2018: (
        (KINDS.ISSUE, "62", "1号", 1, {"62": 60_000, "6210": 12_000, "6229": 9_000}),
        (KINDS.BREAK_DOWN, "6210", "2号", 2, {"621022": 4_000, "621027": 3_000}),
        (KINDS.BREAK_DOWN, "6229", "3号", 2, {"622926": 2_500}),
    ),
    2019: (
        (KINDS.ISSUE, "62", "1号", 1, {"62": 90_000}),
        (KINDS.BREAK_DOWN, "62", "2号", 1, {"6210": 30_000, "6229": 15_000}),
        (KINDS.BREAK_DOWN, "6210", "3号", 2, {"621022": 16_000, "621027": 4_000}),
        (KINDS.BREAK_DOWN, "6229", "4号", 2, {"622926": 3_000}),
        (KINDS.ADJUST, "62", "5号", 7, {"6229": -6_000, "6210": 6_000}),
        (KINDS.CLAW_BACK, "6210", "6号", 8, {"621027": -1_000}),
        (KINDS.BREAK_DOWN, "6210", "7号", 8, {"621022": 6_000}),
    ),
    2020: (
        (KINDS.ISSUE, "62", "1号", 1, {"62": 60_000, "6210": 12_000, "6229": 9_000}),
        (KINDS.BREAK_DOWN, "6210", "2号", 2, {"621022": 4_000, "621027": 2_500}),
        (KINDS.BREAK_DOWN, "6229", "3号", 2, {"622926": 2_500}),
    ),
}
# A draft of the newest year: what if so much went from one prefecture to the other.
NEWEST, SHIFTED = 2020, {"6229": -2_000, "6210": 2_000}
LISTED_APART = {"622926": 500}


def load_programs() -> None:
    for order, (code, (name, part_of)) in enumerate(PROGRAMS.items()):
        Program.objects.update_or_create(
            code=code,
            defaults={"name": name, "part_of_id": part_of, "measure": MEASURE, "order": order},
        )


def load_plans() -> None:
    """Write the sourced plans and the invented breakdown, once."""
    for name, kind, region, first, last, source, amounts in (*PLANS, LINXIA_2015):
        plan, is_new = _plan(name, kind, region, first, last, source)
        if is_new:
            lines = [Line(plan.region_code, program, n) for program, n in amounts.items()]
            _issue(plan, KINDS.OPENING, plan.region_code, Paper("", plan.first_day), lines)
    for year, documents in DOCUMENTS.items():
        _break_down(year, documents)


def _break_down(year: int, documents: Iterable[tuple[str, str, str, int, dict[str, int]]]) -> None:
    plan, is_new = _plan(
        f"甘肃省{year}年就业技能培训计划（演示）", YEAR, "62", year, year, INVENTED
    )
    if not is_new:
        return
    for kind, region, number, month, changes in documents:
        paper = Paper(f"演示〔{year}〕{number}", datetime.date(year, month, 15))
        lines = [Line(code, "skills", change) for code, change in changes.items()]
        _issue(plan, kind, region, paper, lines)
    paper = Paper(f"演示〔{year}〕单列1号", datetime.date(year, 3, 15))
    if year == NEWEST:
        shift = [Line(code, "skills", change) for code, change in SHIFTED.items()]
        _draw_up(plan, KINDS.ADJUST, "62", Paper(), shift)
    apart = [Line(code, "skills", n, listed_apart=True) for code, n in LISTED_APART.items()]
    _issue(plan, KINDS.BREAK_DOWN, "62", paper, apart)


def _issue(plan: Plan, kind: str, region: str, paper: Paper, lines: list[Line]) -> None:
    issue(document=_draw_up(plan, kind, region, paper, lines), by=None)


def _draw_up(plan: Plan, kind: str, region: str, paper: Paper, lines: list[Line]) -> QuotaDocument:
    document = draw_up(plan=plan, region_code=region, kind=kind, paper=paper, by=None)
    put_lines(document=document, lines=lines, version=document.version, by=None)
    return document


def _plan(
    name: str, kind: str, region: str, first: int, last: int, source: str
) -> tuple[Plan, bool]:
    """The plan, and whether it was not there before."""
    phases = Plan.objects.filter(name=LINXIA_PHASE) if name == LINXIA_2015[0] else None
    return Plan.objects.get_or_create(
        name=name,
        region_code=region,
        defaults={
            "kind": kind,
            "phase": phases.get() if phases else None,
            "first_day": datetime.date(first, 1, 1),
            "last_day": datetime.date(last, 12, 31),
            "source": source,
            "needs_checking": True,
        },
    )
