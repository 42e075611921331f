"""The training roster: how offices write it, and how its rows become ledger rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from core.rules import Batch
from exchange.imports.columns import Column, Reading, choice, date, number, text
from exchange.imports.dates import split_days
from exchange.imports.kinds import Cells, ImportKind, Option, Reference, Staged, staged_cells
from programs.models import Program
from talent import wordings as people_wordings
from talent.identity import birth_dates_of
from talent.imports import (
    PERSON_COLUMNS,
    STAGED_PERSON,
    clean_people,
    resolve_people,
)
from talent.places import PLACE_COLUMNS, PLACE_RULES, VILLAGES, resolve_places
from talent.proposing import REGISTERED_NUMBERS
from talent.rules import PERSON_RULES, PERSON_SHAPE_RULES
from training import wordings
from training.models import TrainingClass
from training.periods import MONTH_IS_OPEN
from training.removing import REMOVAL
from training.rules import ENROLLMENT_RULES
from training.services import enroll_many

_PERSON = {column.name: column for column in PERSON_COLUMNS}
_PLACE = {column.name: column for column in PLACE_COLUMNS}


CLASSES_REFERRED = 500
IN_BRACKETS = re.compile(r"(.+?)[(（]([^()（）]+)[)）]")
LEVELS = {*wordings.LEVEL.values(), *wordings.LEVEL_ALSO}


def split_level(cell: str) -> tuple[str, str]:
    """An occupation with its level in brackets, parted: 家政服务员(初级)."""
    found = IN_BRACKETS.fullmatch(cell)
    return (found[1], found[2]) if found and found[2] in LEVELS else (cell, "")


def _required(column: Column) -> Column:
    return Column(column.name, column.title, column.read, column.also, required=True)


# The order is the official roster's; templates and the county's ledger report keep it.
COLUMNS = (
    _required(_PERSON["name"]),
    _PERSON["sex"],
    _required(_PERSON["id_number"]),
    _PERSON["ethnicity"],
    _PERSON["education"],
    Column(
        "category",
        "人员类别",
        choice(people_wordings.CATEGORY, also=people_wordings.CATEGORY_ALSO),
        ("人员类型", "学员类别", "类别", "培训对象类别"),
        required=True,
    ),
    Column("household_code", "户编号", text(30, compact=True), ("贫困户编号", "户号")),
    Column(
        "relation",
        "与户主关系",
        choice(people_wordings.RELATION, also=people_wordings.RELATION_ALSO),
        ("与户主的关系", "户主关系"),
    ),
    *PLACE_COLUMNS,
    _PERSON["phone"],
    Column(
        "occupation",
        "培训工种",
        text(100, compact=True),
        (
            "工种",
            "培训专业",
            "职业工种",
            "培训职业",
            "培训职业（工种）",
            "培训工种（等级）",
            "工种等级",
        ),
        required=True,
        for_all=True,
        parts=("occupation", "level"),
        split=split_level,
    ),
    Column(
        "level",
        "培训等级",
        choice(wordings.LEVEL, also=wordings.LEVEL_ALSO),
        ("等级", "技能等级", "级别"),
        for_all=True,
    ),
    Column(
        "institution",
        "培训机构",
        text(100, compact=True),
        ("承训单位", "承训机构", "培训单位", "培训学校", "机构名称"),
        required=True,
        for_all=True,
    ),
    Column(
        "class_code",
        "班级编号",
        text(40, compact=True),
        ("班次", "班号", "开班编号", "班级", "期次", "培训期次"),
        required=True,
        for_all=True,
    ),
    Column(
        "start_date",
        "开班时间",
        date,
        (
            "培训开始日期",
            "开班日期",
            "开始时间",
            "开始日期",
            "培训开始时间",
            "培训时间起",
            "培训时间开始",
            "培训起始时间",
        ),
        required=True,
        for_all=True,
        parts=("start_date", "end_date"),
        split=split_days,
    ),
    Column(
        "end_date",
        "结业时间",
        date,
        (
            "培训截止日期",
            "结业日期",
            "结束时间",
            "结束日期",
            "培训结束时间",
            "培训时间止",
            "培训时间结束",
            "培训截止时间",
        ),
        required=True,
        for_all=True,
    ),
    Column(
        "dates",
        "培训起止时间",
        text(60),
        ("培训时间", "起止时间", "培训日期", "培训起止日期", "起止日期", "培训期限"),
        for_all=True,
        parts=("start_date", "end_date"),
        split=split_days,
    ),
    Column(
        "hours",
        "培训学时",
        number(most=9999, units=("个学时", "个课时", "学时", "课时")),
        ("学时", "课时", "培训课时", "总学时"),
        for_all=True,
    ),
    Column("remark", "备注", text(500)),
)
# Of the class, not of the row: the roster that registers a class may say it.
FUND = Column(
    "fund",
    "资金来源",
    choice(wordings.FUND, also=wordings.FUND_ALSO),
    ("资金渠道", "经费来源", "培训资金来源", "培训经费来源"),
    for_all=True,
)
OWN_COLUMNS = tuple(column for column in COLUMNS if not column.is_composite)
STAGED = (
    *STAGED_PERSON,
    Staged("household_code", "text"),
    Staged("relation", "text"),
    Staged("category", "text"),
    Staged("region_code", "text"),
    Staged("group_name", "text"),
    Staged("occupation", "text"),
    Staged("level", "text"),
    Staged("institution", "text"),
    Staged("class_code", "text"),
    Staged("start_date", "date"),
    Staged("end_date", "date"),
    Staged("hours", "numeric"),
    Staged("remark", "text"),
    Staged("fund", "text"),
    Staged("as_written", "jsonb"),
)


def resolve(batch: Batch, reading: Reading) -> None:
    """Add what is derived: the person's key and date of birth, and the village's code."""
    resolve_people(batch)
    batch.columns["born"] = birth_dates_of(batch["id_number"])
    resolve_places(batch, reading)


def clean(batch: Batch, rows: Sequence[int], reading: Reading) -> list[Cells]:
    """The cells of STAGED for the rows, column by column."""
    plain = staged_cells(batch, STAGED[len(STAGED_PERSON) : -1], rows)
    written = (_of_row(reading.as_written.get(row)) for row in rows)
    as_written: Cells = [json.dumps(w, ensure_ascii=False) if w else None for w in written]
    return [*clean_people(batch, rows), *plain, as_written]


def _of_row(written: dict[str, str] | None) -> dict[str, str]:
    """The wordings that the row keeps; those of the class are not its own."""
    return {name: text for name, text in (written or {}).items() if name != FUND.name}


def program_choices() -> list[tuple[str, str]]:
    """The programs a class can be of: those without parts."""
    return list(Program.objects.filter(parts=None).values_list("code", "name"))


def class_rows(county_code: str) -> Iterator[tuple[str, ...]]:
    """The county's newest classes, as a roster names them."""
    for each in TrainingClass.objects.within(county_code).newest(CLASSES_REFERRED):
        start, end = each.start_date.isoformat(), each.end_date.isoformat()
        yield each.code, each.institution.name, each.occupation.name, start, end


CLASSES = Reference(
    "本县班级",
    ("班级编号", "培训机构", "培训工种", "开班时间", "结业时间"),
    class_rows,
    {"class_code": 0},
)

TRAINING_ROSTER = ImportKind(
    key="training",
    name=_("training roster"),
    columns=(*COLUMNS, FUND),
    rules=(*PERSON_RULES, *ENROLLMENT_RULES, MONTH_IS_OPEN),
    shape_rules=(*PERSON_SHAPE_RULES, *PLACE_RULES),
    staged=STAGED,
    resolve=resolve,
    clean=clean,
    write=enroll_many,
    options=(Option("program", _("program"), program_choices),),
    list_url="training:ledger",
    into=_("training ledger"),
    undo=REMOVAL,
    proposer=REGISTERED_NUMBERS,
    references=(VILLAGES, CLASSES),
    order=10,
)
