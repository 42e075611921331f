"""Another office's workbook against the ledger: what is named, and what explains it."""

import datetime
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from core.models import AuditEntry, User
from exchange import jobs
from exchange.files import FileRefused
from exchange.imports.headings import Heading
from exchange.models import ColumnMatch
from tests.factories import (
    a_class,
    a_person,
    a_program,
    an_account,
    an_office,
    citizen_number,
    divisions,
    enrolled,
)
from tests.factories.reconciling import a_slip, a_workbook, compared
from tests.factories.rosters import HUAN
from training import handed_in
from training.models import ReconciledLine, Reconciliation
from training.reconciling import services
from training.reconciling.cells import right_side

Row = list[str]
# 小南沟乡李原村, 环城镇环州北路社区
VILLAGE, OTHER_VILLAGE = "621022201001", "621022100001"


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    """Other tests hand files in beside these."""
    settings.FILES_DIR = tmp_path


@pytest.fixture
def officer(db: None) -> User:
    divisions()
    return an_account("officer", "prefecture-officer", "6210")


def ways(job: Reconciliation) -> list[tuple[Any, ...]]:
    assert (job.state, job.error) == ("done", "")
    for each in job.cells:
        assert right_side(each["terms"]) == each["terms"].get("ours", 0)
    return [(d.way, d.line, d.name, d.also) for d in job.lines.all()]


def row_of(order: int, start: str = "2019-06-24", code: str = "2019001", **changes: str) -> Row:
    given = {
        "name": f"张{order}",
        "number": citizen_number(order),
        "category": "建档立卡贫困劳动力",
    }
    given |= changes
    return ["1", given["name"], given["number"], given["category"], code, start]


def test_a_row_of_another_month_explains_a_line(officer: User) -> None:
    """Asked for June: what stands in July on either side is beside it, and named only as a reason."""
    june, july = a_class(code="J6"), a_class(code="J7", start_date=datetime.date(2019, 7, 1))
    for order, where in ((1, june), (2, july), (3, june), (4, july)):
        enrolled(a_person(order), where)
    rows = [
        row_of(1, "2019-06-24", "J6"),
        row_of(2, "2019-06-24", "J6"),
        row_of(3, "2019-07-01", "J7"),
        row_of(4, "2019-07-01", "J7"),
        row_of(5, "2019-07-01", "J7"),
    ]
    job = compared(a_workbook(rows), officer, period="2019-06")
    assert ways(job) == [("period", 3, "张2", []), ("period", 4, "张3", [])]
    assert job.counts == {"period": 2, "theirs": 2, "beside": 3, "ours": 2}


def test_a_program_that_the_workbook_is_of_is_compared(officer: User) -> None:
    other = a_program("startup")
    enrolled(a_person(1), a_class(code="S1", program=other))
    enrolled(a_person(2), a_class())
    rows = [row_of(1, code="S1"), row_of(2)]
    assert ways(compared(a_workbook(rows), officer, program="skills")) == [
        ("program", 2, "张1", [])
    ]
    assert ways(compared(a_workbook(rows), officer)) == []


def test_only_what_the_workbook_tells_is_compared(officer: User) -> None:
    """And only with rows of the region: whom another county has is lacking here."""
    enrolled(a_person(1), a_class(), category="unemployed")
    for order in (2, 3):
        enrolled(a_person(order), a_class("621021", "Q1"))
    data = a_workbook(
        [["张1", citizen_number(1)], ["张2", citizen_number(2)]], ["姓名", "身份证号"]
    )
    job = compared(data, officer)
    assert (ways(job), job.compared) == ([("missing", 3, "张2", [])], [])


def test_two_differences_of_one_pair_are_one_line(officer: User) -> None:
    enrolled(a_person(1), a_class(code="X", start_date=datetime.date(2019, 3, 1)))
    rows = [row_of(1, "2019-06-24", "X", category="失业人员", number=a_slip(citizen_number(1)))]
    assert ways(compared(a_workbook(rows), officer)) == [
        ("period", 2, "张1", ["category", "number"])
    ]


def test_counties_are_compared_where_the_workbook_names_them(officer: User) -> None:
    enrolled(a_person(1), a_class("621021", "Q1"))
    enrolled(a_person(2), a_class())
    heads = ("姓名", "身份证号码", "县（市、区）", "开班时间")
    rows = [[f"张{n}", citizen_number(n), "环县", "2019-06-24"] for n in (1, 2)]
    job = compared(a_workbook(rows, heads), officer, region_code="6210")
    assert ways(job) == [("place", 2, "张1", [])]
    cells = {each["cell"]["county"]: each["terms"] for each in job.cells[1:]}
    assert cells == {
        "621021": {"ours": 1, "in-place": 1},
        "621022": {"theirs": 2, "ours": 1, "out-place": 1},
    }


def test_villages_are_compared_as_far_as_both_sides_name_them(officer: User) -> None:
    for order, home in enumerate((VILLAGE, OTHER_VILLAGE, VILLAGE), 1):
        enrolled(a_person(order), a_class(), region_code=home)
    heads = ("姓名", "身份证号码", "乡镇", "行政村")
    named = [("小南沟乡", "李原村"), ("小南沟乡", "李原村"), ("小南沟乡", "")]
    rows = [[f"张{n}", citizen_number(n), *place] for n, place in enumerate(named, 1)]
    assert ways(compared(a_workbook(rows, heads), officer)) == [("place", 3, "张2", [])]


