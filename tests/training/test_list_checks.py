"""Checking a list: who is told of whom, what it costs, what is written down and what is kept."""

import io
import json
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
from exchange.jobs import JobRefused
from talent.identity import IdNumberTrouble
from tests.factories import a_class, a_person, an_account, citizen_number, divisions, enrolled
from tests.factories.rosters import xlsx_of
from training import handed_in
from training.checking import check_number
from training.list_checks import services
from training.models import ListCheck

pytestmark = pytest.mark.django_db
OWN, STRANGER, BOTH, UNKNOWN = (citizen_number(order) for order in (1, 2, 3, 4))
BARE = citizen_number(5)
WRONG = UNKNOWN[:17] + ("0" if UNKNOWN[17] != "0" else "1")


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    """Other tests hand files in beside these."""
    settings.FILES_DIR = tmp_path


@pytest.fixture
def clerk() -> User:
    """Of 环县, where 张1 lives and is in a class; two 李 live there, the others elsewhere."""
    divisions()
    enrolled(a_person(1), a_class("621022", "H1"))
    enrolled(a_person(1), a_class("621022", "H0"), state="withdrawn")
    enrolled(a_person(2, county_code="622926"), a_class("622926", "D1"))
    enrolled(a_person(3, county_code="622926"), a_class("622926", "D1"))
    enrolled(a_person(3, county_code="622926"), a_class("621022", "H1"))
    a_person(5)
    enrolled(a_person(6, name="李 娜"), a_class("621022", "H1"))
    a_person(7, name="李娜")
    return an_account("clerk", "county-clerk", "621022")


def looked_up(check: ListCheck) -> ListCheck:
    jobs.run("training.listcheck", check.pk)
    check.refresh_from_db()
    return check


def pasted(text: str, by: User) -> ListCheck:
    return looked_up(services.ask(by=by, text=text))


def uploaded(data: bytes, by: User, name: str = "list.xlsx") -> ListCheck:
    return looked_up(services.ask(by=by, file=io.BytesIO(data), name=name))


def told(check: ListCheck) -> list[Any]:
    """Of each line: sort of answer, people, own classes, classes elsewhere."""
    return [
        (a.line, a.kind, [p[1] for p in a.people], [own[3] for own in a.own], a.elsewhere)
        for a in services.answers_of(check)
    ]


def files_kept() -> list[Path]:
    return list(handed_in.folder().iterdir())


def test_who_of_a_list_is_where(clerk: User) -> None:
    text = "\n".join([OWN, f"1\t张2 {STRANGER}", BOTH, "", UNKNOWN, BARE, WRONG, "李娜", "张1"])
    check = pasted(text, clerk)
    there = ["东乡族自治县", "D1"]
    assert told(check) == [
        (1, "own", ["张1"], ["H1"], []),
        (2, "elsewhere", [], [], [there]),
        (3, "own", [], ["H1"], [there]),
        (5, "unknown", [], [], []),
        (6, "registered", ["张5"], [], []),
        (7, "unsound", [], [], []),
        (8, "several", ["李 娜", "李娜"], ["H1"], []),
        (9, "own", ["张1"], ["H1"], []),
    ]
    assert services.answers_of(check)[5].trouble == IdNumberTrouble.CHECKSUM.sentence
    assert check.answers["own"] == 3


def test_a_list_tells_what_checking_one_number_tells(clerk: User) -> None:
    numbers = [OWN, STRANGER, BOTH, UNKNOWN, BARE]
    single = [check_number(number=number, by=clerk) for number in numbers]
    answers = services.answers_of(pasted("\n".join(numbers), clerk))
    assert [
        (
            a.kind,
            "".join(p[1] for p in a.people),
            [(own[0], own[2], own[3]) for own in a.own],
            a.elsewhere,
        )
        for a in answers
    ] == [
        (
            s.kind,
            s.name,
            [(c.row, c.county, c.class_code) for c in s.own],
            [[c.county, c.class_code] for c in s.elsewhere],
        )
        for s in single
    ]


def test_a_name_is_looked_up_among_those_who_live_in_the_region(clerk: User) -> None:
    assert told(pasted("张2", clerk)) == [(1, "unknown", [], [], [])]
    admin = an_account("admin", "roster-administrator", "62")
    assert told(pasted("张2", admin)) == [(1, "own", ["张2"], ["D1"], [])]


def test_tables_of_a_file_are_read_as_a_roster_is(clerk: User) -> None:
    first = [["2019年学员名单"], ["序号", "姓名", "身份证号"], [1, "张1", OWN], [2, "某", UNKNOWN]]
    second = [["公民身份号码"], [BOTH], ["合计"]]
    check = uploaded(xlsx_of({"甲": first, "乙": second}), clerk)
    assert [(a.sheet, a.line, a.kind) for a in services.answers_of(check)] == [
        ("甲", 3, "own"),
        ("甲", 4, "unknown"),
        ("乙", 2, "own"),
    ]
    assert (files_kept(), check.stored_as) == ([], "")


