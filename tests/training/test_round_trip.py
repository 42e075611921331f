"""A roster goes in through the import and comes out of the ledger report, cell by cell the same."""

import csv
import io
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from core.models import User
from exchange import jobs
from exchange.imports import services as imports
from exchange.imports.kinds import kind_of
from exchange.models import ImportBatch
from exchange.reports import services as reports
from exchange.reports.making import folder
from tests.factories import a_person, a_program, an_account, citizen_number, divisions
from training.imports import OWN_COLUMNS as COLUMNS

pytestmark = pytest.mark.django_db(transaction=True)
ROW = (
    "郝静 男 {id} 汉族 本科及以上 建档立卡贫困劳动力 6210222122040050 之子 小南沟乡 李原村 五组 13909378657 "
    "电焊工 初级 环县职业中等专业学校 6210222019001 2019-06-24 2019-07-08 90 补录"
)
# What offices write otherwise than the register: name, group, level, place and phone.
OTHER_WORDS = {
    "name": "古丽·买买提",
    "ethnicity": "汉",
    "education": "中专",
    "level": "五级",
    "village": "环州北路社区居委会",
    "township": "环城镇",
    "phone": "18491186252",
    "remark": "",
}


@pytest.fixture(autouse=True)
def surroundings(settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FILES_DIR = tmp_path
    monkeypatch.setattr("exchange.jobs._try_to_wake", lambda job: None)
    divisions()
    a_program()


def a_row(order: int, **other: str) -> list[str]:
    names = [column.name for column in COLUMNS]
    cells = dict(zip(names, ROW.format(id=citizen_number(order)).split(" "), strict=True))
    return list((cells | other).values())


def brought_in(rows: list[list[str]], by: User) -> ImportBatch:
    text = io.StringIO()
    csv.writer(text).writerows([[column.title for column in COLUMNS], *rows])
    batch = imports.bring_in(
        file=io.BytesIO(text.getvalue().encode("utf-8-sig")),
        name="roster.csv",
        kind=kind_of("training"),
        region_code="621022",
        options={"program": "skills"},
        by=by,
    )
    jobs.run("exchange.importbatch", batch.pk)
    batch.refresh_from_db()
    imports.confirm(batch, by=by)
    jobs.run("exchange.importbatch", batch.pk)
    batch.refresh_from_db()
    return batch


def test_what_was_brought_in_comes_out_the_same() -> None:
    clerk = an_account("clerk", "county-clerk", "621022")
    a_person(3, name="古丽买买提", phone="13900000000", ethnicity="回族")
    rows = [a_row(1), a_row(3, **OTHER_WORDS), a_row(5, level="", hours="", phone="", relation="")]
    again = [
        a_row(3, name="古丽买买提", class_code="2", start_date="2019-01-05", end_date="2019-01-15")
    ]
    written = [brought_in(part, clerk).written for part in (rows, again)]
    assert written == [3, 1]
    run = reports.make_now(
        reports.request_report(report="ledger", region_code="621022", period="2019-12", by=clerk)
    )
    sheet = CalamineWorkbook.from_path(folder() / run.stored_as).get_sheet_by_name("培训台账")
    printed = [as_text(row) for row in sheet.to_python() if isinstance(row[0], float)]
    assert printed == [[str(n), *row] for n, row in enumerate(rows + again, 1)]


def as_text(row: list[object]) -> list[str]:
    return [f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in row]
