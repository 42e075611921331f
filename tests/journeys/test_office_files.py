"""Files as offices keep them, in through the browser: nothing retyped, columns matched, rows mended."""

from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Locator

from tests.journeys import rosters
from tests.journeys.browsing import LONG, Desk, figures
from tests.journeys.conftest import Desks

KEPT = rosters.ROOT / "tests" / "exchange" / "rosters"
FILES = {
    "02-title-two-row-header-total-and-signature.xlsx": ("zhenyuan", 120),
    "06-one-sheet-per-class.xlsx": ("huanxian", 125),
    "13-other-column-names-and-order.xlsx": ("zhenyuan", 90),
}
COUNTED = "dl.counts >> text='='"


def submitted(desk: Desk, file: Path) -> str:
    """Upload a roster of the skills program; the address of the page that follows it."""
    desk.go("/imports/new/")
    desk.page.select_option("#id_program", "skills")
    desk.page.set_input_files("#id_file", file)
    desk.send("main form .btn-primary")
    return desk.page.url


def counts(desk: Desk) -> list[int]:
    """Lines, accepted, held back, not people."""
    desk.page.wait_for_selector(COUNTED, timeout=LONG)
    return figures(" ".join(desk.texts("dl.counts dd")))[:4]


def written(desk: Desk) -> int:
    """Confirm; how many rows the page says were written."""
    desk.page.click("form[action$='/confirm/'] button")
    desk.page.click("#confirm [value=yes]")
    desk.page.wait_for_selector("#stage .notice-success", timeout=LONG)
    return figures(desk.one("#stage .notice-success").inner_text())[0]


@pytest.mark.parametrize("name", FILES)
def test_a_file_goes_from_upload_to_ledger_without_leaving_its_page(
    name: str, desks: Desks
) -> None:
    username, people = FILES[name]
    desk = desks(username)
    page = submitted(desk, KEPT / name)
    lines, accepted, held, not_people = counts(desk)
    assert (lines, accepted, held) == (people + not_people, people, 0)
    assert (written(desk), desk.page.url) == (people, page)


def in_own_words(folder: Path) -> Path:
    """A sound roster whose office calls the name, the number and the class otherwise."""
    file = rosters.small(folder, rosters.HUANXIAN, born=1977)
    book = load_workbook(file)
    own = {"姓名": "学员", "身份证号码": "证号", "班级编号": "丙"}
    for cell in book.active[1]:
        cell.value = own.get(cell.value, cell.value)
    book.save(file)
    return file


def row_of(desk: Desk, heading: str) -> Locator:
    headings = desk.page.locator("th", has_text=heading)
    return desk.page.locator("tr[data-heading]").filter(has=headings)


def test_unknown_headings_are_matched_by_drag_by_list_and_for_all_rows(
    desks: Desks, tmp_path: Path
) -> None:
    desk = desks("huanxian")
    submitted(desk, in_own_words(tmp_path))
    desk.page.wait_for_selector("[data-layout]", timeout=LONG)
    heading = row_of(desk, "学员")
    heading.locator("th").drag_to(desk.one("[data-column=name]"))
    assert heading.locator("select").input_value() == "name"
    row_of(desk, "证号").locator("select").select_option("id_number")
    assert desk.send("form[data-matching] .btn-primary") == 422
    desk.page.fill("input[name$='-given-class_code']", "2019-1")
    assert desk.send("form[data-matching] .btn-primary") == 200
    assert counts(desk)[1:3] == [12, 0]


def with_a_wrong_day(folder: Path) -> Path:
    file = rosters.small(folder, rosters.HUANXIAN, born=1978)
    book = load_workbook(file)
    place = rosters.TITLES.index("开班时间") + 2
    for line in (3, 5):
        book.active.cell(line, place).value = "2019-02-30"
    book.save(file)
    return file


def test_held_rows_are_mended_in_place_and_written(desks: Desks, tmp_path: Path) -> None:
    desk = desks("huanxian")
    submitted(desk, with_a_wrong_day(tmp_path))
    assert counts(desk)[1:3] == [10, 2]
    rows = desk.page.locator("tr[data-row]")
    for row in (0, 1):
        rows.nth(row).locator("[name=start_date]").fill("2019-06-24")
        desk.page.keyboard.press("Enter")
        desk.page.wait_for_selector(f"tr[data-row=mended] >> nth={row}", timeout=LONG)
        if row == 0:
            focused = "field => document.activeElement === field"
            assert rows.nth(1).locator("[name=start_date]").evaluate(focused)
    assert desk.page.locator("form[action$='/confirm/']").count() == 0
    desk.send(".mends button")
    desk.page.wait_for_selector("form[action$='/confirm/']", timeout=LONG)
    assert (counts(desk)[1:3], written(desk)) == ([12, 0], 12)