def test_a_file_without_a_list_or_that_is_none_is_refused_and_gone(clerk: User) -> None:
    check = uploaded(xlsx_of({"甲": [["单位", "电话"], ["某", "1"]]}), clerk)
    assert (check.state, "姓名" in check.error_sentence, files_kept()) == ("failed", True, [])
    with pytest.raises(FileRefused):
        services.ask(by=clerk, file=io.BytesIO(b"%PDF-1.4 no sheet"), name="list.pdf")
    with pytest.raises(JobRefused):
        services.ask(by=clerk, text=" \n ")
    assert files_kept() == []


def test_a_list_that_is_too_long_is_refused(clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.list_checks.reading.MOST_LINES", 2)
    with pytest.raises(JobRefused):
        services.ask(by=clerk, text="张一\n张二\n张三")
    check = uploaded(xlsx_of({"甲": [["姓名"], ["张一"], ["张二"], ["张三"]]}), clerk)
    assert (check.state, check.error_params) == ("failed", {"most": 2})


def test_it_is_written_down_once_and_nothing_lies_in_clear(clerk: User) -> None:
    check = pasted(f"{OWN}\n{WRONG}\n李娜", clerk)
    entries = AuditEntry.objects.filter(verb__startswith="training.list")
    assert [(e.verb, e.actor_id, e.region_code, e.changes) for e in entries] == [
        ("training.list.checked", clerk.pk, "621022", {"rows": 3, "judged": 1})
    ]
    waiting = services.ask(by=clerk, text=f"王五 {OWN}")
    for row in (check, waiting):
        assert not any(t.encode() in bytes(row.content) for t in (OWN, "李娜", "王五", "张1"))
    packed = json.dumps([a.packed() for a in services.answers_of(check)])
    assert OWN not in packed


def test_a_list_takes_a_check_and_its_numbers_from_the_budgets(clerk: User, settings: Any) -> None:
    settings.NUMBER_CHECKS = {"hour": 2, "day": 3}
    pasted(OWN, clerk)
    assert check_number(number=OWN, by=clerk).kind == "own"
    assert check_number(number=OWN, by=clerk).kind == "over-budget"
    with pytest.raises(JobRefused):
        services.ask(by=clerk, text=OWN)
    settings.NUMBER_CHECKS = {"hour": 60, "day": 300}
    settings.ROW_JUDGEMENTS = {"hour": 3, "day": 9}
    assert pasted(f"{OWN}\n{BOTH}", clerk).state == "done"
    check = pasted(UNKNOWN, clerk)
    assert (check.state, services.answers_of(check)) == ("failed", [])
    assert pasted("李娜", clerk).state == "done"


def test_who_may_check_no_number_checks_no_list(clerk: User) -> None:
    with pytest.raises(PermissionError):
        services.ask(by=an_account("r", "county-reviewer", "621022"), text=OWN)
    check = services.ask(by=clerk, text=OWN)
    clerk.assignments.all().delete()
    assert looked_up(check).state == "failed"


def test_the_asker_alone_sees_it_and_it_goes_after_its_time(clerk: User, settings: Any) -> None:
    other = an_account("other", "county-clerk", "621022")
    check = pasted(OWN, clerk)
    assert ListCheck.objects.visible_to(clerk).get() == check
    assert not ListCheck.objects.visible_to(other).exists()
    settings.LIST_CHECKS_KEPT_HOURS = 0
    services.ask(by=clerk, file=io.BytesIO(xlsx_of({"甲": [["姓名"]]})), name="a.xlsx")
    assert (services.remove_expired(), files_kept()) == (1, [])
    assert ListCheck.objects.get() == check


def test_the_pages_and_the_workbook(clerk: User) -> None:
    client = Client()
    client.force_login(clerk, "django.contrib.auth.backends.ModelBackend")
    url = reverse("training:list-check-new")
    assert client.post(url, {"text": ""}).status_code == 422
    bad = SimpleUploadedFile("x.pdf", b"%PDF-1.4 no sheet")
    assert client.post(url, {"file": bad}).status_code == 422
    page = client.post(url, {"text": "\n".join([OWN, BOTH] * 40 + [UNKNOWN])}).headers["Location"]
    assert b'id="stage"' in client.get(page).content
    check = looked_up(ListCheck.objects.get())
    first, last = client.get(page), client.get(f"{page}?after=50")
    assert [a.context["page"].total for a in (first, last)] == [81, 81]
    assert [len(a.context["rows"]) for a in (first, last)] == [50, 31]
    assert client.get(f"{page}?answer=unknown").context["page"].total == 1
    text = first.content.decode()
    assert OWN not in text
    assert "张3" not in text
    assert client.get(f"{page}progress/").status_code == 286
    assert str(check.public_id) in client.get(url).content.decode()
    sheet = load_workbook(io.BytesIO(client.get(f"{page}file/").getvalue())).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=4)]
    assert [[row[1], *row[6:]] for row in rows] == [
        [1, "环县", "H1", "2019-06-24", "2019-07-08"],
        [2, "环县", "H1", "2019-06-24", "2019-07-08"],
        [2, "东乡族自治县", "D1", None, None],
    ]
    assert AuditEntry.objects.filter(verb="training.list.opened").count() == 1
