"""The roster of posts: what each unit of a county may fill, and has filled."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from core.rules import Batch
from exchange.imports.columns import Column, Reading, date, number, text
from exchange.imports.kinds import Cells, ImportKind, Staged, staged_cells
from programs.posts import POST_RULES
from programs.removing import POSTS_REMOVAL
from programs.rosters import list_posts

COUNT = number(most=100_000, places=0)
COLUMNS = (
    Column("unit", "单位名称", text(100, compact=True), ("单位", "事业单位名称"), required=True),
    Column("series", "岗位系列", text(60, compact=True), ("专业技术系列", "系列")),
    Column("total", "专业技术岗位总数", COUNT, ("岗位总数", "核定岗位总数"), required=True),
    Column("senior", "高级岗位数", COUNT, ("核定高级岗位", "高级岗位"), required=True),
    Column("intermediate", "中级岗位数", COUNT, ("核定中级岗位", "中级岗位"), required=True),
    Column("special", "特设岗位数", COUNT, ("核定特设岗位", "特设岗位")),
    Column("filled_senior", "已聘高级", COUNT, ("高级已聘", "实聘高级"), required=True),
    Column("filled_intermediate", "已聘中级", COUNT, ("中级已聘", "实聘中级"), required=True),
    Column("filled_special", "已聘特设岗位", COUNT, ("特设已聘", "实聘特设岗位")),
    Column("document_number", "核准文号", text(100), ("文号", "批准文号")),
    Column("as_of", "统计日期", date, ("截止日期", "截至日期"), required=True),
)
COUNTS = {column.name for column in COLUMNS if column.read is COUNT}
STAGED = tuple(
    Staged(c.name, "int" if c.name in COUNTS else "date" if c.name == "as_of" else "text")
    for c in COLUMNS
)


def resolve(batch: Batch, reading: Reading) -> None:
    """Nothing to look up: a unit goes by its name."""


def clean(batch: Batch, rows: Sequence[int], reading: Reading) -> list[Cells]:
    return staged_cells(batch, STAGED, rows)


POSTS = ImportKind(
    key="posts",
    name=_("roster of posts"),
    columns=COLUMNS,
    rules=POST_RULES,
    shape_rules=(),
    staged=STAGED,
    resolve=resolve,
    clean=clean,
    write=list_posts,
    list_url="programs:posts",
    into=_("list of posts"),
    undo=POSTS_REMOVAL,
)
