"""The database or Redis goes away while somebody works: a sentence, nothing lost, and on it goes."""

from pathlib import Path

from portal.keeper import wait_for

from tests.journeys import rosters
from tests.journeys.browsing import LONG, Desk
from tests.journeys.conftest import Desks
from tests.journeys.running import Away, Demo

ASKED = {"report": "quota-execution", "region": "621027", "year": "2020", "part": "-06"}


def ask_for_report(desk: Desk) -> None:
    desk.go("/reports/new/")
    for name, value in ASKED.items():
        desk.page.select_option(f"#id_{name}", value)


def all_well(desk: Desk) -> bool:
    return desk.status("/healthz") == 200


def test_what_was_typed_survives_the_database(desks: Desks, demo: Demo) -> None:
    desk = desks("zhenyuan")
    ask_for_report(desk)
    with Away(demo, "postgres"):
        assert desk.send("main form .btn-primary") == 503
        assert desk.status("/training/ledger/") == 503
        kept = {name: desk.page.input_value(f"textarea[name={name}]") for name in ASKED}
    assert kept == ASKED
    assert wait_for(lambda: all_well(desk), 60)
    assert desk.send("main form .btn-primary") == 200
    desk.page.wait_for_selector("a[href$='/file/']", timeout=LONG)


def test_an_upload_is_taken_without_redis_and_done_when_it_is_back(
    desks: Desks, demo: Demo, tmp_path: Path
) -> None:
    desk = desks("zhenyuan")
    desk.go("/imports/new/")
    desk.page.select_option("#id_program", "skills")
    desk.page.set_input_files("#id_file", rosters.small(tmp_path, rosters.ZHENYUAN, born=1985))
    with Away(demo, "redis"):
        assert desk.send("main form .btn-primary") == 200
        assert desk.page.locator("#stage progress").count() == 1
    desk.page.wait_for_selector("form[action$='/confirm/']", timeout=LONG)
    assert wait_for(lambda: all_well(desk), 60)
