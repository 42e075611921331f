"""The official form around a table: its number, its authority, who files it, who signs.

These are Chinese facts of the forms, the same in every language of the interface.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from django.utils import timezone

from core.models import Office, Region
from core.rules import RuleBook
from exchange.papers import day_in_words
from exchange.periods import Period
from exchange.workbooks import Foot, Head, HeadLabels

LABELS = HeadLabels(
    table_number="表号",
    issued_by="制定机关",
    approved_by="批准机关",
    document_number="文号",
    valid_until="有效期至",
    reporting_office="填报单位",
    unit="计量单位",
    page_footer="第 &P 页  共 &N 页",
    undrawn="下列字符所装字体均无字形，表中以编码代替：",
    undrawn_at="第{line}行“{column}”{character}",
)
# The four municipalities' departments are bureaus, as those below a province are.
MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
NOT_YET_NUMBERED = "待核定"
MADE_BY_SYSTEM = "系统生成"
TO_BE_CHECKED = "表号、制定机关等表头项目尚待对照正式文件核实。"
SETTING = "form"
DAYS = ("valid_from", "valid_to")


@dataclass(frozen=True)
class Form:
    """What identifies an official table. An empty issuer stands for the province's department.

    What a region's own document says otherwise is a dated rule value: rule
    `report.KEY`, parameter `form`, a JSON object with any of these fields.
    """

    table_number: str = NOT_YET_NUMBERED
    issued_by: str = ""
    approved_by: str = ""
    document_number: str = ""
    valid_until: str = ""
    needs_checking: bool = True
    # When the form may be filed; `valid_until` is what is printed of it.
    valid_from: datetime.date | None = None
    valid_to: datetime.date | None = None


def form_for(key: str, declared: Form, region_code: str, day: datetime.date) -> Form:
    """The form in force in the region on the day: declared, then as the nearest document says."""
    form = declared
    row = RuleBook.load().row(f"report.{key}", SETTING, region_code, day)
    if row is not None:
        form = replace(form, needs_checking=row.needs_checking, **_said(row.value))
    if not form.issued_by:
        province = Region.objects.get(code=region_code[:2])
        form = replace(form, issued_by=department_of(province))
    return form


def _said(value: Mapping[str, Any]) -> dict[str, Any]:
    """What a dated value says of a form: texts, and days written 2027-12-31."""
    known = {f.name for f in fields(Form)} - {"needs_checking", *DAYS}
    said: dict[str, Any] = {name: str(text) for name, text in value.items() if name in known}
    days = {name: datetime.date.fromisoformat(value[name]) for name in DAYS if value.get(name)}
    if "valid_to" in days:
        said.setdefault("valid_until", day_in_words(days["valid_to"]))
    return said | days


def department_of(region: Region) -> str:
    """How the human resources department of a region is usually called."""
    is_bureau = region.level != Region.Level.PROVINCE or region.code in MUNICIPALITIES
    return f"{region.name}人力资源和社会保障{'局' if is_bureau else '厅'}"


def filing_office(region: Region, asking: Office | None) -> str:
    """Who files the region's tables: the asking office if it is the region's, else the region's."""
    if asking is not None and asking.region_id == region.code:
        return asking.name
    own = Office.objects.filter(region=region).order_by("pk").first()
    return own.name if own else department_of(region)


def head(form: Form, *, title: str, office: str, period: Period, unit: str) -> Head:
    return Head(
        title=title,
        reporting_office=office,
        period=period.name,
        unit=unit,
        table_number=form.table_number,
        issued_by=form.issued_by,
        approved_by=form.approved_by,
        document_number=form.document_number,
        valid_until=form.valid_until,
    )


def foot(as_of: datetime.datetime, form: Form, *, made_by: str, notes: Sequence[str]) -> Foot:
    moment = timezone.localtime(as_of)
    signatures = (
        ("单位负责人", ""),
        ("统计负责人", ""),
        ("填表人", made_by),
        ("联系电话", ""),
        ("报出日期", f"{moment.year}年{moment.month}月{moment.day}日"),
    )
    said = [f"数据截至{moment.year}年{moment.month}月{moment.day}日{moment:%H:%M}。", *notes]
    if form.needs_checking:
        said.append(TO_BE_CHECKED)
    numbered = [f"{number}. {note}" for number, note in enumerate(said, start=1)]
    return Foot(lines=(signatures,), notes=("说明：", *numbered))
