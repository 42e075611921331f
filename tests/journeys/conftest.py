"""The demo and the browser of all journeys, and a desk for whoever needs one."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.browsing import FLAGS, SCREEN, Desk
from tests.journeys.running import Demo

Desks = Callable[..., Desk]


# Of the folder, not of the session: while playwright runs, Django takes this thread for an async one.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    executable = os.environ.get("PORTAL_BROWSER")
    if not executable:
        pytest.skip("No Chromium on this machine (PORTAL_BROWSER names one).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def demo(chromium: Browser) -> Iterator[Demo]:
    running = Demo()
    try:
        running.wait_until_up()
        yield running
    finally:
        left = running.stop()
    assert left == []


@pytest.fixture(scope="module")
def desks(chromium: Browser, demo: Demo) -> Iterator[Desks]:
    """`desks("huanxian")` is that account's desk, signed in; `desks("")` one at which nobody is.

    Whatever is done at them: no error in the console, nothing refused by the content policy,
    no request that leaves this machine, every page in the language that was chosen.
    """
    opened: dict[str, Desk] = {}

    def desk(username: str, **options: Any) -> Desk:
        if username not in opened:
            context = chromium.new_context(viewport=SCREEN, locale="zh-CN", **options)
            opened[username] = Desk(context, demo.address)
            if username:
                opened[username].log_in(username, demo.passwords[username])
        return opened[username]

    yield desk
    seen = {username: (found.faults, found.languages) for username, found in opened.items()}
    for found in opened.values():
        found.context.close()
    assert seen == {username: ([], {"zh-hans"}) for username in opened}


@pytest.fixture
def second_desk(chromium: Browser, demo: Demo) -> Iterator[Desk]:
    """The clerk's desk once more, in a browser of its own."""
    context = chromium.new_context(viewport=SCREEN, locale="zh-CN")
    made = Desk(context, demo.address)
    made.log_in("huanxian", demo.passwords["huanxian"])
    yield made
    context.close()
    assert made.faults == []
