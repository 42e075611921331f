"""The list of a county's training institutions."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from core.rules import Batch
from exchange.imports.columns import Column, Reading, date, text
from exchange.imports.kinds import Cells, ImportKind, Staged, staged_cells
from training.institutions import CREDIT_CODE_IS_SOUND, INSTITUTION_RULES, read_credit_codes
from training.models import Institution
from training.registering import list_institutions
from training.removing import INSTITUTIONS_REMOVAL

COLUMNS = (
    Column(
        "name",
        "机构名称",
        text(100, compact=True),
        ("培训机构", "培训机构名称", "单位名称", "学校名称", "名称"),
        required=True,
    ),
    Column(
        "key",
        "统一社会信用代码",
        read_credit_codes,
        ("社会信用代码", "信用代码", "机构代码"),
        required=True,
    ),
    Column("address", "地址", text(200), ("机构地址", "详细地址", "办学地址", "培训地点")),
    Column(
        "licence_until",
        "办学许可证有效期至",
        date,
        ("许可证有效期至", "有效期至", "许可证有效期"),
    ),
)
STAGED = (
    Staged("name", "text"),
    Staged("key", "text"),
    Staged("address", "text"),
    Staged("licence_until", "date"),
)


def resolve(batch: Batch, reading: Reading) -> None:
    """Add `known`, what is on file of an institution, and `owner`, whose a code is."""
    on_file = Institution.objects.within(batch.region_code).facts_by_name()
    owners = {facts["key"]: name for name, facts in on_file.items() if facts["key"]}
    batch.columns["known"] = [on_file.get(name, {}) for name in batch["name"]]
    batch.columns["owner"] = [owners.get(key) for key in batch["key"]]


def clean(batch: Batch, rows: Sequence[int], reading: Reading) -> list[Cells]:
    return staged_cells(batch, STAGED, rows)


INSTITUTIONS = ImportKind(
    key="institutions",
    name=_("list of training institutions"),
    columns=COLUMNS,
    rules=INSTITUTION_RULES,
    shape_rules=(CREDIT_CODE_IS_SOUND,),
    staged=STAGED,
    resolve=resolve,
    clean=clean,
    write=list_institutions,
    list_url="training:institutions",
    into=_("list of institutions"),
    undo=INSTITUTIONS_REMOVAL,
)
