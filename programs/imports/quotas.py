"""The roster of quotas: what one document gives to the regions directly beneath."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from core.access import Permission
from core.models import Region
from core.rules import Batch
from exchange.imports.columns import Column, Reading, choice, date, number, text
from exchange.imports.kinds import Cells, ImportKind, Staged, staged_cells
from programs.forms import MOST
from programs.models import Program, Quota
from programs.rosters import hand_down_many
from programs.rules import QUOTA_RULES

YES, NO = "yes", "no"
WHOLE = number(most=MOST, places=0)
COLUMNS = (
    Column("place", "地区", text(100, compact=True), ("市州", "县区", "区划代码"), required=True),
    Column("program", "项目", text(100, compact=True), ("培训项目", "项目名称"), required=True),
    Column("year", "年度", number(most=2100, places=0), ("年份", "计划年度"), required=True),
    Column("amount", "指标数", WHOLE, ("指标", "下达指标", "计划数", "任务数"), required=True),
    Column("apart", "是否计划单列", choice({YES: "是", NO: "否"}), ("计划单列", "单列")),
    Column("document_number", "文号", text(100), ("文件号", "下达文号"), required=True),
    Column("dated", "发文日期", date, ("文件日期", "下达日期")),
)
STAGED = (
    Staged("place", "text"),
    Staged("region_code", "text"),
    Staged("program", "text"),
    Staged("year", "int"),
    Staged("amount", "bigint"),
    Staged("apart", "text"),
    Staged("document_number", "text"),
    Staged("dated", "date"),
    Staged("parent", "bigint"),
    Staged("version", "int"),
)


def resolve(batch: Batch, reading: Reading) -> None:
    """Add the codes, the quotas a row may be drawn from, and the version of the one it is."""
    places = Region.objects.beneath(batch.region_code).by_any_name()
    programs = Program.objects.by_any_name()
    batch.columns["region_code"] = [places.get(name) for name in batch["place"]]
    batch.columns["program_code"] = [programs.get(name) for name in batch["program"]]
    parents = Quota.objects.parents_in(batch.region_code)
    keys = zip(batch["program_code"], batch["year"], batch["apart"], strict=True)
    found = [parents.get((program, year, apart == YES), {}) for program, year, apart in keys]
    batch.columns["parents"] = [list(versions) for versions in found]
    batch.columns["parent"] = [next(iter(versions), None) for versions in found]
    batch.columns["version"] = [next(iter(versions.values()), None) for versions in found]


def clean(batch: Batch, rows: Sequence[int], reading: Reading) -> list[Cells]:
    return staged_cells(batch, STAGED, rows)


QUOTAS = ImportKind(
    key="quotas",
    name=_("roster of quotas"),
    columns=COLUMNS,
    rules=QUOTA_RULES,
    shape_rules=(),
    staged=STAGED,
    resolve=resolve,
    clean=clean,
    write=hand_down_many,
    list_url="programs:quotas",
    into=_("table of quotas"),
    permission=Permission.ALLOT_QUOTAS,
    levels=(Region.Level.PROVINCE, Region.Level.PREFECTURE),
)
