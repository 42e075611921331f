"""The roll of a class: a block of marks pasted through a network that breaks, whole days, two desks."""

import json
from typing import Any

import pytest
from playwright.sync_api import Route

from tests.journeys import clipboards
from tests.journeys.browsing import Desk
from tests.journeys.clipboards import Block
from tests.journeys.conftest import Desks
from tests.journeys.sheets import COLUMNS, Sheet, block

PEOPLE, DAYS = 50, [f"2020-04-{day:02}" for day in range(6, 26)]
CODE = "6210222026"
# As people write them, and as the portal shows them; nobody was called where nothing stands.
WRITTEN = ["√", "1", "出勤", "×", "", "旷课", "假", "0", "到", "请假", "✓"]
SHOWN = dict(zip(WRITTEN, ["√", "√", "√", "×", "", "×", "假", "×", "√", "假", "√"], strict=True))


class Roll(Sheet):
    columns = ("name", "id_number", "share", *DAYS)

    def left_of(self, column: str) -> int:
        return 46 * DAYS.index(column)


@pytest.fixture(scope="module")
def roll(desks: Desks) -> Roll:
    """The roll of a class of fifty whose names differ."""
    desk = desks("huanxian")
    sheet = Sheet(desk, "/training/ledger/grid/?region=621022&program=skills&month=2020-04")
    saved = sheet.numbers()["saved"]
    sheet.to_the_end()
    rows = block(PEOPLE, born=1974, start=DAYS[0], end=DAYS[-1], code=CODE)
    for place, row in enumerate(rows):
        row[COLUMNS.index("name")] = name(place)
    sheet.paste(clipboards.excel(rows))
    sheet.wait_for(saved=saved + PEOPLE, unsent=0)
    found = json.loads(desk.text_of(f"/api/v1/classes/?q={CODE}000"))["results"]
    return Roll(desk, f"/training/classes/{found[0]['id']}/roll-call/")


def name(place: int) -> str:
    return f"张{chr(0x6625 + place)}"


def on_file(roll: Roll) -> list[list[str]]:
    """What the portal has, person by person."""
    path = roll.path.replace("/training/classes/", "/api/v1/roll-calls/")
    rows: list[dict[str, Any]] = json.loads(roll.desk.text_of(path.replace("roll-call/", "")))[
        "rows"
    ]
    assert [row["cells"]["name"] for row in rows] == [name(place) for place in range(PEOPLE)]
    return [[row["cells"][day] for day in DAYS] for row in rows]


def marks(shift: int = 0) -> Block:
    return [
        [WRITTEN[(place * 3 + at + shift) % len(WRITTEN)] for at in range(len(DAYS))]
        for place in range(PEOPLE)
    ]


def shown(block: Block) -> list[list[str]]:
    return [[SHOWN[cell] for cell in row] for row in block]


def test_a_block_of_marks_ends_as_it_was_pasted_though_the_network_breaks(roll: Roll) -> None:
    page, lost = roll.page, list[int]()

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().status)
            route.abort()

    roll.go_to(0, DAYS[0])
    page.route("**/save/", lose)
    roll.paste(clipboards.wps(marks()))
    page.wait_for_selector("[data-part=trouble]:not([hidden])")
    roll.desk.context.set_offline(True)
    roll.go_to(0, DAYS[0])
    roll.paste(clipboards.excel(marks(1)))
    roll.wait_for(pasted=2 * PEOPLE, shown=PEOPLE, unsent=PEOPLE)
    roll.desk.context.set_offline(False)
    roll.reload()
    roll.wait_for(shown=PEOPLE, saved=PEOPLE, held=0, unsent=0, trouble=0)
    page.unroute("**/save/")
    assert (lost, roll.kept()) == ([200], 0)
    assert on_file(roll) == shown(marks(1))