def test_twins_are_told_apart_by_their_village_alone(officer: User) -> None:
    for order, home in ((11, VILLAGE), (13, OTHER_VILLAGE)):
        twin = a_person(id_number=citizen_number(order, born="19770707"), name="李双")
        enrolled(twin, a_class(), region_code=home)
    heads = ("姓名", "出生日期", "行政村")
    told = ways(compared(a_workbook([["李双", "1977-07-07", "李原村"]], heads), officer))
    assert told == [("number", 2, "李双", []), ("extra", None, "李双", [])]
    job = compared(a_workbook([["李双", "1977-07-07", ""]], heads), officer)
    assert ways(job) == [("doubtful", 2, "李双", [])]
    assert (job.lines.get().theirs["candidates"], job.cells[0]["terms"]["held"]) == (2, 2)


def test_a_workbook_that_cannot_be_read_is_refused_and_gone(officer: User) -> None:
    data = a_workbook([["1", "2"]], ["单位", "金额"])
    job = compared(data, officer)
    assert (job.state, "姓名" in job.error_params["columns"]) == ("failed", True)
    job = compared(a_workbook([["张1", "女"]], ["姓名", "性别"]), officer)
    assert (job.state, "身份证号码" in job.error_params["columns"]) == ("failed", True)
    with pytest.raises(FileRefused):
        compared(b"%PDF-1.4", officer)
    assert list(handed_in.folder().iterdir()) == []


def test_a_heading_that_the_office_has_matched_before_is_known(officer: User) -> None:
    enrolled(a_person(1), a_class())
    data = a_workbook([["张1", citizen_number(1)]], ["参训者", "证号"])
    assert compared(data, officer).state == "failed"
    officer.office = an_office("6210")
    officer.save()
    digest = Heading(1, 1, {0: "参训者", 1: "证号"}).digest
    ColumnMatch.objects.create(
        office=officer.office,
        kind="training",
        digest=digest,
        columns={"参训者": "name", "证号": "id_number"},
        matched_by=officer,
    )
    assert ways(compared(data, officer)) == []


def test_who_may_compare_and_how_long_it_is_kept(officer: User, settings: Any) -> None:
    data = a_workbook([["张1", citizen_number(1)]], ["姓名", "身份证号"])
    with pytest.raises(PermissionError):
        compared(data, officer, region_code="622926")
    with pytest.raises(PermissionError):
        compared(data, an_account("a", "roster-administrator", HUAN))
    settings.RECONCILIATIONS_KEPT_DAYS = 0
    job = compared(data, officer)
    assert ReconciledLine.objects.count() == 1
    verbs = AuditEntry.objects.filter(target_key=str(job.pk)).order_by("id")
    assert [v.rpartition(".")[2] for v in verbs.values_list("verb", flat=True)] == ["asked", "made"]
    assert (services.remove_expired(), ReconciledLine.objects.count()) == (1, 0)


def test_the_pages_and_the_workbook(officer: User) -> None:
    client = Client()
    client.force_login(officer, "django.contrib.auth.backends.ModelBackend")
    for order in range(1, 4):
        enrolled(a_person(order), a_class())
    rows = [row_of(1, category="失业人员"), *(row_of(order) for order in range(10, 70))]
    url = reverse("training:reconciliation-new")
    asked = {"kind": "roster", "region": HUAN, "period": "2019"}
    assert client.post(url, asked).status_code == 422
    file = SimpleUploadedFile("theirs.xlsx", a_workbook(rows))
    page = client.post(url, asked | {"file": file}).headers["Location"]
    assert client.get(page).status_code == 200
    jobs.run("training.reconciliation", Reconciliation.objects.get().pk)
    shown = client.get(page)
    assert {way["value"] for way in shown.context["ways"]} == {60, 2, 1}
    assert client.get(f"{page}progress/").status_code == 286
    for link in [each["cells"][-3]["url"] for each in shown.context["rows"]]:
        assert client.get(link).status_code == 200
    first = client.get(f"{page}lines/")
    rest = client.get(f"{page}lines/?after={first.context['page'].next}")
    assert [len(each.context["rows"]) for each in (first, rest)] == [50, 13]
    assert client.get(f"{page}lines/?way=extra").context["page"].total == 2
    assert client.get(f"{page}lines/?q=张3").context["page"].total == 11
    assert citizen_number(10) not in first.content.decode()
    assert "theirs.xlsx" in client.get(reverse("training:reconciliations")).content.decode()
    book = load_workbook(io.BytesIO(client.get(f"{page}file/").getvalue()))
    assert [sheet.max_row for sheet in book] == [3, 65]
    other = an_account("other", "prefecture-officer", "6229")
    client.force_login(other, "django.contrib.auth.backends.ModelBackend")
    for path in ("", "lines/", "file/", "progress/"):
        assert client.get(f"{page}{path}").status_code == 404
