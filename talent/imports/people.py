"""The register's own roster: people, their households, and what they are treated as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from core.rules import Batch
from exchange.imports.columns import Column, Reading, choice, date, text
from exchange.imports.kinds import Cells, ImportKind, Staged, staged_cells
from talent import wordings
from talent.households import HOUSEHOLD_RULES
from talent.imports import PERSON_COLUMNS, STAGED_PERSON, clean_people, resolve_people
from talent.places import PLACE_COLUMNS, PLACE_RULES, VILLAGES, resolve_places
from talent.proposing import REGISTERED_NUMBERS
from talent.registering import keep_register
from talent.removing import REGISTER_REMOVAL
from talent.rules import PERSON_RULES, PERSON_SHAPE_RULES
from talent.standing import compare_with_register

RELATION = choice(wordings.RELATION, also=wordings.RELATION_ALSO)
CATEGORY = choice(wordings.CATEGORY, also=wordings.CATEGORY_ALSO)
_PERSON = {column.name: column for column in PERSON_COLUMNS}
COLUMNS = (
    Column("household_code", "户编号", text(30, compact=True), ("户号",), required=True),
    replace(_PERSON["name"], required=True),
    Column("relation", "与户主关系", RELATION, ("与户主的关系", "户主关系"), required=True),
    _PERSON["sex"],
    replace(_PERSON["id_number"], required=True),
    _PERSON["ethnicity"],
    _PERSON["education"],
    Column("studying", "在校生状况", text(30, compact=True), ("在校情况", "在校状况")),
    Column("labor_skill", "劳动技能", choice(wordings.LABOR_SKILL), ("劳动能力",)),
    *PLACE_COLUMNS,
    _PERSON["phone"],
    Column("start_date", "入户日期", date, ("入户时间",)),
    Column("category", "人员类别", CATEGORY, ("人员类型", "户类型", "类别")),
    Column("category_from", "类别起始日期", date, ("识别日期", "识别时间", "纳入日期")),
)
TEXTS = "household_code", "relation", "region_code", "studying", "labor_skill", "category"
OF_REGISTER = (
    *(Staged(name, "text") for name in TEXTS),
    Staged("phone_changed", "boolean"),
    Staged("start_date", "date"),
    Staged("category_from", "date"),
)


def resolve(batch: Batch, reading: Reading) -> None:
    resolve_people(batch)
    resolve_places(batch, reading)
    compare_with_register(batch)


def clean(batch: Batch, rows: Sequence[int], reading: Reading) -> list[Cells]:
    return [*clean_people(batch, rows), *staged_cells(batch, OF_REGISTER, rows)]


PEOPLE = ImportKind(
    key="people",
    name=_("roster of people and households"),
    columns=COLUMNS,
    rules=(*PERSON_RULES, *HOUSEHOLD_RULES),
    shape_rules=(*PERSON_SHAPE_RULES, *PLACE_RULES),
    references=(VILLAGES,),
    staged=(*STAGED_PERSON, *OF_REGISTER),
    resolve=resolve,
    clean=clean,
    write=keep_register,
    list_url="talent:people",
    into=_("register of people"),
    undo=REGISTER_REMOVAL,
    proposer=REGISTERED_NUMBERS,
)
