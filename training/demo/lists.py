"""The demo's other rosters: a county's people, institutions, cadre postings, experts and posts, invented."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Iterator
from itertools import islice

from stdnum.cn import uscc

from core.models import User
from exchange.imports.columns import date
from exchange.imports.kinds import kind_of
from exchange.workbooks import Column, Kind, SheetSpec
from training.demo.people import Population, villages_of
from training.demo.rosters import HUANXIAN, DemoCounty, bring_in

# Numbers that the training rosters' people do not have, and households they do not live in.
OWN_ORDERS, OWN_HOUSEHOLDS = range(996, 1000), 5000
ELSEWHERE = "620102"
PEOPLE, POSTINGS, EXPERTS = 60, 24, 12
SKILLS = ("普通劳动力", "普通劳动力", "技能劳动力", "弱劳动力或半劳动力")
# The post of a kind of posting, and units that send such cadres.
POSTED = {
    "第一书记": ("第一书记", ("市农业农村局", "市水务局", "县教育局")),
    "驻村工作队": ("队员", ("市住房和城乡建设局", "县自然资源局", "县交通运输局")),
    "科技特派员": ("科技特派员", ("市农科院", "县农业技术推广中心")),
    "三支一扶": ("支农人员", ("县人力资源和社会保障局",)),
}
# Unit, title, its grade, and the specialty.
SERVING = (
    ("省农科院", "研究员", "正高级", "旱作农业"),
    ("市农科院", "高级农艺师", "副高级", "苹果栽培"),
    ("省畜牧兽医研究所", "高级畜牧师", "副高级", "肉羊养殖"),
    ("市人民医院", "主任医师", "正高级", "全科医学"),
    ("省属某高校", "副教授", "副高级", "农产品加工"),
)
TEAMS = ("高级专家服务团", "高级专家服务团", "博士后科技服务团", "赤子计划服务团")
# Unit, its posts, senior and intermediate ones, and those set up specially.
UNITS = (("第一中学", 160, 32, 48, 0), ("人民医院", 240, 36, 72, 2), ("第三小学", 60, 6, 24, 1))
SCHOOLS = ("农广校", "阳光职业培训学校", "巧手职业培训中心", "兴农技能培训学校")

Rows = Iterator[dict[str, object]]


def bring_in_lists(clerks: dict[str, User]) -> int:
    """Bring in what is not in yet; `clerks` by county code. Returns the rows written."""
    return sum(
        bring_in(
            key,
            HUANXIAN.code,
            f"{HUANXIAN.name}{title}（演示数据）.xlsx",
            _sheet(key, title, rows(HUANXIAN)),
            {},
            by=clerks[HUANXIAN.code],
        )
        for key, (title, rows) in LISTS.items()
    )


def _sheet(key: str, title: str, rows: Rows) -> SheetSpec:
    columns = kind_of(key).own_columns
    return SheetSpec(
        name=title,
        columns=[Column(c.title, Kind.DATE if c.read is date else Kind.TEXT) for c in columns],
        rows=[[row.get(c.title) for c in columns] for row in rows],
    )


def _chance(county: DemoCounty, what: str) -> random.Random:
    return random.Random(f"{county.code}-{what}")  # noqa: S311 -- seeded on purpose


def _population(county: DemoCounty, birthplace: str, chance: random.Random) -> Population:
    people = Population(villages_of(county.code), birthplace, False, OWN_ORDERS, chance)
    people.households = OWN_HOUSEHOLDS
    return people


def people(county: DemoCounty) -> Rows:
    chance = _chance(county, "people")
    crowd = _population(county, county.birthplace, chance).people()
    for person in islice(crowd, PEOPLE):
        yield person | {
            "劳动技能": chance.choice(SKILLS),
            "人员类别": "建档立卡贫困劳动力",
            "类别起始日期": datetime.date(2014, 1, 1),
        }


def institutions(county: DemoCounty) -> Rows:
    for number, school in enumerate(SCHOOLS, 1):
        code = f"52{county.code}MJX{number:06d}"
        yield {
            "机构名称": f"{county.name}{school}",
            "统一社会信用代码": code + uscc.calc_check_digit(code),
            "地址": f"{county.name}环城镇",
            "办学许可证有效期至": datetime.date(2027 + number % 3, 12, 31),
        }


def postings(county: DemoCounty) -> Rows:
    """Everybody to a village of the own, most of them until further notice."""
    chance = _chance(county, "postings")
    villages = chance.sample(villages_of(county.code), POSTINGS)
    cadres = _population(county, ELSEWHERE, chance).people()
    for village, cadre in zip(villages, cadres, strict=False):
        kind = chance.choice(list(POSTED))
        post, units = POSTED[kind]
        start = datetime.date(2020, 3, 1) + datetime.timedelta(chance.randrange(300))
        over = chance.random() < 0.3
        yield cadre | {
            "派驻类别": kind,
            "派出单位": chance.choice(units),
            "派驻职务": post,
            "乡镇": village.township,
            "行政村": village.name,
            "开始日期": start,
            "结束日期": start + datetime.timedelta(360) if over else None,
        }


def experts(county: DemoCounty) -> Rows:
    chance = _chance(county, "experts")
    # The cadres of the postings are others: these numbers begin with another district.
    crowd = _population(county, "620103", chance).people()
    for expert in islice(crowd, EXPERTS):
        unit, title, grade, specialty = chance.choice(SERVING)
        yield expert | {
            "文化程度": "本科及以上",
            "工作单位": unit,
            "专业技术职称": title,
            "职称级别": grade,
            "专业领域": specialty,
            "专家类别": chance.choice(TEAMS),
            "开始日期": datetime.date(2020, chance.randrange(1, 13), 1),
        }


def posts(county: DemoCounty) -> Rows:
    """Half of the posts intermediate and senior at most; special ones beside."""
    for place, (unit, total, senior, intermediate, special) in enumerate(UNITS):
        yield {
            "单位名称": f"{county.name}{unit}",
            "岗位系列": "中小学教师" if "学" in unit else "卫生",
            "专业技术岗位总数": total,
            "高级岗位数": senior,
            "中级岗位数": intermediate,
            "特设岗位数": special,
            "已聘高级": senior - place,
            "已聘中级": intermediate,
            "已聘特设岗位": special,
            "统计日期": datetime.date(2020, 12, 31),
        }


LISTS: dict[str, tuple[str, Callable[[DemoCounty], Rows]]] = {
    "people": ("人员和户名册", people),
    "institutions": ("培训机构名单", institutions),
    "postings": ("派驻干部名册", postings),
    "experts": ("专家名册", experts),
    "posts": ("岗位名册", posts),
}
