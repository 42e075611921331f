"""The roster of cadres who are posted to a county, its townships and villages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from core.rules import Batch
from exchange.imports.columns import Column, Reading, choice, date, text
from exchange.imports.kinds import Cells, ImportKind, Staged, staged_cells
from programs import wordings
from programs.postings import POSTING_RULES
from programs.removing import POSTINGS_REMOVAL
from programs.rosters import post_many
from talent.identity import birth_date_of
from talent.imports import PERSON_COLUMNS, STAGED_PERSON, clean_people, resolve_people
from talent.places import PLACE_COLUMNS, PLACE_RULES, VILLAGES, resolve_places
from talent.rules import PERSON_RULES, PERSON_SHAPE_RULES

_PERSON = {column.name: column for column in PERSON_COLUMNS}
KIND = choice(wordings.POSTING, also=wordings.POSTING_ALSO)
COLUMNS = (
    replace(_PERSON["name"], required=True),
    _PERSON["sex"],
    replace(_PERSON["id_number"], required=True),
    _PERSON["phone"],
    Column(
        "kind", "派驻类别", KIND, ("选派项目", "派驻项目", "服务项目", "选派类别"), required=True
    ),
    Column("sending_unit", "派出单位", text(100), ("选派单位", "原工作单位"), required=True),
    Column("post", "派驻职务", text(100), ("职务", "挂任职务", "任职职务")),
    *PLACE_COLUMNS[:2],
    Column("start_date", "开始日期", date, ("派驻时间", "任职时间", "到岗时间"), required=True),
    Column("end_date", "结束日期", date, ("期满时间", "届满时间", "截止日期", "结束时间")),
    Column("document_number", "文号", text(100), ("任职文号", "选派文号")),
    Column("remark", "备注", text(500)),
)
TEXTS = ("kind", "sending_unit", "post", "region_code", "document_number", "remark")
OF_POSTING = (
    *(Staged(name, "text") for name in TEXTS),
    Staged("start_date", "date"),
    Staged("end_date", "date"),
)


def resolve(batch: Batch, reading: Reading) -> None:
    resolve_people(batch)
    batch.columns["born"] = [n and birth_date_of(n) for n in batch["id_number"]]
    resolve_places(batch, reading)


def clean(batch: Batch, rows: Sequence[int], reading: Reading) -> list[Cells]:
    return [*clean_people(batch, rows), *staged_cells(batch, OF_POSTING, rows)]


POSTINGS = ImportKind(
    key="postings",
    name=_("roster of cadre postings"),
    columns=COLUMNS,
    rules=(*PERSON_RULES, *POSTING_RULES),
    shape_rules=(*PERSON_SHAPE_RULES, *PLACE_RULES),
    references=(VILLAGES,),
    staged=(*STAGED_PERSON, *OF_POSTING),
    resolve=resolve,
    clean=clean,
    write=post_many,
    list_url="programs:postings",
    into=_("list of postings"),
    undo=POSTINGS_REMOVAL,
)
