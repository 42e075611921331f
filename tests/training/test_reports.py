"""The ledger report, read back from the files it makes."""

import datetime
import re
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from python_calamine import CalamineWorkbook

from core.models import User
from core.sealing import seal
from exchange.models import ImportBatch, ReportRun
from exchange.reports import services
from exchange.reports.making import folder
from talent.imports import PHONE_FIELD
from tests.factories import (
    a_class,
    a_person,
    an_account,
    citizen_number,
    divisions,
    enrolled,
    settled,
)
from training import ledger
from training.models import Enrollment

pytestmark = pytest.mark.django_db(transaction=True)
HEADINGS = [
    "序号",
    "姓名",
    "性别",
    "身份证号码",
    "民族",
    "文化程度",
    "人员类别",
    "户编号",
    "与户主关系",
    "乡镇",
    "行政村",
    "村民小组",
    "联系电话",
    "培训工种",
    "培训等级",
    "培训机构",
    "班级编号",
    "开班时间",
    "结业时间",
    "培训学时",
    "备注",
]
Rows = list[list[object]]


@pytest.fixture(autouse=True)
def surroundings(settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FILES_DIR = tmp_path
    monkeypatch.setattr("exchange.jobs._try_to_wake", lambda job: None)
    divisions()


def made(region: str, period: str = "2019-12", by: User | None = None) -> ReportRun:
    run = services.request_report(report="ledger", region_code=region, period=period, by=by)
    return services.make_now(run)


def sheets(run: ReportRun) -> dict[str, Rows]:
    assert (run.state, run.error) == ("done", "")
    book = CalamineWorkbook.from_path(folder() / run.stored_as)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def every_text(run: ReportRun) -> list[str]:
    """All texts in all parts of the file, whatever sheet or property they stand in."""
    with zipfile.ZipFile(folder() / run.stored_as) as archive:
        parts = [archive.read(name).decode() for name in archive.namelist()]
    return [text for part in parts for text in re.findall(r">([^<]+)<", part)]


def table(rows: Rows, first: str) -> Rows:
    """The rows from the one whose first cell is `first` to the empty line before the foot."""
    start = next(n for n, row in enumerate(rows) if row[0] == first)
    end = next(n for n, row in enumerate(rows[start:], start) if not any(map(str, row)))
    return rows[start:end]


def foot(rows: Rows) -> str:
    return "\n".join(str(row[0]) for row in rows[-12:])


def a_batch() -> ImportBatch:
    return ImportBatch.objects.create(
        kind="training", original_name="a.xlsx", size=1, region_code="621022"
    )


def test_a_county_gets_its_rows_as_the_roster_had_them() -> None:
    attended = a_class(code="6210222019001", institution="环县职业中等专业学校")
    enrolled(
        a_person(1, name="郝静", phone="13909378657", education="bachelor"),
        attended,
        household_code="6210222122040050",
        relation="son",
        region_code="621022201001",
        group_name="五组",
        remark="补录",
    )
    settled()
    rows = sheets(made("621022"))["培训台账"]
    assert table(rows, "序号") == [
        HEADINGS,
        [
            1.0,
            "郝静",
            "男",
            citizen_number(1),
            "汉族",
            "本科及以上",
            "建档立卡贫困劳动力",
            "6210222122040050",
            "之子",
            "小南沟乡",
            "李原村",
            "五组",
            "13909378657",
            "电焊工",
            "初级",
            "环县职业中等专业学校",
            "6210222019001",
            datetime.date(2019, 6, 24),
            datetime.date(2019, 7, 8),
            90.0,
            "补录",
        ],
    ]


def test_a_row_keeps_the_words_of_its_roster() -> None:
    person = a_person(1, name="马五十", phone="13900000000")
    written = {
        "name": "马伍十",
        "ethnicity": "汉",
        "level": "五级",
        "village": "环州北路社区居委会",
        "phone_sealed": seal("18491186252", PHONE_FIELD).hex(),
    }
    enrolled(person, a_class(code="1"), region_code="621022100001", as_written=written)
    enrolled(person, a_class(code="2"), region_code="621022100", as_written={"id_number": "x"})
    settled()
    first, second = table(sheets(made("621022"))["培训台账"], "序号")[1:]
    printed = dict(zip(HEADINGS, first, strict=True))
    assert [
        printed[name] for name in ("姓名", "民族", "培训等级", "乡镇", "行政村", "联系电话")
    ] == [
        "马伍十",
        "汉",
        "五级",
        "环城镇",
        "环州北路社区居委会",
        "18491186252",
    ]
    plain = dict(zip(HEADINGS, second, strict=True))
    assert [plain[name] for name in ("姓名", "民族", "培训等级", "乡镇", "行政村", "联系电话")] == [
        "马五十",
        "汉族",
        "初级",
        "环城镇",
        "",
        "13900000000",
    ]
    assert plain["身份证号码"] == citizen_number(1)


def test_rows_stand_in_the_order_they_came_in() -> None:
    early, late = a_batch(), a_batch()
    attended = a_class()
    places = [
        {},
        {"import_batch": late, "sheet": 1, "line": 2},
        {"import_batch": early, "sheet": 2, "line": 2},
        {"import_batch": early, "sheet": 1, "line": 11},
        {"import_batch": early, "sheet": 1, "line": 3},
        {},
    ]
    for order, place in enumerate(places, 1):
        enrolled(a_person(order), attended, **place)
    settled()
    rows = table(sheets(made("621022"))["培训台账"], "序号")[1:]
    assert [row[0] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [row[1] for row in rows] == ["张5", "张4", "张3", "张2", "张1", "张6"]


def test_more_rows_than_a_chunk_have_one_series_of_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.ledger.CHUNK", 2)
    attended = a_class()
    for order in range(1, 6):
        enrolled(a_person(order), attended)
    settled()
    run = made("621022")
    rows = table(sheets(run)["培训台账"], "序号")[1:]
    assert [row[:2] for row in rows] == [[n, f"张{n}"] for n in range(1, 6)]
    assert (run.rows, run.parameters["numbers"]) == (5, 5)


def test_the_ledger_holds_the_year_to_date_in_force() -> None:
    inside = {"2019-01-01": 1, "2019-06-30": 2}
    outside = {"2018-12-31": 3, "2019-07-01": 4}
    for day, order in (inside | outside).items():
        enrolled(a_person(order), a_class(start_date=datetime.date.fromisoformat(day)))
    enrolled(a_person(5), a_class(), state=Enrollment.State.WITHDRAWN)
    enrolled(a_person(6), a_class("621021"))
    settled()
    rows = table(sheets(made("621022", "2019-06"))["培训台账"], "序号")[1:]
    assert [row[1] for row in rows] == ["张1", "张2"]


def test_hours_are_whole_numbers_unless_some_are_not() -> None:
    enrolled(a_person(1), a_class(code="1"), hours=None)
    enrolled(a_person(2), a_class(code="2", hours="52.5"))
    settled()
    rows = table(sheets(made("621022"))["培训台账"], "序号")[1:]
    assert [row[19] for row in rows] == ["", 52.5]


def test_who_may_not_see_numbers_gets_masks_and_no_seal_is_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = {"phone_sealed": seal("18491186252", PHONE_FIELD).hex()}
    enrolled(a_person(1), a_class(code="1"))
    enrolled(a_person(1), a_class(code="2"), as_written=written)
    settled()
    officer = an_account("officer", "prefecture-officer", "6210")
    run = made("621022", by=officer)
    rows = sheets(run)["培训台账"]
    people = table(rows, "序号")[1:]
    mask = f"621022********{citizen_number(1)[14:]}"
    assert [(row[3], row[12]) for row in people] == [(mask, "139****0000"), (mask, "184****6252")]
    assert "已隐去部分数字" in foot(rows)
    assert run.parameters["numbers"] == 0
    assert services.openable(run, officer) is True
    assert not {citizen_number(1), "13900000000", "18491186252"} & set(every_text(run))
    assert "张1" in every_text(run)


def test_a_county_without_rows_gets_the_headings_alone() -> None:
    book = sheets(made("621022"))
    assert list(book) == ["培训台账"]
    assert table(book["培训台账"], "序号") == [HEADINGS]


def test_above_the_county_there_is_no_ledger_but_one_of_each_county_beneath() -> None:
    enrolled(a_person(1), a_class("621022"))
    enrolled(a_person(2), a_class("622926"))
    settled()
    for region in ("62", "6210"):
        with pytest.raises(services.ReportNotPossible, match="no such table"):
            made(region)
    asked = {"report": "ledger", "region_code": "62", "period": "2019-12", "breadth": "beneath"}
    run = services.make_now(services.request_report(**asked, by=None))
    assert run.state == "done"
    with zipfile.ZipFile(folder() / run.stored_as) as archive:
        assert {name[:6] for name in archive.namelist()} == {"621022", "622926"}
    assert run.rows == 2


def test_a_ledger_of_a_prefecture_that_was_still_waiting_is_refused() -> None:
    waiting = ReportRun.objects.create(report="ledger", region_code="6210", period="2019-12")
    run = services.make_now(waiting)
    assert (run.state, run.error) == ("failed", services.NOT_OF_THIS_LEVEL)


def test_rows_written_while_the_report_is_made_are_not_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    enrolled(a_person(1), a_class())
    settled()
    columns = ledger.columns

    def somebody_writes() -> None:
        enrolled(a_person(2), a_class())
        settled()
        connections.close_all()

    def columns_after_that(*, whole_hours: bool) -> Any:
        writer = threading.Thread(target=somebody_writes)
        writer.start()
        writer.join()
        return columns(whole_hours=whole_hours)

    monkeypatch.setattr("training.reports.ledger.columns", columns_after_that)
    book = sheets(made("621022"))
    assert Enrollment.objects.count() == 2
    assert [row[1] for row in table(book["培训台账"], "序号")[1:]] == ["张1"]
