"""The roster of experts who serve a county."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from core.rules import Batch
from exchange.imports.columns import Column, Reading, choice, date, text
from exchange.imports.kinds import Cells, ImportKind, Staged, staged_cells
from programs import wordings
from programs.experts import EXPERT_RULES
from programs.removing import EXPERTS_REMOVAL
from programs.rosters import list_experts
from talent.imports import PERSON_COLUMNS, STAGED_PERSON, clean_people, resolve_people
from talent.rules import PERSON_RULES, PERSON_SHAPE_RULES

_PERSON = {column.name: column for column in PERSON_COLUMNS}
TEAM = choice(wordings.TEAM, also=wordings.TEAM_ALSO)
GRADE = choice(wordings.GRADE, also=wordings.GRADE_ALSO)
COLUMNS = (
    replace(_PERSON["name"], required=True),
    _PERSON["sex"],
    replace(_PERSON["id_number"], required=True),
    _PERSON["education"],
    _PERSON["phone"],
    Column("unit", "工作单位", text(100), ("单位", "所在单位", "专家单位"), required=True),
    Column("title", "专业技术职称", text(100), ("职称", "专业技术职务", "职称名称")),
    Column("grade", "职称级别", GRADE, ("职称等级", "级别")),
    Column("specialty", "专业领域", text(100), ("专业", "研究方向", "专业方向"), required=True),
    Column("team", "专家类别", TEAM, ("专家服务团", "服务团类别", "专家团"), required=True),
    Column("start_date", "开始日期", date, ("入库时间", "聘任时间", "开始服务时间")),
)
TEXTS = ("unit", "title", "grade", "specialty", "team")
OF_EXPERT = (*(Staged(name, "text") for name in TEXTS), Staged("start_date", "date"))


def resolve(batch: Batch, reading: Reading) -> None:
    resolve_people(batch)


def clean(batch: Batch, rows: Sequence[int], reading: Reading) -> list[Cells]:
    return [*clean_people(batch, rows), *staged_cells(batch, OF_EXPERT, rows)]


EXPERTS = ImportKind(
    key="experts",
    name=_("roster of experts"),
    columns=COLUMNS,
    rules=(*PERSON_RULES, *EXPERT_RULES),
    shape_rules=PERSON_SHAPE_RULES,
    staged=(*STAGED_PERSON, *OF_EXPERT),
    resolve=resolve,
    clean=clean,
    write=list_experts,
    list_url="programs:experts",
    into=_("list of experts"),
    undo=EXPERTS_REMOVAL,
)
