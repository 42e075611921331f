"""A class of 环县 from its filing to the subsidy: at each step the next one is offered, or said why not."""

from __future__ import annotations

import datetime
import json
import re
import zoneinfo

import pytest

from tests.journeys import clipboards
from tests.journeys.browsing import Desk
from tests.journeys.conftest import Desks
from tests.journeys.sheets import COLUMNS, Sheet, block

CODE, START, END = "62102220270", "2020-06-08", "2020-06-24"
EXAM, RESULT, ISSUED, ASKED = "2020-06-29", "2020-07-02", "2020-07-06", "2020-07-20"
PEOPLE = 4
BEIJING = zoneinfo.ZoneInfo("Asia/Shanghai")
WHY = "该班为补录历史数据，原备案材料存于县人社局档案室。"
FILING = {
    "occupation": "电焊工",
    "code": CODE,
    "start_date": START,
    "end_date": END,
    "planned_size": "30",
    "hours_theory": "40",
    "hours_practice": "50",
    "place": "环县演武乡杨家洼村",
    "assessor": "庆阳市职业技能鉴定中心",
    "plan": "理论40学时，实操50学时。",
}


def saved(desk: Desk) -> int:
    return desk.send("main form .btn-primary")


@pytest.fixture(scope="module")
def filed(desks: Desks) -> tuple[str, str]:
    """The address of a class that its clerk filed, and the name of its institution."""
    clerk = desks("huanxian")
    clerk.go("/training/classes/new/")
    clerk.page.select_option("#id_institution", index=1)
    institution = clerk.one("#id_institution option:checked").inner_text()
    clerk.page.select_option("#id_level", "5")
    clerk.page.select_option("#id_program", "skills")
    for name, value in FILING.items():
        clerk.page.fill(f"#id_{name}", value)
    assert saved(clerk) == 200
    assert re.search(r"/training/classes/\d+/filing/$", clerk.page.url)
    while explain := clerk.page.locator("form[action$='/explain/'] input[name=text]"):
        asked = [
            each for each in explain.all() if each.locator("xpath=ancestor::td/p").count() == 0
        ]
        if not asked:
            break
        asked[0].fill(WHY)
        with clerk.page.expect_navigation():
            asked[0].press("Enter")
    clerk.send("form[action$='/filing/file/'] button")
    return clerk.page.url.removeprefix(clerk.address).removesuffix("filing/"), institution


def test_who_filed_a_class_does_not_decide(filed: tuple[str, str], desks: Desks) -> None:
    path, _institution = filed
    clerk, reviewer = desks("huanxian"), desks("huanxian-shenhe")
    clerk.go(f"{path}filing/")
    assert clerk.page.locator("[formaction$='/filing/approve/']").count() == 0
    reviewer.go(f"{path}filing/")
    reviewer.send("[formaction$='/filing/approve/']")
    assert reviewer.one("section .badge-state").inner_text() == "已核准"
    assert desks("zhenyuan").status(f"{path}filing/") == 404


def test_a_class_goes_to_its_subsidy(filed: tuple[str, str], desks: Desks) -> None:
    path, institution = filed
    clerk, reviewer = desks("huanxian"), desks("huanxian-shenhe")
    enter_people(clerk, institution)
    hold_exam(clerk, path)
    certify(clerk, path)
    follow_up(clerk, path)

    clerk.go(f"{path}claims/new/")
    clerk.page.fill("#id_standard", "1200")
    saved(clerk)
    claim = clerk.page.url.removeprefix(clerk.address)
    assert re.search(r"/training/claims/\d+/$", claim)
    # Three passed; one of them found no work within six months.
    assert clerk.one("tfoot").inner_text().split()[-1].replace(",", "") == "3120.00"
    for text in clerk.page.locator("form[action$='/publish/'] textarea").all():
        text.fill(WHY)
    clerk.send("form[action$='/publish/'] button")

    clerk.go(claim)
    clerk.page.click("summary:has-text('异议')")
    clerk.page.fill("#id_raised_on", f"{datetime.datetime.now(BEIJING):%Y-%m-%d}")
    clerk.page.fill("#id_text", "王某称其本人并未参加培训")
    clerk.send("form[action$='/object/'] button")
    reviewer.go(claim)
    assert reviewer.page.locator("form[action$='/approve/'] button").is_disabled()
    assert reviewer.page.locator(".notice-warning").count() == 2  # days to go, and an objection
    reviewer.page.fill("[id^=settlement_]", "经查考勤和影像资料，本人参加了培训")
    reviewer.send("form[action*='/settle/'] button")
    assert reviewer.page.locator(".notice-warning").count() == 1
    assert reviewer.page.locator("form[action$='/approve/'] button").is_disabled()
    assert desks("zhenyuan").status(claim) == 404


