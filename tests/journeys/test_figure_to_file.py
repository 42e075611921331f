"""A province officer goes from the board down to a person's line of a file, and back; the next prefecture's may not."""

import re
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page

from tests.journeys.browsing import Desk, figures
from tests.journeys.conftest import Desks

# A year whose rosters of the county are in.
BOARD = "/figures/62/?period=2018"
FIGURE = "/figures/of/training.attendances/"
VILLAGE = re.compile(r"region=(621022\d{6})(?!\d)")


def click(desk: Desk, pattern: str, within: str = "main") -> str:
    """Follow the first link whose path matches; the path it led to."""
    links = desk.page.locator(f"{within} a[href]")
    links.first.wait_for()
    paths = links.evaluate_all("links => links.map(link => link.getAttribute('href'))")
    path = next(path for path in paths if re.search(pattern, path))
    with desk.page.expect_navigation():
        links.nth(paths.index(path)).click()
    return here(desk.page)


def here(page: Page) -> str:
    return str(page.evaluate("location.pathname + location.search"))


def down(desk: Desk) -> list[str]:
    """From the board of the province over places, class and row to the line; what was visited."""
    desk.go(BOARD)
    visited = [here(desk.page)]
    visited.append(click(desk, r"^/figures/6210/"))
    visited.append(click(desk, r"^/figures/621022/"))
    visited.append(click(desk, rf"^{FIGURE}\?.*region=621022(&|$)"))
    visited.append(click(desk, rf"^{FIGURE}\?.*region=621022\d{{3}}(&|$)", "#by-place"))
    visited.append(click(desk, rf"^{FIGURE}\?.*{VILLAGE.pattern}", "#by-place"))
    classes = "[id='panel-training:ledger'] table"
    desk.page.wait_for_selector(classes)
    visited.append(click(desk, r"^/training/classes/\d+/", classes))
    visited.append(click(desk, r"^/training/ledger/\d+/", "table"))
    visited.append(click(desk, r"^/imports/[0-9a-f-]{36}/lines/\d+/\d+/"))
    return visited


@pytest.fixture(scope="module")
def visited(desks: Desks) -> list[str]:
    return down(desks("gansu"))


def test_the_line_is_the_persons_and_its_numbers_are_masked(
    visited: list[str], desks: Desks
) -> None:
    desk = desks("gansu")
    desk.page.wait_for_selector(".panel table.data")
    cells = desk.texts(".panel table.data tbody td:nth-child(3)")
    body = desk.one("main").inner_text()
    assert not re.search(r"\d{17}[\dXx]", body)
    assert re.search(r"\d{6}\*{8}\d{3}[\dX]", body)
    desk.go(visited[-2])
    assert desk.one("h1").inner_text() in cells


def test_links_lead_back_the_same_way_to_the_board(visited: list[str], desks: Desks) -> None:
    desk = desks("gansu")
    desk.go(visited[-1])
    for step in reversed(visited[5:-1]):
        with desk.page.expect_navigation():
            desk.page.click(".way-back a")
        assert here(desk.page).partition("?")[0] == step.partition("?")[0]
    # The village's figure: the levels above it stand over it, and the board beside it.
    assert VILLAGE.search(unquote(here(desk.page)))
    whole = figures(desk.one("#figure-value").inner_text())
    assert whole[0] >= 1
    click(desk, rf"^{FIGURE}\?.*region=62(&|$)", ".crumbs")
    click(desk, r"^/figures/62/\?", ".page-header")
    assert here(desk.page).startswith(BOARD)
    assert figures(desk.one(".tile-value").inner_text())[0] >= whole[0]


def test_the_next_prefectures_officer_finds_none_of_it(visited: list[str], desks: Desks) -> None:
    stranger = desks("linxia")
    assert {path: stranger.status(path) for path in visited} == dict.fromkeys(visited, 404)
    assert desks("gansu").status(visited[-1]) == 200
