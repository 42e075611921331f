"""The demo's comparisons: a list that was checked, and another office's list of a month."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils import timezone

from core.models import Region, User
from exchange import jobs
from exchange.periods import Period
from exchange.reports.forms import LABELS
from exchange.tables.declared import table_of
from exchange.tables.filling import fill
from exchange.tables.heads import Signed, foot_of, form_of, head_of
from exchange.tables.sheets import sheet_of, stem_columns
from exchange.workbooks import Column, SheetSpec, write_workbook
from training.demo.rosters import HUANXIAN
from training.ledger import cells_of
from training.list_checks import services as list_checks
from training.models import Enrollment, ListCheck, Reconciliation
from training.reconciling import services as reconciling

COLUMNS = {
    "name": "姓名",
    "id_number": "身份证号码",
    "category": "人员类别",
    "class_code": "班级编号",
    "start_date": "开班时间",
}
LISTED, PREFECTURE, TABLE = 12, "6210", "training-monthly"
OTHER_CATEGORY, ELSEWHERE, NOBODY = "失业人员", "622926", "王某某"
Row = dict[str, str]


def load_compared(clerk: User, officer: User) -> int:
    """Compare what was not compared yet; returns how many comparisons were made."""
    made = 0
    if not Reconciliation.objects.filter(region_code=PREFECTURE).exists():
        made += _reconcile_table(officer)
    if not ListCheck.objects.filter(requested_by=clerk).exists():
        made += _check_list(clerk)
    if not Reconciliation.objects.filter(region_code=HUANXIAN.code).exists():
        made += _reconcile(clerk)
    return made


def _rows(county: str, most: int) -> tuple[Period, list[Row]]:
    """The first rows of the county's fullest month, in full."""
    rows = Enrollment.objects.active().filter(county_code=county)
    months = rows.annotate(month=TruncMonth("start_date")).order_by().values_list("month")
    fullest = months.annotate(rows=Count("pk")).latest("rows", "month")
    month = Period.month_of(fullest[0])
    keys = rows.starting(month).order_by("pk").values_list("pk", flat=True)[:most]
    chosen = Enrollment.objects.filter(pk__in=list(keys)).order_by("pk")
    return month, list(cells_of(chosen, in_full=True).values())


def _check_list(clerk: User) -> int:
    """People of the county, two of another one, and somebody whom nobody knows."""
    own, others = (_rows(code, LISTED)[1] for code in (HUANXIAN.code, ELSEWHERE))
    lines = [f"{row['name']}\t{row['id_number']}" for row in (*own, *others[:2])]
    check = list_checks.ask(by=clerk, text="\n".join([*lines, NOBODY]))
    jobs.run(check._meta.label_lower, check.pk)
    return 1


def _reconcile(clerk: User) -> int:
    """A month as another office has it: some lack, some are written otherwise, one is a stranger."""
    month, rows = _rows(HUANXIAN.code, 10_000)
    theirs = [dict(row) for row in rows[3:]]
    for row in theirs[:2]:
        row["category"] = OTHER_CATEGORY
    theirs[4]["id_number"] = theirs[4]["id_number"][:17]
    theirs[6]["start_date"] = f"{month.first_day:%Y}-12-01"
    theirs.append(theirs[8] | {"name": NOBODY, "id_number": ""})
    sheet = SheetSpec(
        name="培训人员",
        columns=[Column(title) for title in COLUMNS.values()],
        rows=[[row[name] for name in COLUMNS] for row in theirs],
    )
    return _compare(
        sheet, "县乡村振兴局培训人员名单（演示数据）.xlsx", HUANXIAN.code, month, by=clerk
    )


def _reconcile_table(officer: User) -> int:
    """A month's table of the prefecture as another office has it: the county has two fewer."""
    month, _rows_of_month = _rows(HUANXIAN.code, 0)
    filled = fill(table_of(TABLE), Region.objects.get(pk=PREFECTURE), month)
    form, signed = form_of(filled), Signed()
    moment = timezone.now()
    head, foot = head_of(filled, form, signed), foot_of(filled, form, signed, moment)
    sheet = sheet_of(filled, head, foot)
    rows: list[list[Any]] = [list(row) for row in sheet.rows]
    (own,) = [row for row in rows if row[0] == HUANXIAN.name]
    own[len(stem_columns(filled))] -= 2
    name = "市农业农村局培训月报（演示数据）.xlsx"
    return _compare(replace(sheet, rows=rows), name, PREFECTURE, month, by=officer, kind="table")


def _compare(
    sheet: SheetSpec, name: str, region: str, month: Period, *, by: User, kind: str = "roster"
) -> int:
    file = io.BytesIO()
    write_workbook(file, [sheet], labels=LABELS)
    file.seek(0)
    job = reconciling.reconcile(
        file=file, name=name, region_code=region, period=month.text, kind=kind, by=by
    )
    jobs.run(job._meta.label_lower, job.pk)
    return 1
