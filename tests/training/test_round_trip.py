"""A roster goes in through the import and comes out of the ledger report, cell by cell the same."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from core.models import User
from exchange import jobs, rollups
from exchange.imports import services as imports
from exchange.imports.kinds import kind_of
from exchange.models import ImportBatch
from exchange.reports import services as reports
from exchange.reports.making import folder
from talent.models import Person
from tests.factories import a_person, a_program, an_account, citizen_number, divisions
from training.imports import OWN_COLUMNS as COLUMNS
from training.models import Enrollment
from training.rules.duplicates import IN_LEDGER, IN_LEDGER_OTHERWISE

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


def brought_in_rows(rows: list[list[str]], by: User) -> ImportBatch:
    text = io.StringIO()
    csv.writer(text).writerows([[column.title for column in COLUMNS], *rows])
    return brought_in(text.getvalue().encode("utf-8-sig"), "roster.csv", by)


def brought_in(data: bytes, name: str, by: User) -> ImportBatch:
    """A file brought in, judged, and written as far as anything may be."""
    batch = imports.bring_in(
        file=io.BytesIO(data),
        name=name,
        kind=kind_of("training"),
        region_code="621022",
        options={"program": "skills"},
        by=by,
    )
    jobs.run("exchange.importbatch", batch.pk)
    batch.refresh_from_db()
    if batch.accepted:
        imports.confirm(batch, by=by)
        jobs.run("exchange.importbatch", batch.pk)
        batch.refresh_from_db()
    return batch


@pytest.fixture
def clerk() -> User:
    return an_account("clerk", "county-clerk", "621022")


def test_what_was_brought_in_comes_out_the_same(clerk: User) -> None:
    a_person(3, name="古丽买买提", phone="13900000000", ethnicity="回族")
    rows = [a_row(1), a_row(3, **OTHER_WORDS), a_row(5, level="", hours="", phone="", relation="")]
    again = [
        a_row(3, name="古丽买买提", class_code="2", start_date="2019-01-05", end_date="2019-01-15")
    ]
    written = [brought_in_rows(part, clerk).written for part in (rows, again)]
    assert written == [3, 1]
    sheet = CalamineWorkbook.from_path(the_report(clerk)).get_sheet_by_name("培训台账")
    printed = [as_text(row) for row in sheet.to_python() if isinstance(row[0], float)]
    assert printed == [[str(n), *row] for n, row in enumerate(rows + again, 1)]


def the_report(by: User) -> Path:
    asked = {"report": "ledger", "region_code": "621022", "period": "2019-12"}
    return folder() / reports.make_now(reports.request_report(**asked, by=by)).stored_as


def the_ledger() -> list[tuple[Any, ...]]:
    return list(Enrollment.objects.order_by("id").values_list()) + list(
        Person.objects.order_by("id").values_list()
    )


def test_a_report_that_is_brought_in_again_changes_nothing(clerk: User) -> None:
    """Its title, codes, totals and signatures are nobody; its rows are in the ledger already."""
    a_person(3, name="古丽买买提", phone="13900000000", ethnicity="回族")
    rows = [a_row(1), a_row(3, **OTHER_WORDS), a_row(5, level="", hours="", phone="", relation="")]
    brought_in_rows(rows, clerk)
    before = the_ledger()
    again = brought_in(the_report(clerk).read_bytes(), "台账.xlsx", clerk)
    assert (again.error_sentence, again.people, again.accepted) == ("", 3, 0)
    found = set(again.findings.filter(severity="block").values_list("rule", flat=True))
    assert found == {"training.person_is_not_in_class_yet"}
    said = again.findings.filter(rule="training.person_is_not_in_class_yet")
    assert set(said.values_list("sentence", flat=True)) == {IN_LEDGER}
    assert "other" not in again.sheets[0]["passed"]
    assert the_ledger() == before
    assert list(rollups.differences()) == []


def test_what_a_roster_says_otherwise_than_the_ledger_is_named(clerk: User) -> None:
    """Beside a row that says the same in other words, and one that leaves cells empty."""
    a_person(3, name="古丽买买提", phone="13900000000", ethnicity="回族")
    brought_in_rows([a_row(1), a_row(3, **OTHER_WORDS), a_row(5)], clerk)
    changed = {"phone": "13909378651", "group_name": "六组", "hours": "91", "remark": ""}
    again = brought_in_rows(
        [
            a_row(1, **changed),
            a_row(3, **OTHER_WORDS | {"ethnicity": "汉族", "phone": "184 9118 6252"}),
            a_row(5, phone="", township="", village=""),
        ],
        clerk,
    )
    said = again.findings.filter(rule="training.person_is_not_in_class_yet").order_by("line")
    columns = [(each.line, each.sentence, each.params.get("columns")) for each in said]
    assert columns == [
        (2, IN_LEDGER_OTHERWISE, "村民小组、联系电话、培训学时"),
        (3, IN_LEDGER, None),
        (4, IN_LEDGER, None),
    ]
    assert "13909378651" not in str(list(said.values()))
    assert (again.held, again.accepted) == (3, 0)


def as_text(row: list[object]) -> list[str]:
    return [f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in row]
