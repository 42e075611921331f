"""The board and the to-do page: what is where, late ones, and acts upon many at once."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.models import AuditEntry, User
from exchange.models import Correction, Notice, Reminder, Submission
from exchange.submissions import books
from tests.factories import an_account, divisions
from tests.factories.books import JUNE, a_book, a_submission

pytestmark = pytest.mark.django_db

HUAN, QING, DONGXIANG = "621022", "621021", "622926"
MAY = datetime.date(2019, 5, 1)


@pytest.fixture(autouse=True)
def places(monkeypatch: pytest.MonkeyPatch) -> None:
    divisions()
    monkeypatch.setattr(books, "_books", {"double": a_book()})


def signed_in(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def officer(region: str = "6210") -> User:
    role = "prefecture-officer" if len(region) == 4 else "province-officer"
    return an_account(f"officer{region}", role, region)


BOARD, REMIND = "/submissions/board/", "/submissions/board/remind/"
DUE = datetime.date(2019, 7, 10)


def shown(client: Client, **query: str) -> list[tuple[str, list[int]]]:
    """Each place with its numbers: expected, the states in their order, late."""
    places = client.get(BOARD, query).context["places"]
    return [(str(p["name"]), [cell["number"] for cell in p["cells"]]) for p in places]


def test_places_are_counted_by_state_and_lateness() -> None:
    a_submission(HUAN, JUNE, state="draft", round=0, due_on=DUE)
    a_submission(QING, JUNE, state="accepted", late_reason="断网", due_on=DUE)
    a_submission(DONGXIANG, JUNE, state="returned")
    a_submission(DONGXIANG, MAY, state="locked")
    province = signed_in(officer("62"))
    assert shown(province) == [
        ("庆阳市", [2, 1, 0, 0, 1, 0, 0, 2]),
        ("临夏回族自治州", [1, 0, 0, 1, 0, 0, 0, 0]),
    ]
    assert shown(province, region="6210", month="2019-06") == [
        ("庆城县", [1, 0, 0, 0, 1, 0, 0, 1]),
        ("环县", [1, 1, 0, 0, 0, 0, 0, 1]),
    ]
    assert shown(province, month="2019-05") == [("临夏回族自治州", [1, 0, 0, 0, 0, 1, 0, 0])]
    assert shown(province, month="May") == []
    assert shown(signed_in(officer("6229")), month="2019-06") == [
        ("东乡族自治县", [1, 0, 0, 1, 0, 0, 0, 0])
    ]


def test_every_number_leads_to_a_list_of_so_many() -> None:
    a_submission(HUAN, JUNE, state="draft", round=0, due_on=DUE)
    a_submission(QING, JUNE, state="accepted", late_reason="断网", due_on=DUE)
    a_submission("621021", MAY, state="accepted", due_on=DUE)
    client = signed_in(officer())
    for month in ("2019-06", "2019-05"):
        _numbers_lead_to_lists(client, month)


def _numbers_lead_to_lists(client: Client, month: str) -> None:
    for place in client.get(BOARD, {"month": month}).context["places"]:
        for cell in place["cells"]:
            page = client.get(cell["url"]).context
            assert page["filters"].errors == {}
            assert (cell["url"], len(page["rows"])) == (cell["url"], cell["number"])


def test_the_counties_of_ticked_places_are_reminded_once_a_day() -> None:
    clerk = an_account("clerk", "county-clerk", HUAN)
    missing = a_submission(HUAN, JUNE, state="draft", round=0, due_on=DUE)
    a_submission(QING, JUNE, state="submitted")
    a_submission(DONGXIANG, JUNE, state="draft", round=0)
    a_submission(HUAN, MAY, state="draft", round=0)
    client = signed_in(officer())
    for _again in range(2):
        answer = client.post(
            f"{REMIND}?month=2019-06", {"place": [HUAN, QING, DONGXIANG, "62", ""]}
        )
        assert (answer.status_code, answer["Location"]) == (302, f"{BOARD}?month=2019-06")
    reminder = Reminder.objects.get()
    assert reminder.submission == missing
    assert reminder.rung == f"asked-{timezone.localdate():%Y%m%d}"
    notice = Notice.objects.get()
    assert (notice.recipient, notice.params["who"]) == (clerk, "officer6210")
    entry = AuditEntry.objects.get(verb="exchange.month.reminded")
    assert entry.changes == {"counties": 1}


@pytest.mark.parametrize("place", [[], [""], ["x"], ["9" * 40]])
def test_what_is_no_place_reminds_nobody(place: list[str]) -> None:
    a_submission(HUAN, JUNE, state="draft", round=0, due_on=DUE)
    answer = signed_in(officer()).post(REMIND, {"place": place})
    assert (answer.status_code, Reminder.objects.count()) == (302, 0)


def test_a_county_reminds_nobody() -> None:
    a_submission(HUAN, JUNE, state="draft", round=0, due_on=DUE)
    reviewer = signed_in(an_account("reviewer", "county-reviewer", HUAN))
    assert reviewer.post(REMIND, {"place": [HUAN]}).status_code == 403
    assert Reminder.objects.count() == 0


def items(client: Client, panel: str) -> list[tuple[str, Any]]:
    found = client.get(f"/todo/panels/{panel}/").context["items"]
    return [(str(item["text"]), item.get("count")) for item in found]


def test_each_finds_on_the_to_do_page_what_waits_for_them() -> None:
    reviewer = an_account("reviewer", "county-reviewer", HUAN)
    due = datetime.date(2019, 7, 10)
    a_submission(HUAN, JUNE, state="draft", round=0, due_on=due)
    returned = a_submission(HUAN, MAY, state="returned")
    returned.notes.create(round=1, chapter="row", row_key=1, text="日期不对", by=officer())
    a_submission(QING, JUNE, state="submitted")
    a_submission(QING, MAY, state="accepted")
    county = signed_in(reviewer)
    page = county.get("/todo/")
    assert {"months", "mending"} <= {panel["key"] for panel in page.context["panels"]}
    assert [count for _text, count in items(county, "months")] == [None, None]
    assert items(county, "mending") == [("1 note wants an answer", None)]
    prefecture = signed_in(User.objects.get(username="officer6210"))
    assert [count for _text, count in items(prefecture, "months")] == [1]
    assert [count for _text, count in items(signed_in(officer("62")), "months")] == [1]


def test_corrections_wait_for_who_may_decide_on_them() -> None:
    clerk = an_account("clerk", "county-clerk", HUAN)
    month = a_submission(HUAN, JUNE, state="locked")
    Correction.objects.create(
        submission=month,
        county_code=HUAN,
        kind="withdraw",
        chapter="row",
        row_key=1,
        row_version=1,
        evidence_size=1,
        asked_by=clerk,
    )
    prefecture = signed_in(officer())
    assert items(prefecture, "months") == [("Corrections to decide", 1)]
    (item,) = prefecture.get("/todo/panels/months/").context["items"]
    assert len(prefecture.get(item["url"]).context["rows"]) == 1
    assert items(signed_in(officer("62")), "months") == []
    assert items(signed_in(officer("6229")), "months") == []
    assert items(signed_in(clerk), "months") == []


def test_who_has_nothing_to_do_is_told_so() -> None:
    page = signed_in(an_account("nobody")).get("/todo/")
    assert page.context["panels"] == []
    assert "Nothing waits for you" in page.content.decode()


ACCEPT, LOCK = "/submissions/board/accept/", "/submissions/board/lock/"


def states() -> dict[str, str]:
    return dict(Submission.objects.values_list("county_code", "state"))


def test_ticked_places_are_accepted_as_the_board_showed_them() -> None:
    reviewer = an_account("reviewer", "county-reviewer", HUAN)
    a_submission(HUAN, JUNE, by=reviewer, due_on=DUE)
    client = signed_in(officer())
    page = client.get(BOARD).context
    assert page["steps"] == {"accept": True, "lock": False}
    again = a_submission(QING, JUNE, by=reviewer, due_on=DUE)
    Submission.objects.filter(pk=again.pk).update(submitted_at=timezone.now())
    ticked = {"place": [HUAN, QING, DONGXIANG], "shown_at": page["shown_at"]}
    answer = client.post(f"{ACCEPT}?month=2019-06", ticked, follow=True)
    assert answer.redirect_chain == [(f"{BOARD}?month=2019-06", 302)]
    said = [str(message) for message in answer.context["messages"]]
    assert said == [
        "1 month is done.",
        "1 month of the ticked places was left as it is.",
    ]
    assert states() == {HUAN: "accepted", QING: "submitted"}
    nothing = client.post(f"{ACCEPT}?month=2019-06", {"place": [HUAN]}, follow=True)
    assert [str(message) for message in nothing.context["messages"]] == [
        "No month of the ticked places waits for this step."
    ]
    assert client.post(LOCK, ticked).status_code == 403
    province = signed_in(officer("62"))
    late = {"place": ["6210"], "shown_at": timezone.now().isoformat()}
    province.post(LOCK, late)
    assert states() == {HUAN: "locked", QING: "submitted"}


@pytest.mark.parametrize("shown_at", ["", "soon", "2019-07-10T08:00:00", "2001-01-01T00:00:00Z"])
def test_a_page_that_does_not_say_when_it_was_made_accepts_nothing(shown_at: str) -> None:
    a_submission(HUAN, JUNE, due_on=DUE, by=an_account("reviewer", "county-reviewer", HUAN))
    signed_in(officer()).post(ACCEPT, {"place": [HUAN], "shown_at": shown_at})
    assert states() == {HUAN: "submitted"}


def test_the_province_accepts_on_the_board_only_what_lies_straight_under_it() -> None:
    reviewer = an_account("reviewer", "county-reviewer", HUAN)
    a_submission(HUAN, JUNE, by=reviewer, due_on=DUE)
    province = signed_in(officer("62"))
    assert province.get(BOARD).context["steps"] == {"accept": False, "lock": False}
    province.post(ACCEPT, {"place": ["6210"], "shown_at": timezone.now().isoformat()})
    assert states() == {HUAN: "submitted"}


def home_panel(client: Client, key: str, region: str) -> Any:
    panels = {p["key"]: p["url"] for p in client.get("/").context["first_panels"]}
    assert f"region={region}" in panels[key]
    return client.get(panels[key])


def test_the_county_s_start_page_shows_its_months() -> None:
    due = datetime.date(2019, 7, 10)
    a_submission(HUAN, JUNE, state="draft", round=0, due_on=due)
    returned = a_submission(HUAN, MAY, state="returned")
    returned.notes.create(round=1, chapter="row", row_key=1, text="日期不对", by=officer())
    a_submission(HUAN, datetime.date(2019, 4, 1), state="accepted")
    a_submission(QING, JUNE, state="returned")
    clerk = signed_in(an_account("clerk", "county-clerk", HUAN))
    page = home_panel(clerk, "due", HUAN)
    found = page.context["items"]
    assert [(str(i["text"]), str(i.get("label", ""))) for i in found] == [
        ("环县, 5/2019", "returned"),
        ("环县, 6/2019", "being filled in"),
        ("1 note wants an answer", ""),
        ("Months to be locked", ""),
    ]
    assert [i["tone"] for i in found[:2]] == ["warning", "danger"]
    assert "due on 2019-07-10" in page.content.decode()
    lists = [clerk.get(i["url"]).context["rows"] for i in found[2:]]
    assert [[str(row["submission"]) for row in rows] for rows in lists] == [
        ["621022 2019-05"],
        ["621022 2019-04"],
    ]


def test_a_panel_of_a_region_elsewhere_shows_nothing_of_it() -> None:
    a_submission(QING, JUNE, state="returned")
    clerk = signed_in(an_account("clerk", "county-clerk", HUAN))
    for region in (QING, "62", "", "x"):
        found = clerk.get("/panels/due/", {"region": region})
        assert (found.status_code, found.context["items"]) == (200, [])
    assert signed_in(officer()).get("/panels/due/").status_code == 403
    assert clerk.get("/panels/board/").status_code == 403


def test_the_officer_s_start_page_shows_a_short_board() -> None:
    a_submission(HUAN, JUNE, state="draft", round=0, due_on=DUE)
    a_submission(QING, JUNE, state="accepted", due_on=DUE)
    a_submission(DONGXIANG, JUNE, state="locked", due_on=DUE)
    client = signed_in(officer())
    page = home_panel(client, "board", "6210")
    assert "6/2019: 1 of 2 counties have submitted." in page.content.decode()
    found = page.context["items"]
    assert [(str(i["label"]), i["count"]) for i in found] == [
        ("being filled in", 1),
        ("accepted", 1),
        ("Late", 1),
    ]
    for item in found:
        assert len(client.get(item["url"]).context["rows"]) == item["count"]
    assert shown(client) == [
        (str(p["name"]), [c["number"] for c in p["cells"]])
        for p in client.get(page.context["board_url"]).context["places"]
    ]


def test_the_short_board_says_when_no_month_is_expected() -> None:
    assert "No month is expected yet" in signed_in(officer()).get("/panels/board/").content.decode()
