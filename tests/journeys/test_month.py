"""A month of 环县 on its way: returned with three notes, mended, accepted, locked, corrected."""

from __future__ import annotations

import json
import re

import pytest

from tests.factories.rosters import a_row, csv_of
from tests.journeys.browsing import LONG, Desk, figures
from tests.journeys.conftest import Desks
from tests.journeys.test_main_job import confirm, upload

MONTH = "2016-03"
ROWS = "/training/ledger/?region=621022&period=2016-03"
DAYS = {"start_date": "2016-03-07", "end_date": "2016-03-18", "class_code": "2016031"}
PDF = {"name": "证明.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}


@pytest.fixture(scope="module")
def month(desks: Desks, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Four rows of a month that had none, and the address of the month as its clerk began it."""
    roster = tmp_path_factory.mktemp("month") / "三月.csv"
    born = {"hours": "80", **DAYS}
    roster.write_bytes(csv_of(a_row(order, **born) for order in (901, 903, 905, 907)))
    desk = desks("huanxian")
    upload(desk, roster)
    desk.page.wait_for_selector("form[action$='/confirm/']", timeout=LONG)
    confirm(desk)
    desk.go("/submissions/new/")
    desk.page.fill("#id_month", MONTH)
    if desk.page.locator("select#id_county").count():
        desk.page.select_option("#id_county", "621022")
    desk.send("main form .btn-primary")
    return desk.page.url.removeprefix(desk.address)


def submit(desk: Desk, month: str) -> None:
    desk.go(month)
    desk.page.click("form[action$='/submit/'] button")
    desk.page.wait_for_selector("#stage progress")
    desk.page.wait_for_selector("#stage dl.facts", timeout=LONG)
    desk.page.wait_for_function("() => !document.querySelector('#stage progress')", timeout=LONG)
    desk.go(month)


def state(desk: Desk, month: str) -> str:
    desk.go(month)
    return desk.one(".page-header .badge-state").inner_text()


def row_paths(desk: Desk) -> list[str]:
    desk.go(ROWS)
    links = desk.page.locator("main a[href]").evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    return sorted({path for path in links if re.fullmatch(r"/training/ledger/\d+/", path)})


def mended(desk: Desk, path: str) -> str:
    """The row saved again as the grid saves it, with another remark; what became of it."""
    key = int(path.split("/")[-2])
    row = {"client": f"{key:032x}", "op": f"{key + 1:032x}", "id": key, "version": 1}
    sent = {"region": "621022", "program": "skills", "class": None}
    rows = [row | {"cells": {"remark": "已核对"}, "withdraw": False}]
    token = json.loads(desk.one("body").get_attribute("hx-headers") or "{}")
    answer = desk.context.request.post(
        f"{desk.address}/api/v1/ledger-rows/save/",
        data=json.dumps(sent | {"rows": rows}),
        headers={**token, "Referer": desk.address, "Content-Type": "application/json"},
    )
    return str(answer.json()["rows"][0]["outcome"])


def test_a_month_goes_its_way(month: str, desks: Desks) -> None:
    clerk, reviewer = desks("huanxian"), desks("huanxian-shenhe")
    prefecture, province = desks("qingyang"), desks("gansu")
    submit(reviewer, month)
    assert state(reviewer, month) == "已报送"

    noted = row_paths(prefecture)[:3]
    for path in noted:
        prefecture.go(path)
        prefecture.page.fill("[id^=note_text_enrollment]", "备注未注明核对情况")
        prefecture.send("form[action$='/notes/'] button")
    prefecture.go(month)
    prefecture.send("form[action$='/return/'] button")
    assert state(clerk, month) == "已退回"

    assert [mended(clerk, path) for path in noted] == ["saved"] * 3
    for _each in noted:
        clerk.go(month)
        clerk.page.fill("form[action$='/answer/'] input[name=text]", "已核对并注明")
        clerk.send("form[action$='/answer/'] button")
    submit(reviewer, month)
    assert state(reviewer, month) == "已报送"
    prefecture.go(f"{month}changes/")
    seen = prefecture.page.locator("main tbody tr a[href]").evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    assert sorted(seen) == noted
    prefecture.go(month)
    prefecture.send("form[action$='/accept/'] button")
    province.go(month)
    province.send("form[action$='/lock/'] button")
    assert state(province, month) == "已锁定"
    assert mended(clerk, row_paths(clerk)[3]) == "closed"

    clerk.go(f"{noted[0]}correction/")
    clerk.page.fill("#id_cell_remark", "更正后的备注")
    clerk.page.select_option("#id_kind", "withdraw")
    clerk.page.fill("#id_reason", "该人员未实际参加培训")
    clerk.page.set_input_files("#id_evidence", PDF)
    clerk.send("main form .btn-primary")
    asked = clerk.page.url.removeprefix(clerk.address)
    assert asked.startswith("/corrections/")
    prefecture.go(asked)
    prefecture.send("button[formaction$='/approve/']")
    assert prefecture.one(".page-header .badge-state").inner_text() == "已更正"
    clerk.go(f"{month}figures/")
    rows = [figures(" ".join(cells.split()[-3:])) for cells in clerk.texts("main table tbody tr")]
    assert [(sealed, now) for sealed, *_moved, now in rows] == [(4, 3), (4, 3)]
    assert clerk.page.locator(f"main a[href='{asked}']").count() == 1
