"""One sound row of each kind of roster, under its official headings, and what it needs to be so."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.models import User
from exchange.imports import services
from exchange.imports.kinds import kind_of
from exchange.imports.staging import Judged
from exchange.models import ImportBatch
from tests.factories.places import divisions
from tests.factories.plans import a_plan, a_program, a_quota
from tests.factories.rosters import HUAN, worked
from tests.factories.training import citizen_number

PERSON = {
    "姓名": "张三",
    "性别": "男",
    "身份证号码": citizen_number(1),
    "民族": "汉族",
    "文化程度": "初中",
    "联系电话": "13900000000",
}
VILLAGE = {"乡镇": "小南沟乡", "行政村": "李原村", "村民小组": "一组"}


@dataclass(frozen=True)
class Filled:
    """A row that fills every column of a kind; the region that files it, and its module."""

    cells: dict[str, Any]
    region_code: str = "621022"
    declared_in: str = ""


FILLED = {
    "training": Filled(
        PERSON
        | VILLAGE
        | {
            "人员类别": "脱贫劳动力",
            "户编号": "6210220001",
            "与户主关系": "户主",
            "培训工种": "电焊工",
            "培训等级": "初级",
            "培训机构": "环县职业培训学校",
            "班级编号": "2019001",
            "开班时间": datetime.date(2019, 6, 24),
            "结业时间": datetime.date(2019, 7, 8),
            "培训学时": 90,
            "备注": "无",
            "资金来源": "就业再就业资金",
        }
    ),
    "people": Filled(
        PERSON
        | VILLAGE
        | {
            "户编号": "6210220001",
            "与户主关系": "户主",
            "在校生状况": "",
            "劳动技能": "普通劳动力",
            "入户日期": datetime.date(2015, 3, 1),
            "人员类别": "脱贫劳动力",
            "类别起始日期": datetime.date(2021, 1, 1),
        },
        declared_in="talent/imports/people.py",
    ),
    "postings": Filled(
        {name: PERSON[name] for name in ("姓名", "性别", "身份证号码", "联系电话")}
        | {name: VILLAGE[name] for name in ("乡镇", "行政村")}
        | {
            "派驻类别": "第一书记",
            "派出单位": "市人社局",
            "派驻职务": "第一书记",
            "开始日期": datetime.date(2019, 1, 1),
            "结束日期": datetime.date(2019, 12, 31),
            "文号": "庆组发〔2018〕1号",
            "备注": "无",
        },
        declared_in="programs/imports/postings.py",
    ),
    "experts": Filled(
        {name: PERSON[name] for name in ("姓名", "性别", "身份证号码", "文化程度", "联系电话")}
        | {
            "工作单位": "市农科院",
            "专业技术职称": "研究员",
            "职称级别": "正高级",
            "专业领域": "旱作农业",
            "专家类别": "高级专家服务团",
            "开始日期": datetime.date(2019, 1, 1),
        },
        declared_in="programs/imports/experts.py",
    ),
    "institutions": Filled(
        {
            "机构名称": "环县职业培训学校",
            "统一社会信用代码": "52621022MJX000001P",
            "地址": "环县环城镇",
            "办学许可证有效期至": datetime.date(2026, 12, 31),
        },
        declared_in="training/imports/institutions.py",
    ),
    "posts": Filled(
        {
            "单位名称": "环县第一中学",
            "岗位系列": "中小学教师",
            "专业技术岗位总数": 100,
            "高级岗位数": 20,
            "中级岗位数": 30,
            "特设岗位数": 2,
            "已聘高级": 20,
            "已聘中级": 28,
            "已聘特设岗位": 1,
            "核准文号": "庆人社〔2019〕8号",
            "统计日期": datetime.date(2019, 12, 31),
        },
        declared_in="programs/imports/posts.py",
    ),
    "quotas": Filled(
        {
            "地区": "庆阳市",
            "项目": "skills",
            "年度": 2019,
            "指标数": 600,
            "是否计划单列": "否",
            "文号": "甘人社〔2019〕1号",
            "发文日期": "2019-03-01",
        },
        region_code="62",
        declared_in="programs/imports/quotas.py",
    ),
}


def what_they_need() -> None:
    """Places, and a quota of the province to hand down from."""
    divisions()
    a_quota(a_plan(), a_program(), "62", 1000)


Row = Mapping[str, str]


def judged_as(key: str, *rows: Row, region: str = HUAN) -> Judged:
    """Rows by official heading, judged as a kind."""
    kind = kind_of(key)
    named = [{c.name: row[c.title] for c in kind.columns if c.title in row} for row in rows]
    return services.judge_rows(kind, region, named)


def found_in(key: str, *rows: Row, region: str = HUAN) -> list[tuple[int, str, str]]:
    """What the rules say of the rows: (row, rule, severity)."""
    findings = judged_as(key, *rows, region=region).findings
    return [(f.row, f.rule.partition(".")[2], f.severity) for f in findings]


def brought_as(
    key: str, *rows: Row, region: str = HUAN, by: User | None = None, name: str = "名册.csv"
) -> ImportBatch:
    """Rows brought in as a file and judged."""
    heads = list(dict.fromkeys(head for row in rows for head in row))
    text = io.StringIO()
    csv.writer(text).writerows([heads, *([row.get(head, "") for head in heads] for row in rows)])
    file = io.BytesIO(text.getvalue().encode())
    given: dict[str, Any] = {"file": file, "name": name, "kind": kind_of(key), "options": {}}
    return worked(services.bring_in(**given, region_code=region, by=by))


def written_as(
    key: str, *rows: Row, region: str = HUAN, by: User | None = None, name: str = "名册.csv"
) -> ImportBatch:
    """Rows brought in, judged and written."""
    batch = brought_as(key, *rows, region=region, by=by, name=name)
    services.confirm(batch, by=by)
    return worked(batch)
