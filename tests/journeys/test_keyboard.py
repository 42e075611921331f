"""Without a mouse, and in both languages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys import rosters
from tests.journeys.browsing import LONG, SCREEN, Desk, figures
from tests.journeys.running import Demo

AT_MOST = 60


def tab_to(desk: Desk, selector: str) -> None:
    """Press Tab until that field, link or button has the focus."""
    focused = "selector => document.activeElement.matches(selector)"
    for _time in range(AT_MOST):
        if desk.page.evaluate(focused, selector):
            return
        desk.page.keyboard.press("Tab")
    pytest.fail(f"{selector} cannot be reached by Tab on {desk.page.url}")


def enter(desk: Desk, selector: str) -> None:
    """Go to a link or a button by Tab and press it by Enter."""
    tab_to(desk, selector)
    with desk.page.expect_navigation():
        desk.page.keyboard.press("Enter")


@pytest.fixture
def desk(chromium: Browser, demo: Demo) -> Iterator[Desk]:
    """The desk of 镇原县, at which nobody has signed in yet."""
    context = chromium.new_context(viewport=SCREEN, locale="zh-CN")
    made = Desk(context, demo.address)
    yield made
    context.close()
    assert made.faults == []


def sign_in(desk: Desk, password: str) -> None:
    desk.go("/login/")
    tab_to(desk, "#id_username")
    desk.page.keyboard.type("zhenyuan")
    tab_to(desk, "#id_password")
    desk.page.keyboard.type(password)
    enter(desk, "main form button")


def choose_and_upload(desk: Desk, roster: Path) -> None:
    tab_to(desk, "#id_program")
    desk.page.keyboard.press("ArrowDown")
    tab_to(desk, "#id_file")
    with desk.page.expect_file_chooser() as asked:
        desk.page.keyboard.press("Space")  # by Enter Chromium opens it only now and then
    asked.value.set_files(roster)
    enter(desk, "main form .btn-primary")


def test_a_roster_comes_in_by_the_keyboard_alone(desk: Desk, demo: Demo, tmp_path: Path) -> None:
    sign_in(desk, demo.passwords["zhenyuan"])
    enter(desk, "a[href='/imports/new/']")
    choose_and_upload(desk, rosters.small(tmp_path, rosters.ZHENYUAN))
    desk.page.wait_for_selector("form[action$='/confirm/']", timeout=LONG)
    tab_to(desk, "form[action$='/confirm/'] button")
    desk.page.keyboard.press("Enter")
    tab_to(desk, "#confirm [value=yes]")
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_selector("#stage .notice-success", timeout=LONG)
    assert figures(desk.one("#stage .notice-success").inner_text()) == [12]


def test_the_language_is_switched_there_and_back_by_the_keyboard(desk: Desk, demo: Demo) -> None:
    sign_in(desk, demo.passwords["zhenyuan"])
    desk.go("/training/ledger/?year=2019")
    shown = [desk.page.url, desk.one("h1").inner_text()]
    for language, heading in (("en", "Training ledger"), ("zh-hans", "培训台账")):
        enter(desk, f"button[value={language}]")
        shown += [desk.page.url, desk.one("h1").inner_text()]
        assert desk.page.get_attribute("html", "lang") == language
        assert desk.one("h1").inner_text() == heading
    assert shown[:2] == shown[4:]
    assert desk.languages == {"zh-hans", "en"}
