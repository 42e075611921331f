"""The board and the to-do page: what is where, late ones, and acts upon many at once."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.models import AuditEntry, User
from exchange.models import Notice, Reminder
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
    client = signed_in(officer())
    for place in client.get(BOARD).context["places"]:
        for cell in place["cells"]:
            rows = client.get(cell["url"]).context["rows"]
            assert (cell["url"], len(rows)) == (cell["url"], cell["number"])


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


def test_who_has_nothing_to_do_is_told_so() -> None:
    page = signed_in(an_account("nobody")).get("/todo/")
    assert page.context["panels"] == []
    assert "Nothing waits for you" in page.content.decode()
