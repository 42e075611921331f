"""What stands under a report: the receipt it rests on, or that its months are drafts."""

import datetime
import zipfile
from typing import Any

import openpyxl
import pytest
from django.db import transaction
from django.test import Client

from core.models import Region, User
from exchange.models import Receipt, ReportRun, Restatement, Submission
from exchange.periods import Period
from exchange.reports import services
from exchange.reports.basis import DRAFT, Basis, basis_of
from exchange.reports.making import folder
from exchange.submissions import books, qr
from exchange.submissions.codes import shown
from exchange.submissions.sealing import seal
from exchange.workbooks.pictures import MEDIA, png_of
from tests.factories import (
    a_class,
    a_person,
    an_account,
    divisions,
    enrolled,
    settled,
)
from tests.factories.books import JUNE, a_book, a_submission

pytestmark = pytest.mark.django_db
HUAN, QING = "621022", "621021"
JULY = datetime.date(2019, 7, 1)


@pytest.fixture
def reviewer(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> User:
    settings.ANCHORS_FILE = tmp_path / "heads.txt"
    divisions()
    monkeypatch.setattr(books, "_books", {"double": a_book()})
    user = an_account("reviewer", "county-reviewer", HUAN)
    for county, month in ((HUAN, JUNE), (HUAN, JULY), (QING, JUNE)):
        code = f"{month:%Y%m}"
        enrolled(a_person(1), a_class(county, code, start_date=month.replace(day=4)))
    settled()
    return user


def sealed(county: str, month: datetime.date, by: User) -> Receipt:
    with transaction.atomic():
        return seal(submission=a_submission(county, month, by=by), by=by)


def basis(code: str, period: str) -> Basis:
    span = Period.parse(period)
    return basis_of(Region.objects.get(pk=code), span.first_day, span.last_day)


def test_what_is_not_submitted_is_a_draft(reviewer: User) -> None:
    a_submission(HUAN, JUNE, state="draft", round=0)
    found = basis(HUAN, "2019-06")
    assert (found.notes, found.picture) == ([DRAFT], b"")


def test_one_sealed_month_names_its_receipt(reviewer: User) -> None:
    receipt = sealed(HUAN, JUNE, reviewer)
    found = basis(HUAN, "2019-06")
    assert found.notes == [f"本表依据报送回执，回执码：{shown(receipt.code)}。"]
    assert found.picture == png_of(qr.matrix_of(qr.address_of(receipt.code)))


def test_a_month_submitted_again_names_the_newest(reviewer: User) -> None:
    first = sealed(HUAN, JUNE, reviewer)
    second = seal(submission=first.submission, by=reviewer)
    assert basis(HUAN, "2019-06").codes == [second.code]


def test_a_month_that_was_returned_is_a_draft_again(reviewer: User) -> None:
    sealed(HUAN, JUNE, reviewer)
    Submission.objects.update(state="returned")
    assert basis(HUAN, "2019-06").notes == [DRAFT]


def test_several_months_are_counted(reviewer: User) -> None:
    receipts = [sealed(HUAN, JUNE, reviewer), sealed(QING, JUNE, reviewer)]
    found = basis("6210", "2019Q2")
    said = f"本表依据2份报送回执，回执码：{'、'.join(shown(code) for code in found.codes)}。"
    assert (found.notes, found.picture) == ([said], b"")
    # By month, then by county.
    assert found.codes == [receipts[1].code, receipts[0].code]
    # July of 环县 has figures, and nobody submitted them.
    assert basis("62", "2019").notes == [said + "另有1个县月的数据为草稿，未报送。"]


def test_of_many_receipts_the_first_are_named() -> None:
    many = Basis([f"{n:016}" for n in range(8)], 0, 0, is_one=False)
    (note,) = many.notes
    assert note.startswith("本表依据8份报送回执，回执码：0000-0000-0000-0000、")
    assert note.endswith("、0000-0000-0000-0005等，其余见本报表页面。")


@pytest.mark.django_db(transaction=True)
def test_a_report_says_what_it_rests_on(
    reviewer: User, settings: Any, tmp_path: Any, client: Client
) -> None:
    settings.FILES_DIR = tmp_path
    assert made(reviewer, "2019-06") == ["草稿，未报送。"]
    receipt = sealed(HUAN, JUNE, reviewer)
    (note,) = made(reviewer, "2019-06")
    assert note == f"本表依据报送回执，回执码：{shown(receipt.code)}。"
    client.force_login(reviewer)
    draft, done = ReportRun.objects.order_by("id")
    assert client.get(f"/reports/{draft.public_id}/").context["receipts"] == []
    page = client.get(f"/reports/{done.public_id}/")
    assert page.context["receipts"] == [
        {"code": shown(receipt.code), "url": f"/receipts/{receipt.code}/"}
    ]


def made(by: User, period: str) -> list[str]:
    """What a report made now says of its receipts, as it stands in the workbook."""
    asked = {"report": "ledger", "region_code": HUAN, "period": period}
    run = services.make_now(services.request_report(**asked, by=by, wake=False))
    assert run.state == "done", run.error
    book = openpyxl.load_workbook(folder() / run.stored_as)
    cells = (cell.value for row in book.worksheets[0].iter_rows() for cell in row if cell.value)
    said = (str(text).partition(". ")[2] for text in cells)
    return [text for text in said if "回执" in text or "草稿" in text]


def test_what_moved_since_is_told(reviewer: User) -> None:
    sealed(HUAN, JUNE, reviewer)
    Restatement.objects.create(
        measure="training.completions",
        county_code=HUAN,
        month=JUNE,
        program="skills",
        category="filed-poor",
        amount=-1,
    )
    assert basis(HUAN, "2019-06").restated == 1
    assert basis(HUAN, "2019-06").notes[0].endswith("封存后另有1笔数据变动，见数据变动说明。")
    assert basis(HUAN, "2019-07").restated == 0


@pytest.mark.django_db(transaction=True)
def test_the_workbook_bears_code_and_picture(reviewer: User, settings: Any, tmp_path: Any) -> None:
    settings.FILES_DIR = tmp_path
    receipt = sealed(HUAN, JUNE, reviewer)
    run = services.request_report(
        report="ledger", region_code=HUAN, period="2019-06", by=reviewer, wake=False
    )
    run = services.make_now(run)
    assert (run.state, run.parameters["receipts"]) == ("done", [receipt.code])
    book = openpyxl.load_workbook(folder() / run.stored_as)
    texts = [cell.value for row in book.worksheets[0].iter_rows() for cell in row if cell.value]
    code = shown(receipt.code)
    assert [text for text in texts if "回执码" in str(text)] == [
        f"3. 本表依据报送回执，回执码：{code}。"
    ]
    with zipfile.ZipFile(folder() / run.stored_as) as archive:
        picture = archive.read(MEDIA)
    assert picture == png_of(qr.matrix_of(qr.address_of(receipt.code)))
