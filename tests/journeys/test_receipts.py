"""A paper beside its receipt, notices that are read, and many months at once on the board."""

from __future__ import annotations

import re

from tests.journeys.browsing import Desk, figures
from tests.journeys.conftest import Desks

BOARD = "/submissions/board/?month=2018-11"
CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}")


def compared(desk: Desk, rows: int, people: int) -> str:
    """What the portal says of a paper with these numbers, as the kind of its alert."""
    desk.page.fill("#id_rows", str(rows))
    desk.page.fill("#id_people", str(people))
    desk.send("main form .btn-primary")
    return str(desk.one("main .notice").get_attribute("class"))


def unread(desk: Desk) -> int:
    desk.go("/todo/")
    bell = desk.page.locator(".bell .count")
    return figures(bell.inner_text())[0] if bell.count() else 0


def on_the_board(desk: Desk, county: str) -> list[int]:
    """A county's numbers: expected, the six states in their order, late."""
    desk.go(BOARD)
    row = desk.page.locator(f"main tr:has(a[href*='region={county}'])").first
    return [figures(text)[0] for text in row.locator("td.number").all_inner_texts()]


def test_a_paper_is_compared_with_its_receipt(desks: Desks) -> None:
    desk = desks("gansu")
    desk.go("/receipts/")
    line = desk.one("main tbody tr")
    found = CODE.search(line.inner_text())
    assert found
    typed = found[0].replace("-", "").lower()
    rows, people = [figures(text)[0] for text in line.locator("td.number").all_inner_texts()][-2:]
    desk.page.fill("#receipt_code", typed[:-1] + ("0" if typed[-1] != "0" else "1"))
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_selector("#receipt_code_error")
    desk.page.fill("#receipt_code", f"  {typed} ")
    with desk.page.expect_navigation():
        desk.page.keyboard.press("Enter")
    assert desk.page.url == f"{desk.address}/receipts/{typed.upper()}/"
    assert desk.one("h1").inner_text() == found[0]
    assert "success" in compared(desk, rows, people)
    assert "error" in compared(desk, rows + 1, people)


def test_a_notice_that_is_opened_is_read(desks: Desks) -> None:
    desk = desks("qingyang")
    before = unread(desk)
    assert before > 1
    desk.go("/notices/?unread=1")
    assert desk.page.locator("main tbody tr").count() == before
    desk.send("main tbody tr form button")
    assert re.search(r"/(submissions|corrections)/", desk.page.url)
    assert unread(desk) == before - 1


def test_ticked_counties_are_accepted_at_once(desks: Desks) -> None:
    desk = desks("linxia")
    assert on_the_board(desk, "622926") == [1, 0, 1, 0, 0, 0, 0, 0]
    desk.page.check("input[name=place][value='622926']")
    desk.send("button[formaction*='/accept/']")
    assert desk.page.url == f"{desk.address}{BOARD}"
    assert on_the_board(desk, "622926") == [1, 0, 0, 0, 1, 0, 0, 0]
    assert desk.page.locator("button[formaction*='/accept/']").count() == 0


def test_ticked_counties_are_reminded_once_a_day(desks: Desks) -> None:
    desk, clerk = desks("qingyang"), desks("zhenyuan")
    before = unread(clerk)
    for _again in range(2):
        desk.go(BOARD)
        desk.page.check("input[name=place][value='621027']")
        desk.send("form[action*='/remind/'] button:not([formaction])")
    assert unread(clerk) == before + 1
    clerk.go("/notices/?unread=1")
    assert "2018-11" in clerk.one("main tbody tr").inner_text()