def test_whole_days_people_and_ranges_are_marked_by_one_key(roll: Roll) -> None:
    before = on_file(roll)
    roll.go_to(2, DAYS[1])
    roll.press("F4")
    roll.go_to(7, DAYS[5])
    roll.press("Shift+F4")
    roll.go_to(10, DAYS[2])
    roll.press("Shift+ArrowDown", "Shift+ArrowRight", "2")
    roll.go_to(20, DAYS[3])
    with roll.page.expect_response("**/save/"):
        roll.press("0", "1")
    roll.wait_for(saved=PEOPLE, unsent=0)
    for row in before:
        row[1] = row[1] or "√"
    before[7] = [mark or "√" for mark in before[7]]
    before[10][2:4] = before[11][2:4] = ["假", "假"]
    before[20][3], before[21][3] = "×", "√"
    assert on_file(roll) == before
    present = before[7].count("√")
    roll.go_to(7, DAYS[5])
    assert roll.cell(7, "share").split("　")[0] == f"{present}/{len(DAYS)}"
    of_day = [row[1] for row in before]
    sums = roll.desk.texts(".grid-sum")
    assert sums[1] == f"{of_day.count('√')}/{PEOPLE}"


def test_what_is_no_mark_stays_in_its_cell_until_it_is_mended(roll: Roll) -> None:
    before = on_file(roll)
    roll.go_to(3, DAYS[0])
    roll.paste({"text": "迟到\t缺勤\t事假"})
    roll.wait_for(held=1, unsent=0)
    before[3][1:3] = ["×", "假"]
    assert [roll.cell(3, day) for day in DAYS[:3]] == ["迟到", "×", "假"]
    assert "“迟到”" in roll.desk.one("[data-part=findings] li").inner_text()
    roll.reload()
    roll.wait_for(held=1, unsent=0)
    assert roll.cell(3, DAYS[0]) == "迟到"
    assert on_file(roll) == before
    roll.go_to(3, DAYS[0])
    roll.press("0")
    roll.wait_for(saved=PEOPLE, held=0, unsent=0)
    before[3][0] = "×"
    assert on_file(roll) == before


def test_lines_that_name_people_go_to_them_wherever_they_stand(roll: Roll) -> None:
    before = on_file(roll)
    headings = ["姓名", "4月7日", "2020/4/9"]
    lines = [[name(40), "缺", "√"], ["没有此人", "√", "√"], [name(30), "√", "假"]]
    roll.go_to(0, DAYS[0])
    roll.paste(clipboards.excel([headings, *lines]))
    assert "没有此人" in roll.desk.one("[data-part=told]").inner_text()
    roll.wait_for(saved=PEOPLE, unsent=0)
    after = [list(row) for row in before]
    after[40][1], after[40][3], after[30][1], after[30][3] = "×", "√", "√", "假"
    assert on_file(roll) == after
    with roll.page.expect_response("**/save/"):
        roll.press("Control+z")
    roll.wait_for(saved=PEOPLE, unsent=0)
    assert on_file(roll) == before


def test_who_may_only_see_the_roll_marks_nobody(roll: Roll, desks: Desks) -> None:
    seen = Roll(desks("qingyang"), roll.path)
    before = on_file(roll)
    seen.go_to(0, DAYS[0])
    seen.press("1", "F4")
    assert seen.desk.one("[data-part=closed]").is_visible()
    assert (seen.numbers()["unsent"], on_file(roll)) == (0, before)


def test_two_desks_that_mark_one_person_see_both(roll: Roll, second_desk: Desk) -> None:
    other = Roll(second_desk, roll.path)
    was = on_file(roll)[45][6]
    roll.go_to(45, DAYS[6])
    with roll.page.expect_response("**/save/"):
        roll.press("0" if was != "×" else "1")
    now = on_file(roll)[45][6]
    other.go_to(45, DAYS[6])
    other.press("2")
    other.wait_for(unsent=1, trouble=1)
    other.press("ArrowUp")
    assert other.disputed() == {"4-12": [was or "（空）", "假", now]}
    other.choose(**{DAYS[6]: "mine"})
    other.wait_for(saved=PEOPLE, unsent=0, trouble=0)
    assert on_file(roll)[45][6] == "假"