def enter_people(clerk: Desk, institution: str) -> None:
    sheet = Sheet(clerk, "/training/ledger/grid/?region=621022&program=skills&month=2020-06")
    before = sheet.numbers()["saved"]
    sheet.to_the_end()
    rows = block(PEOPLE, born=1982, start=START, end=END, code="x")
    for place, row in enumerate(rows):
        row[COLUMNS.index("name")] = f"马{'一二三四'[place]}"
        row[COLUMNS.index("class_code")] = CODE
        row[COLUMNS.index("institution")] = institution
    sheet.paste(clipboards.excel(rows))
    sheet.wait_for(saved=before + PEOPLE, unsent=0)
    classes = json.loads(clerk.text_of(f"/api/v1/classes/?q={CODE}"))["results"]
    assert len(classes) == 1  # the rows joined the class that was filed


def hold_exam(clerk: Desk, path: str) -> None:
    clerk.go(f"{path}exam/")
    clerk.page.fill("#id_exam_on", EXAM)
    clerk.page.fill("#id_assessor", FILING["assessor"])
    saved(clerk)
    clerk.go(f"{path}exam/")
    clerk.go(clerk.link_to(r"/exams/\d+/$"))
    clerk.page.click("form[action$='/freeze/'] button")
    clerk.send("dialog[open] .btn-primary")
    clerk.page.fill("#pasted", "马一\t86\n马二\t91\n马三\t75\n马四\t42\n马五\t88")
    clerk.page.fill("#pass_mark", "60")
    clerk.page.fill("#day", RESULT)
    clerk.send("button[value=paste]")
    assert "马五" in clerk.one("form .notice-warning").inner_text()
    clerk.send("form .btn-primary[value=save]")
    clerk.go(path)
    assert [clerk.texts("tbody tr")[row].count("合格") for row in range(PEOPLE)] == [1] * PEOPLE
    assert sum("不合格" in row for row in clerk.texts("tbody tr")) == 1


def certify(clerk: Desk, path: str) -> None:
    clerk.go(f"{path}certificates/")
    clerk.page.select_option("#id_kind", "level")
    clerk.page.fill("#id_issued_on", ISSUED)
    clerk.page.fill("input[name^=number-] >> nth=0", "Y000062000001195000001")
    clerk.send("button[value=count]")
    clerk.send("form .btn-primary[value=save]")  # certified in 2019, issued in 2020
    assert clerk.page.locator("tr.has-error").count() == 3
    clerk.page.fill("input[name^=number-] >> nth=0", "Y000062000001205000001")
    for place in (1, 2):
        clerk.page.fill(f"input[name^=number-] >> nth={place}", "")
    clerk.send("button[value=count]")
    clerk.send("form .btn-primary[value=save]")
    assert len(clerk.texts("table tbody tr")) == 3


def follow_up(clerk: Desk, path: str) -> None:
    clerk.go(f"{path}follow-ups/")
    clerk.page.fill("#id_day", ASKED)
    clerk.page.select_option("#id_for_all", "phone")
    for place, employment in enumerate(["employed", "self-employed", "unemployed"]):
        name = "马" + "一二三"[place]
        line = f"tr:has-text('{name}')"
        clerk.page.select_option(f"{line} select[name$=employment]", employment)
    saved(clerk)
    clerk.go(path)
    found = "".join(clerk.texts("tbody tr"))
    assert [found.count(word) for word in ("已就业", "自主创业", "未就业")] == [1, 1, 1]
