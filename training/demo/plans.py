"""Planned figures of the sources, and one breakdown invented to show the chain of quotas."""

from __future__ import annotations

import datetime

from programs.models import Plan, Program, Quota

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
    ("临夏州精准扶贫劳动力培训任务（起止年份待核实）", PHASE, "6229", 2015, 2020, Q1, LINXIA),
    *(
        (f"庆阳市{year}年精准扶贫人才培训目标", YEAR, "6210", year, year, S2, QINGYANG)
        for year in range(2015, 2020)
    ),
)
# year: {region: amount}; a prefecture's amount is its counties' and what it keeps.
BREAKDOWN = {
    2018: {
        "62": 60_000,
        "6210": 12_000,
        "6229": 9_000,
        "621022": 4_000,
        "621027": 3_000,
        "622926": 2_500,
    },
    2019: {
        "62": 90_000,
        "6210": 36_000,
        "6229": 9_000,
        "621022": 22_000,
        "621027": 3_000,
        "622926": 3_000,
    },
    2020: {
        "62": 60_000,
        "6210": 12_000,
        "6229": 9_000,
        "621022": 4_000,
        "621027": 2_500,
        "622926": 2_500,
    },
}
LISTED_APART = {"622926": 500}


def load_programs() -> None:
    for order, (code, (name, part_of)) in enumerate(PROGRAMS.items()):
        Program.objects.update_or_create(
            code=code,
            defaults={"name": name, "part_of_id": part_of, "measure": MEASURE, "order": order},
        )


def load_plans() -> None:
    """Write the sourced plans and the invented breakdown, once."""
    for name, kind, region, first, last, source, amounts in PLANS:
        plan = _plan(name, kind, region, first, last, source)
        for program, amount in amounts.items():
            _quota(plan, program, region, amount, None)
    for year, amounts in BREAKDOWN.items():
        _break_down(year, amounts)


def _break_down(year: int, amounts: dict[str, int]) -> None:
    name = f"甘肃省{year}年就业技能培训计划（演示）"
    plan = _plan(name, YEAR, "62", year, year, INVENTED)
    quotas: dict[str, Quota] = {}
    for region, amount in amounts.items():
        parent = quotas.get(region[:-2])
        quotas[region] = _quota(plan, "skills", region, amount, parent)
    for region, amount in LISTED_APART.items():
        _quota(plan, "skills", region, amount, quotas[region[:-2]], apart=True)
    for quota in quotas.values():
        given = sum(q.amount for q in quota.children.filter(listed_apart=False))
        Quota.objects.filter(pk=quota.pk, allotted=0).update(allotted=given)


def _plan(name: str, kind: str, region: str, first: int, last: int, source: str) -> Plan:
    return Plan.objects.get_or_create(
        name=name,
        region_code=region,
        defaults={
            "kind": kind,
            "first_day": datetime.date(first, 1, 1),
            "last_day": datetime.date(last, 12, 31),
            "source": source,
            "needs_checking": True,
        },
    )[0]


def _quota(
    plan: Plan, program: str, region: str, amount: int, parent: Quota | None, *, apart: bool = False
) -> Quota:
    return Quota.objects.get_or_create(
        plan=plan,
        program_id=program,
        region_code=region,
        listed_apart=apart,
        defaults={"amount": amount, "parent": parent},
    )[0]
