"""Bad input: one sentence, what is good goes on, nothing is stored that was refused."""

from pathlib import Path

import pytest
from django.utils import translation

from exchange.files import FileRefused
from tests.journeys import rosters
from tests.journeys.browsing import LONG, Desk, figures
from tests.journeys.conftest import Desks

TOO_LARGE = (30 << 20) + 1
REFUSED = {
    "text.xlsx": b"This is a letter and no table.\n" * 9,
    "empty.xlsx": b"",
    "large.xlsx": b"PK\x03\x04" + bytes(TOO_LARGE - 4),
}
REASONS = {"text.xlsx": "not-a-spreadsheet", "empty.xlsx": "empty", "large.xlsx": "too-large"}
LOCKED = "Too many wrong passwords: sign-in is locked for 30 minutes."


def submitted(desk: Desk, file: Path) -> int:
    desk.go("/imports/new/")
    desk.page.select_option("#id_program", "skills")
    desk.page.set_input_files("#id_file", file)
    return desk.send("main form .btn-primary")


def judged(desk: Desk, file: Path) -> list[int]:
    """Bring a file in as far as its preview: lines, accepted, held back, not people."""
    submitted(desk, file)
    desk.page.wait_for_selector("dl.counts >> text='='", timeout=LONG)
    return figures(" ".join(desk.texts("dl.counts dd")))[:4]


def test_sign_in_is_locked_after_five_wrong_passwords_for_whomever(desks: Desks) -> None:
    answers = {}
    for username in ("pingwei", "niemand"):
        desk = desks("")
        answers[username] = [desk.try_to_log_in(username, "wrong") for _time in range(5)]
        answers[username].append(desk.one("h1").inner_text())
    assert answers["pingwei"] == answers["niemand"]
    with translation.override("zh-hans"):
        assert answers["pingwei"] == [422, 422, 422, 422, 429, translation.gettext(LOCKED)]


def test_the_right_password_does_not_open_what_is_locked(desks: Desks, demo: object) -> None:
    password = demo.passwords["pingwei"]  # type: ignore[attr-defined]
    assert desks("").try_to_log_in("pingwei", password) == 429


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_no_roster_is_refused_in_one_sentence(
    name: str, desks: Desks, tmp_path: Path
) -> None:
    desk = desks("dongxiang")
    (tmp_path / name).write_bytes(REFUSED[name])
    before = desk.ledger_total()
    assert submitted(desk, tmp_path / name) == 422
    said = desk.texts("main .error p")
    with translation.override("zh-hans"):
        assert said == [str(FileRefused(REASONS[name], megabytes=30))]
    assert desk.ledger_total() == before


def test_wrong_rows_are_held_with_their_reasons_and_the_rest_goes_on(
    desks: Desks, tmp_path: Path
) -> None:
    file, held = rosters.wrong(tmp_path)
    desk = desks("huanxian")
    before = desk.ledger_total()
    lines, accepted, held_back, _not_people = judged(desk, file)
    assert (lines, accepted, held_back) == (101, 75, 25)
    rows = "tr:has(dl.facts)"
    assert [int(line) for line in desk.texts(f"{rows} td.number")] == held
    assert all(desk.texts(f"{rows} td:last-child"))
    desk.page.click("form[action$='/confirm/'] button")
    desk.page.click("#confirm [value=yes]")
    desk.page.wait_for_selector("#stage .notice-success", timeout=LONG)
    assert desk.ledger_total() == before + 75


def test_the_same_file_again_adds_nothing(desks: Desks, tmp_path: Path) -> None:
    file, _held = rosters.wrong(tmp_path)
    desk = desks("huanxian")
    before = desk.ledger_total()
    lines, accepted, held_back, _not_people = judged(desk, file)
    assert (lines, accepted, held_back) == (101, 0, 100)
    assert desk.page.locator("form[action$='/confirm/']").count() == 0
    assert desk.ledger_total() == before
