"""The main job: a county's roster in through the browser, its ledger out, and the official tables of three levels."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.journeys import rosters
from tests.journeys.browsing import LONG, Desk, figures
from tests.journeys.conftest import Desks

OF_2019 = "?region=621022&year=2019"
OFFICES = {"621022": "huanxian", "6210": "qingyang", "62": "gansu"}
ABOVE = ("training-monthly", "quota-by-place")
MADE = {
    "621022": ("ledger", "training-monthly", "quota-execution"),
    "6210": ABOVE,
    "62": ABOVE,
}
Sheets = dict[str, list[list[object]]]


@dataclass
class Brought:
    """What the clerk of 环县 saw while the roster came in."""

    roster: Path
    size: int
    page: str = ""
    before: int = 0
    before_2019: int = 0
    after: int = 0
    counts: list[int] = field(default_factory=list)


def upload(desk: Desk, roster: Path) -> None:
    """From the start page to the page that follows the import."""
    desk.go("/")
    desk.page.click("a[href='/imports/new/']")
    desk.page.select_option("#id_program", "skills")
    desk.page.set_input_files("#id_file", roster)
    desk.send("main form .btn-primary")


def confirm(desk: Desk) -> None:
    desk.page.click("form[action$='/confirm/'] button")
    desk.page.click("#confirm [value=yes]")
    desk.page.wait_for_selector("#stage progress")
    desk.page.wait_for_selector("#stage .notice-success", timeout=LONG)


@pytest.fixture(scope="module")
def brought(desks: Desks, tmp_path_factory: pytest.TempPathFactory) -> Brought:
    seen = Brought(*rosters.big(tmp_path_factory.mktemp("roster")))
    desk = desks("huanxian")
    seen.before, seen.before_2019 = desk.ledger_total(), desk.ledger_total(OF_2019)
    upload(desk, seen.roster)
    seen.page = desk.page.url.removeprefix(desk.address)
    desk.page.wait_for_selector("#stage progress")
    desk.page.wait_for_selector("form[action$='/confirm/']", timeout=LONG)
    seen.counts = figures(" ".join(desk.texts("dl.counts dd")))
    confirm(desk)
    seen.after = desk.ledger_total()
    return seen


def made(desk: Desk, report: str, region: str, folder: Path) -> tuple[str, Path]:
    """Ask for a report of December 2019 on the page; its page and the file."""
    desk.go("/reports/")
    desk.page.click("a[href='/reports/new/']")
    asked = {"report": report, "region": region, "year": "2019", "part": "-12"}
    for name, value in asked.items():
        desk.page.select_option(f"#id_{name}", value)
    desk.send("main form .btn-primary")
    if (report, region) == ("ledger", "621022"):
        desk.page.wait_for_selector("#stage progress")
    desk.page.wait_for_selector("a[href$='/file/']", timeout=LONG)
    path = desk.page.url.removeprefix(desk.address)
    return path, desk.download("a[href$='/file/']", folder)


@pytest.fixture(scope="module")
def reports(
    brought: Brought, desks: Desks, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], tuple[str, Sheets]]:
    """The reports of the three levels, by report and region: their pages and their cells."""
    folder = tmp_path_factory.mktemp("reports")
    found = {}
    for region, username in OFFICES.items():
        for report in MADE[region]:
            path, file = made(desks(username), report, region, folder)
            found[report, region] = (path, cells(file))
    return found


def cells(file: Path) -> Sheets:
    book = CalamineWorkbook.from_path(file)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def rows_from(sheet: list[list[object]], heading: str) -> list[list[object]]:
    """The rows beneath the one that begins with `heading`, to the empty one before the foot."""
    start = next(n for n, row in enumerate(sheet) if row[0] == heading) + 1
    end = next((n for n in range(start, len(sheet)) if not any(map(str, sheet[n]))), len(sheet))
    return sheet[start:end]


def test_the_counts_add_up_and_the_ledger_grows_by_the_roster(brought: Brought) -> None:
    lines, accepted, held, not_people = brought.counts
    assert (lines, held) == (accepted + held + not_people, 0)
    assert (accepted, brought.after) == (brought.size, brought.before + brought.size)


def test_the_ledger_report_is_the_roster_cell_by_cell(
    brought: Brought, reports: dict[tuple[str, str], tuple[str, Sheets]]
) -> None:
    came_in = next(iter(cells(brought.roster).values()))
    sheet = reports["ledger", "621022"][1]["培训台账"]
    printed = rows_from(sheet, "序号")
    own = printed[brought.before_2019 :]
    assert [row[1:] for row in own] == [row[1:] for row in came_in[1:]]
    assert [row[0] for row in printed] == list(range(1, brought.before_2019 + brought.size + 1))


def lines_of(
    reports: dict[tuple[str, str], tuple[str, Sheets]], report: str, region: str
) -> dict[object, list[object]]:
    """The figures of an official table by the names of its places, the whole first."""
    (sheet,) = reports[report, region][1].values()
    return {row[0]: row[3:] for row in rows_from(sheet, "甲")}


def test_the_monthly_tables_of_the_three_levels_sum_exactly_to_it(
    brought: Brought, reports: dict[tuple[str, str], tuple[str, Sheets]]
) -> None:
    county, prefecture, province = (
        lines_of(reports, "training-monthly", region) for region in OFFICES
    )
    assert county["合计"][1] == brought.before_2019 + brought.size
    for table in (county, prefecture, province):
        whole, *places = (figures[:17] for figures in table.values())
        # All columns are added up but 人: who was taught in two counties is one of the prefecture.
        sums = [sum(map(float, column)) for column in zip(*places, strict=True)]
        assert (whole[:2], whole[3:]) == (sums[:2], sums[3:])
        assert sum(whole[3:]) == whole[1]
    assert prefecture["环县"][:17] == county["合计"][:17]
    assert province["庆阳市"][:17] == prefecture["合计"][:17]


def test_the_quota_tables_of_the_three_levels_sum_exactly_to_it(
    brought: Brought, reports: dict[tuple[str, str], tuple[str, Sheets]]
) -> None:
    (sheet,) = reports["quota-execution", "621022"][1].values()
    planned, apart, done = rows_from(sheet, "甲")[0][4:7]
    assert done == brought.before_2019 + brought.size
    prefecture, province = (
        lines_of(reports, "quota-by-place", region) for region in ("6210", "62")
    )
    assert prefecture["环县"][:2] == [planned, apart]
    assert province["庆阳市"][:5] == prefecture["合计"][:5]
    for table in (prefecture, province):
        whole, *places = table.values()
        assert sum(float(row[2]) for row in places) == whole[2]


@dataclass
class Traces:
    """Where the roster left something: addresses of pages and of the API."""

    row: str
    taught: str
    person: str
    pages: list[str]


def traces(desk: Desk, brought: Brought, reports: list[str]) -> Traces:
    desk.go(f"/training/ledger/{OF_2019}")
    row, taught = desk.link_to(r"/ledger/\d+/"), desk.link_to(r"/classes/\d+/")
    desk.go(row)
    person = desk.link_to(r"/people/\d+/")
    in_api = [
        brought.page.replace("/imports/", "/api/v1/imports/"),
        *(path.replace("/reports/", "/api/v1/reports/") for path in reports),
        row.replace("/training/ledger/", "/api/v1/enrollments/"),
        taught.replace("/training/", "/api/v1/"),
        person.replace("/talent/people/", "/api/v1/persons/"),
        f"/api/v1/enrollments/{OF_2019}",
    ]
    inside = ["progress/", "held/", "file/"]
    files = [f"{path}{part}" for path in reports for part in ("progress/", "file/")]
    boards = ["/figures/621022/", "/figures/621022/parts/months/", "/figures/621022/late/"]
    lists = [f"/training/ledger/{OF_2019}", *boards]
    pages = [brought.page, *(brought.page + part for part in inside), *reports, *files, *lists]
    return Traces(row, taught, person, [*pages, row, taught, person, *in_api])


def test_the_next_countys_clerk_sees_none_of_it(
    brought: Brought, reports: dict[tuple[str, str], tuple[str, Sheets]], desks: Desks
) -> None:
    ours, theirs = desks("huanxian"), desks("zhenyuan")
    own = [path for (_report, region), (path, _cells) in reports.items() if region == "621022"]
    left = traces(ours, brought, own)
    # Asking how far a job is ends with 286.
    assert {
        path: ours.status(path) for path in left.pages if ours.status(path) not in (200, 286)
    } == {}
    pages = [*left.pages, *(path for path, _cells in reports.values())]
    assert {path: theirs.status(path) for path in pages if theirs.status(path) != 404} == {}
    doors = [f"{brought.page}confirm/", f"{brought.page}stop/", f"{left.row}number/"]
    assert [theirs.posted(path) for path in doors] == [404, 404, 404]


def test_it_stands_in_none_of_the_next_countys_lists(
    brought: Brought, reports: dict[tuple[str, str], tuple[str, Sheets]], desks: Desks
) -> None:
    left = traces(desks("huanxian"), brought, [])
    pages = ["/", "/imports/", "/reports/", "/training/ledger/?year=2019", "/training/classes/"]
    in_api = ["imports", "reports", "enrollments", "classes", "persons", "quotas"]
    lists = [*pages, "/talent/people/", *(f"/api/v1/{what}/" for what in in_api)]
    signs = [brought.page.split("/")[2], brought.roster.name, left.row, left.taught, "环县"]
    seen = {path: desks("zhenyuan").text_of(path) for path in lists}
    assert {path: sign for path, text in seen.items() for sign in signs if sign in text} == {}
