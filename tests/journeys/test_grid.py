"""The grid against the portal itself: pasting through a bad network, two desks at one row, typing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Route

from tests.journeys import clipboards
from tests.journeys.browsing import Desk
from tests.journeys.conftest import Desks
from tests.journeys.running import Demo
from tests.journeys.sheets import COLUMNS, Sheet, block

MANY = 2000
MONTH = "?region=621022&program=skills&month="
OF_OCTOBER = "?region=621022&year=2020&month=10"


def grid_of(desk: Desk, month: str) -> Sheet:
    return Sheet(desk, f"/training/ledger/grid/{MONTH}{month}")


@contextmanager
def answers_lost(desk: Desk, times: int) -> Iterator[list[int]]:
    """While it is open, so many savings reach the portal whose answers never come back."""
    lost: list[int] = []

    def lose(route: Route) -> None:
        if len(lost) < times:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    desk.page.route("**/ledger-rows/save/", lose)
    yield lost
    desk.page.unroute("**/ledger-rows/save/")


def test_two_thousand_rows_through_a_network_that_breaks_twice(desks: Desks) -> None:
    desk = desks("huanxian")
    before = desk.ledger_total(OF_OCTOBER)
    sheet = grid_of(desk, "2020-10")
    had = sheet.numbers()["shown"]
    sheet.to_the_end()
    # Nobody of the roster of 20,000, which another journey brings in, has one of these numbers.
    rows = block(MANY, born=1983, start="2020-10-12", end="2020-10-28", code="6210222020")
    half = MANY // 2
    desk.context.set_offline(True)
    sheet.paste(clipboards.excel(rows[:half]))
    sheet.wait_for(pasted=half, shown=had + half, saved=had, unsent=half)
    desk.page.wait_for_selector("[data-part=trouble]:not([hidden])")
    with answers_lost(desk, 1) as lost:
        desk.context.set_offline(False)
        for _tenth in range(600):
            if not lost:
                desk.page.wait_for_timeout(100)
    desk.context.set_offline(True)
    sheet.to_the_end()
    sheet.paste(clipboards.wps(rows[half:]))
    sheet.wait_for(pasted=MANY, shown=had + MANY)
    desk.context.set_offline(False)
    sheet.reload()
    sheet.wait_for(shown=had + MANY, saved=had + MANY, held=0, unsent=0, trouble=0)
    assert (lost, sheet.kept()) == ([200], 0)
    assert desk.ledger_total(OF_OCTOBER) == before + MANY


def test_both_desks_at_one_row_see_both(desks: Desks, second_desk: Desk) -> None:
    first = grid_of(desks("huanxian"), "2020-11")
    had, saved = (first.numbers()[name] for name in ("shown", "saved"))
    first.to_the_end()
    rows = block(3, born=1976, start="2020-11-02", end="2020-11-18", code="6210222021")
    first.paste(clipboards.wps(rows))
    first.wait_for(saved=saved + 3, unsent=0)
    second = grid_of(second_desk, "2020-11")
    for sheet, before, cells in (
        (first, had, {"group_name": "一组", "remark": "甲写的"}),
        (second, saved, {"relation": "妻", "remark": "乙写的"}),
    ):
        for column, text in cells.items():
            sheet.go_to(before + 1, column)
            sheet.type(text)
            sheet.press("Enter")
        waits = int(sheet is second)
        sheet.wait_for(unsent=waits, trouble=waits)
    second.press("ArrowUp")
    assert second.disputed() == {
        "与户主关系": ["户主", "妻", "户主"],
        "备注": ["（空）", "乙写的", "甲写的"],
        "村民小组": ["五组", "五组", "一组"],
    }
    second.choose(relation="mine", remark="theirs", group_name="theirs")
    second.wait_for(saved=saved + 3, unsent=0, trouble=0)
    first.go_to(had + 1, "remark")
    first.type("甲又写")
    first.press("Enter")
    first.wait_for(trouble=1)
    first.press("ArrowUp")
    assert first.disputed() == {
        "备注": ["甲写的", "甲又写", "甲写的"],
        "与户主关系": ["户主", "户主", "妻"],
    }
    first.choose(remark="mine", relation="theirs")
    first.wait_for(saved=saved + 3, unsent=0, trouble=0)
    second.reload()
    second.go_to(saved + 1, "remark")
    both = [(first, had + 1), (second, saved + 1)]
    columns = ("group_name", "relation", "remark")
    assert [[sheet.cell(at, name) for name in columns] for sheet, at in both] == [
        ["一组", "妻", "甲又写"],
        ["一组", "妻", "甲又写"],
    ]


def test_rows_whose_answer_was_lost_are_counted_once_after_a_reload(desks: Desks) -> None:
    desk = desks("huanxian")
    sheet = grid_of(desk, "2020-05")
    had = sheet.numbers()["shown"]
    sheet.to_the_end()
    rows = block(3, born=1975, start="2020-05-11", end="2020-05-27", code="6210222025")
    with answers_lost(desk, MANY) as lost:
        sheet.paste(clipboards.excel(rows))
        desk.page.wait_for_selector("[data-part=trouble]:not([hidden])")
        sheet.reload()
        told = sheet.numbers()
    assert (told["shown"], told["saved"], told["unsent"]) == (had + 3, had, 3)
    assert set(lost) == {200}
    sheet.wait_for(shown=had + 3, saved=had + 3, unsent=0)
    assert sheet.kept() == 0


def test_a_session_that_ends_loses_nothing(second_desk: Desk, demo: Demo) -> None:
    of_december = "?region=621022&year=2020&month=12"
    before = second_desk.ledger_total(of_december)
    sheet = grid_of(second_desk, "2020-12")
    had = sheet.numbers()["shown"]
    sheet.to_the_end()
    second_desk.context.clear_cookies()
    rows = block(20, born=1977, start="2020-12-01", end="2020-12-17", code="6210222022")
    sheet.paste(clipboards.excel(rows))
    second_desk.page.wait_for_selector("[data-part=trouble] a:not([hidden])")
    sheet.wait_for(shown=had + 20, unsent=20)
    second_desk.faults.clear()  # the refusals that were to come
    other = Desk(second_desk.context, second_desk.address)
    other.log_in("huanxian", demo.passwords["huanxian"])
    other.page.close()
    sheet.wait_for(shown=had + 20, saved=had + 20, unsent=0)
    second_desk.faults.clear()
    assert second_desk.ledger_total(of_december) == before + 20


def typed(sheet: Sheet) -> None:
    """A row by the keyboard alone: initials, digits without signs, Tab, Enter."""
    words = ["张三丰", "n", "12345", "hz"]
    for word in words:
        sheet.type(word)
        sheet.press("Tab")
    sheet.press("Enter")


def test_a_row_that_is_typed_is_judged_and_kept_until_it_is_sound(desks: Desks) -> None:
    sheet = grid_of(desks("huanxian"), "2020-09")
    had = sheet.numbers()["shown"]
    sheet.to_the_end()
    typed(sheet)
    sheet.wait_for(shown=had + 1, saved=had, held=1, unsent=0)
    assert [sheet.cell(had, name) for name in ("name", "sex", "ethnicity")] == [
        "张三丰",
        "男",
        "汉族",
    ]
    sheet.press("ArrowUp", "Home", "F8")
    told = sheet.desk.one("[data-part=findings] li").inner_text()
    sheet.press("Control+-")
    sheet.page.click("[data-part=ask] [value=yes]")
    sheet.wait_for(shown=had, held=0, unsent=0)
    assert ("强制" in told, "身份证" in told) == (True, True)


@pytest.mark.parametrize("copied", [clipboards.excel, clipboards.wps])
def test_undo_takes_a_paste_back_and_redo_brings_it_again(
    desks: Desks, copied: Callable[[clipboards.Block], dict[str, str]]
) -> None:
    sheet = grid_of(desks("huanxian"), "2020-08")
    before = sheet.numbers()["shown"]
    rows = block(3, born=1978, start="2020-08-03", end="2020-08-19", code="6210222023")
    sheet.to_the_end()
    sheet.paste(copied(rows))
    sheet.wait_for(shown=before + 3, saved=before + 3, unsent=0)
    sheet.press("Control+z")
    sheet.wait_for(shown=before, unsent=0)
    sheet.press("Control+y")
    sheet.wait_for(shown=before + 3, saved=before + 3, unsent=0)
    sheet.press("Control+z")
    sheet.wait_for(shown=before, unsent=0)


def pasted_by_key(sheet: Sheet) -> None:
    """As Ctrl+V does, with what really lies on the clipboard."""
    session = sheet.desk.context.new_cdp_session(sheet.page)
    key = {"type": "keyDown", "key": "v", "code": "KeyV", "modifiers": 2, "commands": ["paste"]}
    session.send("Input.dispatchKeyEvent", key)


def composed(sheet: Sheet, spelled: str, chosen: str) -> None:
    """As an input method writes: letters that it underlines, then the characters chosen."""
    session = sheet.desk.context.new_cdp_session(sheet.page)
    for end in range(1, len(spelled) + 1):
        place = {"text": spelled[:end], "selectionStart": end, "selectionEnd": end}
        session.send("Input.imeSetComposition", place)
    session.send("Input.insertText", {"text": chosen})


def test_a_block_is_copied_and_pasted_by_real_keys(desks: Desks) -> None:
    sheet = grid_of(desks("huanxian"), "2020-07")
    had = sheet.numbers()["shown"]
    rows = block(2, born=1979, start="2020-07-06", end="2020-07-22", code="6210222024")
    sheet.to_the_end()
    sheet.paste(clipboards.excel(rows))
    sheet.wait_for(shown=had + 2, unsent=0, held=0)
    sheet.press("Control+c")
    sheet.to_the_end()
    pasted_by_key(sheet)
    sheet.wait_for(pasted=4, shown=had + 4, unsent=0)
    copies = [[sheet.cell(had + at, name) for name in COLUMNS] for at in (2, 3)]
    assert copies == [[sheet.cell(had + at, name) for name in COLUMNS] for at in (0, 1)]
    sheet.press("Control+z")
    sheet.wait_for(shown=had + 2, unsent=0, held=0)


def test_an_input_method_composes_into_the_cell(desks: Desks) -> None:
    sheet = grid_of(desks("huanxian"), "2020-06")
    had = sheet.numbers()["shown"]
    sheet.to_the_end()
    composed(sheet, "zhangsan", "张三")
    assert sheet.cell(had, "name") == ""
    sheet.press("Enter")
    assert sheet.cell(had, "name") == "张三"
    sheet.press("Control+z")
    sheet.wait_for(shown=had, unsent=0)
