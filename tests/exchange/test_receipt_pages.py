"""Receipts on pages: found by the code on a paper, compared, superseded, verified."""

import datetime
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.models import AuditEntry, User
from exchange import measures
from exchange.models import Receipt, SealFinding
from exchange.submissions import books, qr
from exchange.submissions.codes import shown
from exchange.submissions.sealing import seal
from exchange.submissions.verifying import verify
from tests.factories import a_class, a_person, an_account, divisions, enrolled, settled
from tests.factories.books import JUNE, a_book, a_submission
from training.models import Enrollment

pytestmark = pytest.mark.django_db
HUAN = "621022"
LIST, VERIFIED = "/receipts/", "/receipts/verification/"


@pytest.fixture(autouse=True)
def anchors(settings: Any, tmp_path: Any) -> None:
    settings.ANCHORS_FILE = tmp_path / "heads.txt"


@pytest.fixture
def reviewer() -> User:
    divisions()
    return an_account("reviewer", "county-reviewer", HUAN)


@pytest.fixture
def receipt(monkeypatch: pytest.MonkeyPatch, reviewer: User) -> Receipt:
    monkeypatch.setattr(books, "_books", {"double": a_book()})
    attended = a_class(HUAN, start_date=JUNE.replace(day=4))
    for order in (1, 2):
        enrolled(a_person(order), attended)
    settled()
    return seal(submission=a_submission(HUAN, JUNE, by=reviewer), by=reviewer)


def signed_in(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def test_a_code_leads_to_its_receipt_however_it_is_typed(receipt: Receipt, reviewer: User) -> None:
    client = signed_in(reviewer)
    own = reverse("exchange:receipt", args=[receipt.code])
    for typed in (shown(receipt.code), receipt.code.lower(), f"http://portal.example{own}"):
        answer = client.get(LIST, {"code": typed})
        assert (answer.status_code, answer["Location"]) == (302, own)
    page = client.get(own)
    assert page.context["code"] == shown(receipt.code)
    figures = [[cell["value"] for cell in row["cells"]] for row in page.context["figures"]]
    label = measures.measure_of("training.attendances").label
    attendances = [row for row in figures if row[0] == label]
    assert [(row[1], row[3]) for row in attendances] == [("skills", 2)]


def test_a_wrong_code_is_told_from_one_that_is_not_there(receipt: Receipt, reviewer: User) -> None:
    client = signed_in(reviewer)
    wrong = ("1" if receipt.code[0] == "0" else "0") + receipt.code[1:]
    assert (
        "one of its 16 characters is wrong" in client.get(LIST, {"code": wrong}).context["trouble"]
    )
    stranger = an_account("stranger", "county-reviewer", "621021")
    page = signed_in(stranger).get(LIST, {"code": receipt.code})
    assert "No receipt of your region has this code" in page.context["trouble"]
    assert signed_in(stranger).get(f"/receipts/{receipt.code}/").status_code == 404


def test_the_list_narrows_by_region_and_month(receipt: Receipt, reviewer: User) -> None:
    officer = signed_in(an_account("officer", "province-officer", "62"))
    counted = [
        len(officer.get(LIST, query).context["rows"])
        for query in (
            {},
            {"region": "6210", "month": "2019-06"},
            {"region": "6229"},
            {"month": "2019-07"},
            {"month": "June"},
        )
    ]
    assert counted == [1, 1, 0, 0, 0]


def test_a_paper_agrees_or_differs(receipt: Receipt, reviewer: User) -> None:
    client, own = signed_in(reviewer), f"/receipts/{receipt.code}/"
    told = [
        client.post(own, {"rows": rows, "people": people}).context["verdict"].agrees
        for rows, people in ((2, 2), (2, 1), (3, 2))
    ]
    assert told == [True, False, False]
    assert client.post(own, {"rows": "", "people": "2"}).status_code == 422
    entries = AuditEntry.objects.filter(verb="exchange.receipt.checked").order_by("id")
    assert [entry.changes["agrees"] for entry in entries] == [True, False, False]
    text = client.post(own, {"rows": 3, "people": 2}).content.decode()
    assert "it has 3 rows and 2 people, sealed were 2 rows and 2 people" in text


def test_a_month_submitted_again_supersedes_its_receipt(receipt: Receipt, reviewer: User) -> None:
    newer = seal(submission=receipt.submission, by=reviewer)
    client = signed_in(reviewer)
    page = client.get(f"/receipts/{receipt.code}/")
    assert page.context["newer"]["code"] == shown(newer.code)
    assert "this receipt is superseded by" in page.content.decode()
    assert client.get(f"/receipts/{newer.code}/").context["newer"] is None


def test_the_picture_holds_the_address(receipt: Receipt, reviewer: User, settings: Any) -> None:
    settings.PORTAL_URL = "https://portal.example"
    answer = signed_in(reviewer).get(f"/receipts/{receipt.code}/qr.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    address = f"https://portal.example/receipts/{receipt.code}/"
    assert qr.address_of(receipt.code) == address
    matrix = qr.matrix_of(address)
    drawn = {
        (int(y) - qr.QUIET, int(x) - qr.QUIET)
        for x, y in re.findall(r"M(\d+) (\d+)h1v1", answer.content.decode())
    }
    assert drawn == {
        (y, x) for y, row in enumerate(matrix) for x, is_dark in enumerate(row) if is_dark
    }
    settings.PORTAL_URL = ""
    assert qr.address_of(receipt.code) == receipt.code


def test_what_was_found_is_told_to_offices_by_row_and_to_auditors_by_number(
    receipt: Receipt, reviewer: User
) -> None:
    client = signed_in(reviewer)
    assert "Nothing has been verified yet" in client.get(VERIFIED).content.decode()
    verify()
    first = client.get(VERIFIED).content.decode()
    assert ("The anchor file is gone" in first, "is as it was sealed" in first) == (False, True)
    month = datetime.date(2019, 6, 1)
    SealFinding.objects.create(
        verification_id=verify().pk,
        county_code=HUAN,
        month=month,
        kind="row-gone",
        row_key=5,
        sentence="%(place)s %(month)s: row %(row)s was sealed and is gone from the ledger.",
        params={"place": "环县", "month": "2019-06", "row": 5},
    )
    told = "环县 2019-06: row 5 was sealed and is gone from the ledger."
    assert told in client.get(VERIFIED).content.decode()
    auditor = signed_in(an_account("auditor", "audit-administrator", "62"))
    page = auditor.get(VERIFIED).content.decode()
    assert ("row gone" in page, told in page) == (True, False)
    stranger = signed_in(an_account("stranger", "county-reviewer", "621021"))
    assert "row gone" not in stranger.get(VERIFIED).content.decode()
    assert signed_in(an_account("nobody")).get(VERIFIED).status_code == 403
    assert Enrollment.objects.count() == 2
