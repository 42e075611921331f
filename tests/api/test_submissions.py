"""Months and receipts through the API: the reader's own, by region, month and state; nothing to write."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import Client

from exchange.submissions.codes import shown
from exchange.submissions.sealing import seal
from tests.factories import a_class, a_person, an_account, divisions, enrolled, settled
from tests.factories.submissions import JUNE, a_month

pytestmark = pytest.mark.django_db
MONTHS, RECEIPTS = "/api/v1/submissions/", "/api/v1/receipts/"


@pytest.fixture
def reader(settings: Any, tmp_path: Any) -> Client:
    settings.ANCHORS_FILE = tmp_path / "heads.txt"
    divisions()
    enrolled(a_person(1), a_class())
    settled()
    client = Client()
    client.force_login(an_account("qingyang", "prefecture-officer", "6210"))
    return client


def listed(client: Client, **asked: str) -> list[str]:
    results = client.get(MONTHS, asked).json()["results"]
    return [f"{each['county_code']} {each['month']} {each['state']}" for each in results]


def test_months_are_narrowed_and_scoped(reader: Client) -> None:
    a_month("locked", late_reason="断网")
    a_month("draft", month=datetime.date(2019, 7, 1), due_on=datetime.date(2019, 8, 10))
    a_month("submitted", county="621021")
    a_month("submitted", county="622926")
    assert listed(reader) == [
        "621022 2019-07 draft",
        "621022 2019-06 locked",
        "621021 2019-06 submitted",
    ]
    assert listed(reader, region="621021") == ["621021 2019-06 submitted"]
    assert listed(reader, month="2019-07", region="6210") == ["621022 2019-07 draft"]
    assert listed(reader, state="locked") == ["621022 2019-06 locked"]
    assert len(listed(reader, late="1")) == 2
    assert listed(reader, region="6229") == []
    for wrong in ({"month": "June"}, {"state": "lost"}, {"sort": "id"}):
        assert reader.get(MONTHS, wrong).status_code == 400


def test_a_month_says_where_it_is(reader: Client) -> None:
    month = a_month("returned", round=2, due_on=datetime.date(2019, 7, 10))
    told = reader.get(f"{MONTHS}{month.pk}/").json()
    assert {name: told[name] for name in ("month", "state", "round", "due_on", "is_late")} == {
        "month": "2019-06",
        "state": "returned",
        "round": 2,
        "due_on": "2019-07-10",
        "is_late": True,
    }
    elsewhere = a_month("locked", county="622926")
    assert reader.get(f"{MONTHS}{elsewhere.pk}/").status_code == 404
    assert reader.post(MONTHS, {}, "application/json").status_code == 405


def test_a_receipt_is_found_by_its_code(reader: Client) -> None:
    reviewer = an_account("reviewer", "county-reviewer", "621022")
    receipt = seal(submission=a_month("locked", round=1), by=reviewer)
    for code in (receipt.code, shown(receipt.code), receipt.code.lower()):
        told = reader.get(f"{RECEIPTS}{code}/").json()
        assert (told["code"], told["month"]) == (receipt.code, f"{JUNE:%Y-%m}")
    assert (told["rows"], told["people"], told["link"]) == (1, 1, bytes(receipt.link).hex())
    assert told["figures"] == [
        {
            "measure": "training.attendances",
            "program": "skills",
            "category": "filed-poor",
            "amount": "1.00",
        }
    ]
    assert [each["code"] for each in reader.get(RECEIPTS).json()["results"]] == [receipt.code]
    assert reader.get(RECEIPTS, {"month": "2019-07"}).json()["results"] == []
    wrong = receipt.code[:-1] + ("A" if receipt.code[-1] != "A" else "B")
    assert reader.get(f"{RECEIPTS}{wrong}/").status_code == 404
    other = Client()
    other.force_login(an_account("linxia", "prefecture-officer", "6229"))
    assert other.get(f"{RECEIPTS}{receipt.code}/").status_code == 404
    assert reader.post(f"{RECEIPTS}{receipt.code}/", {}, "application/json").status_code == 405
