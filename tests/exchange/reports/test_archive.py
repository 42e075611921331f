"""Over sealed months a report made again is the same file, and what differs is said."""

import datetime
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from structlog.testing import capture_logs

from core.models import User
from exchange.models import ReportRun, Restatement, Submission
from exchange.reports import Form, ReportContext, archive, forms, services
from exchange.reports.basis import Basis
from exchange.reports.making import folder
from exchange.submissions import books
from exchange.submissions.sealing import seal
from talent.models import Person
from tests.exchange.reports.conftest import SAMPLE
from tests.factories import a_class, a_person, an_account, an_office, divisions, enrolled, settled
from tests.factories.books import JUNE, a_book, a_submission
from training.models import Enrollment

HUAN, QING = "621022", "621021"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def reviewer(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> User:
    """环县 has one class in June, and June is sealed; 庆城 has one that is not."""
    settings.ANCHORS_FILE = tmp_path / "heads.txt"
    divisions()
    monkeypatch.setattr(books, "_books", {"double": a_book()})
    user = an_account("reviewer", "county-reviewer", HUAN)
    for county in (HUAN, QING):
        enrolled(a_person(1), a_class(county, f"{county}6", start_date=JUNE.replace(day=4)))
    settled()
    sealed(HUAN, user)
    return user


def sealed(county: str, by: User) -> Submission:
    month = a_submission(county, by=by)
    with transaction.atomic():
        seal(submission=month, by=by)
    return month


def sealed_again(by: User) -> None:
    with transaction.atomic():
        seal(submission=Submission.objects.get(county_code=HUAN), by=by)


def made(by: User | None, region: str = HUAN, **values: Any) -> ReportRun:
    values = {"report": "ledger", "period": "2019-06"} | values
    run = services.make_now(services.request_report(region_code=region, by=by, **values))
    assert run.state == "done", run.error
    return run


def stored() -> int:
    return len(list(folder().iterdir()))


def test_made_again_by_somebody_else_it_is_the_same_file(reviewer: User) -> None:
    first = made(reviewer)
    clerk = an_account("clerk", "county-clerk", HUAN, office=an_office(HUAN, "就业服务中心"))
    clerk.name = "王秀英"
    clerk.save()
    again = made(clerk)
    assert first.basis
    assert (again.basis, again.sha256) == (first.basis, first.sha256)
    assert (again.stored_as, stored(), again.differs_from) == (first.stored_as, 1, None)
    assert (first.expires_at, again.expires_at) == (None, None)
    assert archive.equal_to(again) == first
    assert archive.equal_to(first) is None
    assert services.openable(again, clerk)


def test_an_open_month_has_no_basis_and_expires(reviewer: User) -> None:
    for run in (made(reviewer, period="2019-07"), made(None, QING)):
        if run.region_code == HUAN:  # July's ledger counts from January: June alone has figures
            assert run.basis
            continue
        assert (run.basis, run.expires_at is None) == ("", False)
    Submission.objects.update(state="returned")
    assert made(reviewer).basis == ""


def test_a_row_put_right_is_another_basis_and_another_file(reviewer: User) -> None:
    first = made(reviewer)
    month = Submission.objects.filter(county_code=HUAN)
    month.update(state="returned")
    Enrollment.objects.filter(county_code=HUAN).update(category="unemployed", version=2)
    settled()
    month.update(state="submitted")
    sealed_again(reviewer)
    second = made(reviewer)
    assert second.basis not in {"", first.basis}
    assert (second.sha256 != first.sha256, second.differs_from) == (True, None)
    assert ((folder() / first.stored_as).exists(), stored()) == (True, 2)


def test_what_moved_since_is_another_basis(reviewer: User) -> None:
    first = made(reviewer)
    cell = {"measure": "training.completions", "program": "skills", "category": "other"}
    Restatement.objects.create(county_code=HUAN, month=JUNE, amount=-1, **cell)
    second = made(reviewer)
    assert second.basis not in {"", first.basis}
    assert second.as_of == Restatement.objects.get().at > first.as_of


def test_what_nothing_seals_differs_and_is_said(reviewer: User) -> None:
    first = made(reviewer)
    Person.objects.update(name="马改名")
    with capture_logs() as logs:
        second = made(reviewer)
    assert (second.basis, second.differs_from) == (first.basis, first)
    assert [(each["event"], each["log_level"]) for each in logs if "differs" in each["event"]] == [
        ("report.differs", "error")
    ]
    assert stored() == 2
    third = made(reviewer)
    assert (third.stored_as, third.differs_from, stored()) == (second.stored_as, None, 2)
    client = Client(headers={"accept-language": "en"})
    client.force_login(reviewer, BACKEND)
    page = client.get(f"/reports/{second.public_id}/").content.decode()
    assert f"/reports/{first.public_id}/" in page
    assert f"/reports/{second.public_id}/" in (
        client.get(f"/reports/{third.public_id}/").content.decode()
    )
    found = {
        kept: [row["job"] for row in client.get("/reports/", {"kept": kept}).context["rows"]]
        for kept in ("sealed", "ordered", "differing")
    }
    assert found == {"sealed": [third, second, first], "ordered": [], "differing": [second]}


def test_a_file_that_vanished_is_kept_anew(reviewer: User) -> None:
    first = made(reviewer)
    (folder() / first.stored_as).unlink()
    again = made(reviewer)
    assert (again.sha256, again.stored_as != first.stored_as) == (first.sha256, True)
    assert (folder() / again.stored_as).exists()


def test_a_file_that_others_name_outlives_one_that_expires(reviewer: User) -> None:
    first, again = made(reviewer), made(reviewer)
    past = timezone.now() - datetime.timedelta(days=1)
    ReportRun.objects.filter(pk=first.pk).update(expires_at=past)
    assert services.remove_expired() == 1
    assert (folder() / again.stored_as).exists()


def test_a_bundle_of_sealed_months_is_the_same_zip(reviewer: User) -> None:
    Enrollment.objects.filter(county_code=QING).delete()
    settled()
    first, again = (made(None, "6210", breadth="beneath") for _ in range(2))
    assert first.basis
    assert (again.basis, again.sha256) == (first.basis, first.sha256)
    assert (again.stored_as, stored()) == (first.stored_as, 1)
    alone = made(None, HUAN)
    with zipfile.ZipFile(folder() / first.stored_as) as archived:
        (name,) = archived.namelist()
    assert (name.startswith(HUAN), alone.basis != first.basis) == (True, True)


def digest(**changes: Any) -> str:
    """Of a sealed table, with one thing otherwise."""
    kind = replace(SAMPLE, **{k: v for k, v in changes.items() if k == "version"})
    basis = Basis(["1" * 16], 0, 0, is_one=True, links=["ab"])
    basis = replace(basis, **{k: v for k, v in changes.items() if hasattr(basis, k)})
    context = ReportContext(
        region=forms.Region(code=changes.get("region", HUAN)),
        period=services.Period.parse(changes.get("period", "2019-06")),
        as_of=timezone.now(),
        office=changes.get("office", "甲"),
        made_by=changes.get("made_by", "乙"),
        form=changes.get("form", Form()),
        with_numbers=changes.get("with_numbers", False),
        basis=basis,
    )
    return archive.digest_of(kind, context, changes.get("written_as", "xlsx"))


def test_the_digest_holds_all_that_the_file_is_made_of_and_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    others = [
        {"version": "2"},
        {"links": ["cd"]},
        {"restated": 1},
        {"last_restated": 9},
        {"region": QING},
        {"period": "2019-07"},
        {"form": Form(table_number="甘人社1表")},
        {"with_numbers": True},
        {"written_as": "pdf"},
    ]
    digests = [digest(), *(digest(**change) for change in others)]
    monkeypatch.setitem(archive.WRITERS, "xlsx", 99)
    digests.append(digest())
    assert len(set(digests)) == len(others) + 2
    assert "" not in digests
    monkeypatch.undo()
    assert digest(office="别", made_by="别") == digest()
    assert digest(open_months=1) == digest(codes=[]) == ""
    assert archive.digest_of_all(["a", "b"]) != archive.digest_of_all(["b", "a"])
    assert archive.digest_of_all(["a", ""]) == archive.digest_of_all([]) == ""
