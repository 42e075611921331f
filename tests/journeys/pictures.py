"""The pictures of the README, taken anew by `bin/test tests/journeys/pictures.py` (no other run does that)."""

import shutil
from pathlib import Path

from portal.places import ROOT

from tests.journeys import rosters
from tests.journeys.browsing import LONG, Desk
from tests.journeys.conftest import Desks
from tests.journeys.palettes import shrink

FOLDER = ROOT / "docs" / "pictures"


def test_pictures(desks: Desks, tmp_path: Path) -> None:
    FOLDER.mkdir(exist_ok=True)
    of_the_county(desks("huanxian"), tmp_path)
    of_the_province(desks("gansu"))
    for picture in FOLDER.glob("*.png"):
        shrink(picture)
    assert max(file.stat().st_size for file in FOLDER.glob("*.png")) < 150_000


def of_the_county(desk: Desk, folder: Path) -> None:
    bring_in(desk, named(rosters.big(folder)[0], folder, "环县2019年培训台账.xlsx"))
    desk.page.click("form[action$='/confirm/'] button")
    desk.page.click("#confirm [value=yes]")
    desk.page.wait_for_selector("#stage .notice-success", timeout=LONG)
    bring_in(desk, named(rosters.wrong(folder)[0], folder, "环县农广校刺绣班花名册.xlsx"))
    take(desk, "preview")
    desk.go("/")
    take(desk, "home")
    desk.go("/training/ledger/?year=2019")
    take(desk, "ledger")


def of_the_province(desk: Desk) -> None:
    desk.go("/figures/62/?period=2019")
    take(desk, "figures")
    desk.go("/programs/quotas/")
    take(desk, "quotas")
    desk.go("/reports/new/?report=training-monthly&region=62&year=2019&part=-12")
    desk.send("main form .btn-primary")
    desk.page.wait_for_selector("a[href$='/file/']", timeout=LONG)
    take(desk, "report")


def named(roster: Path, folder: Path, name: str) -> Path:
    """A copy of a roster as an office would call it."""
    return Path(shutil.copy(roster, folder / name))


def bring_in(desk: Desk, roster: Path) -> None:
    desk.go("/imports/new/")
    desk.page.select_option("#id_program", "skills")
    desk.page.set_input_files("#id_file", roster)
    desk.send("main form .btn-primary")
    desk.page.wait_for_selector("form[action$='/confirm/']", timeout=LONG)


def take(desk: Desk, name: str) -> None:
    desk.page.wait_for_load_state("networkidle")
    desk.page.screenshot(path=FOLDER / f"{name}.png")
