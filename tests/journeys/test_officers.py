"""A prefecture officer walks from the figures down to the line of the file; the next prefecture's may not."""

import re
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.journeys.browsing import Desk, figures
from tests.journeys.conftest import Desks

HOME, COUNTY = "/", "/figures/621027/"
# Each step's link on the page before, from the home figures down to one row.
STEPS = [
    rf"^{COUNTY}",
    r"^/figures/of/training.attendances/\?.*621027",
    r"^/training/ledger/\?.*621027",
    r"^/training/ledger/\d+/",
]


def walked(desk: Desk) -> list[str]:
    """Click from page to page; the paths that were walked, the start page first."""
    desk.go(HOME)
    paths = [HOME]
    for step in STEPS:
        path = desk.link_to(step)
        with desk.page.expect_navigation():
            desk.page.click(f"main a[href='{path}']")
        paths.append(path)
    return paths


@pytest.fixture(scope="module")
def walk(desks: Desks) -> list[str]:
    return walked(desks("qingyang"))


def test_figures_lead_down_to_the_line_of_the_file_and_back(
    walk: list[str], desks: Desks, tmp_path: Path
) -> None:
    desk = desks("qingyang")
    name, told = desk.one("h1").inner_text(), desk.one("main").inner_text()
    for path in reversed(walk[:-1]):
        desk.page.go_back()
        assert desk.page.url == f"{desk.address}{path}"
    # Only the county, whose file it is, can open it: there that line is this person.
    clerk = desks("zhenyuan")
    clerk.go(walk[-1])
    assert clerk.one("main").inner_text().count(name) == told.count(name)
    clerk.go(clerk.link_to(r"^/imports/[0-9a-f-]{36}/"))
    file = clerk.download("a[href$='/file/']", tmp_path)
    assert file.name in told
    line = int(re.findall(r"培训台账\D*(\d+)", told)[-1])
    sheet = CalamineWorkbook.from_path(file).get_sheet_by_name("培训台账")
    row = sheet.to_python(skip_empty_area=False)[line - 1]
    assert row[1] == name


def test_a_figure_is_the_number_of_the_rows_behind_it(walk: list[str], desks: Desks) -> None:
    desk = desks("qingyang")
    desk.go(walk[1])
    tile = figures(desk.one(f".tile:has(a[href='{walk[2]}']) .tile-value").inner_text())[0]
    assert desk.ledger_total(walk[3].removeprefix("/training/ledger/")) == tile


def test_the_next_prefectures_officer_does_not_find_it(walk: list[str], desks: Desks) -> None:
    assert [desks("linxia").status(path) for path in walk[1:]] == [404, 404, 404, 404]
    assert "镇原" not in desks("linxia").text_of(HOME)
