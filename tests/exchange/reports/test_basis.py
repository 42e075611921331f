"""What stands under a report: the receipt it rests on, or that its months are drafts."""

import datetime
import zipfile
from typing import Any

import openpyxl
import pytest
from django.db import transaction

from core.models import Region, User
from exchange.models import Receipt, Restatement, Submission
from exchange.periods import Period
from exchange.reports import services
from exchange.reports.basis import DRAFT, Basis, basis_of
from exchange.reports.making import folder
from exchange.submissions import books, qr
from exchange.submissions.codes import shown
from exchange.submissions.sealing import seal
from exchange.workbooks.pictures import MEDIA, png_of
from tests.factories import a_class, a_person, an_account, divisions, enrolled, settled
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
    return basis_of(Region.objects.get(pk=code), Period.parse(period))


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
    assert found.notes == ["本表依据2份报送回执。"]
    assert found.picture == b""
    assert sorted(found.codes) == sorted(receipt.code for receipt in receipts)
    # July of 环县 has figures, and nobody submitted them.
    assert basis("62", "2019").notes == ["本表依据2份报送回执。另有1个县月尚未报送，其数据为草稿。"]


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
