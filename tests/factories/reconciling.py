"""Workbooks of other offices, and what comes of holding them against the ledger."""

import io
from collections.abc import Sequence
from typing import Any

from core.models import User
from exchange import jobs
from exchange.reports.forms import LABELS
from exchange.workbooks import Column, SheetSpec, write_workbook
from tests.factories.rosters import HUAN
from training.models import Reconciliation
from training.reconciling import services

HEADINGS = ("序号", "姓名", "身份证号码", "人员类别", "班级编号", "开班时间")


def a_workbook(rows: Sequence[Sequence[Any]], headings: Sequence[str] = HEADINGS) -> bytes:
    columns = [Column(title) for title in headings]
    kept = io.BytesIO()
    write_workbook(kept, [SheetSpec(name="名册", columns=columns, rows=rows)], labels=LABELS)
    return kept.getvalue()


def compared(data: bytes, by: User, **asked: Any) -> Reconciliation:
    given = {"region_code": HUAN, "period": "2019", "name": "theirs.xlsx"} | asked
    job = services.reconcile(file=io.BytesIO(data), by=by, **given)
    jobs.run("training.reconciliation", job.pk)
    job.refresh_from_db()
    return job


def a_slip(number: str) -> str:
    """The number with two digits of its order exchanged, or the last one another."""
    slipped = f"{number[:14]}{number[15]}{number[14]}{number[16:]}"
    return slipped if slipped != number else number[:17] + ("1" if number[17] != "1" else "2")
