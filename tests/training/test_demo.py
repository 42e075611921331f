"""The demo: the same invented people each time, all of them sound, in real places."""

import io
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from core.access import ADMINISTRATORS, ROLES
from core.models import Assignment, Region, User
from core.rule_values import load_rule_values
from exchange import rollups
from exchange.imports.kinds import kind_of
from exchange.imports.services import judge_file
from exchange.imports.staging import Judged
from exchange.models import (
    Correction,
    ImportBatch,
    Receipt,
    ReportOrder,
    ReturnNote,
    Submission,
)
from exchange.submissions import correcting
from programs.balancing import differences
from programs.models import Expert, Plan, Posting, Program, Quota
from talent.models import CategorySpell, Credential, Person
from tests.factories import an_account, divisions
from tests.factories.rosters import a_county
from training.demo import accounts, exams, filings, lists, months, plans, rolls, rosters
from training.demo.rosters import COUNTIES, DONGXIANG, HUANXIAN, DemoCounty, write_roster
from training.models import (
    ClassFiling,
    Enrollment,
    ExamRoll,
    Institution,
    ListCheck,
    ReconciledLine,
    RollCall,
)
from training.rules import ONE_CLASS_AT_A_TIME
from training.stored_facts import judge_certificates

pytestmark = pytest.mark.django_db
SIZE = 180
COUNTED = (
    User,
    Assignment,
    Program,
    Plan,
    Quota,
    Enrollment,
    CategorySpell,
    RollCall,
    ReportOrder,
)


@pytest.fixture(autouse=True)
def surroundings(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FILES_DIR = tmp_path / "files"
    settings.STATE_DIR = tmp_path / "state"
    monkeypatch.setattr("exchange.jobs._try_to_wake", lambda job: None)


def a_file(folder: Path, county: DemoCounty, year: int = 2019, size: int = SIZE) -> Judged:
    path = folder / "roster.xlsx"
    write_roster(path, county, year, "skills", size)
    return judge_file(
        path, name=path.name, kind=kind_of("training"), region_code=county.code, progress=None
    )


def test_the_visitor_is_told_where_the_roster_lies_that_is_left(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_county(HUANXIAN.code)
    monkeypatch.setattr(rosters, "FOR_THE_VISITOR", (HUANXIAN, 2019, "skills", SIZE))
    said = io.StringIO()
    call_command("demo_data", "--logins", stdout=said)
    assert "First steps" not in said.getvalue()
    rosters.leave_for_the_visitor(settings.STATE_DIR)
    file = rosters.visitors_roster(settings.STATE_DIR)
    judged = judge_file(
        file, name=file.name, kind=kind_of("training"), region_code="621022", progress=None
    )
    assert (judged.people, judged.held) == (SIZE, set())
    call_command("demo_data", "--logins", stdout=said)
    assert str(file) in said.getvalue()


def test_the_same_seed_makes_the_same_rows(tmp_path: Path) -> None:
    a_county(HUANXIAN.code)
    one, two = (a_file(tmp_path, HUANXIAN).roster.as_read for _ in range(2))
    assert one == two
    assert sum(piece.size for piece in one) == SIZE
    assert a_file(tmp_path, HUANXIAN, 2018).roster.as_read != one


@pytest.mark.parametrize("county", COUNTIES, ids=lambda county: county.code)
def test_every_row_is_accepted_and_numbers_are_of_the_old_districts(
    county: DemoCounty, tmp_path: Path
) -> None:
    a_county(county.code)
    found = a_file(tmp_path, county)
    assert (found.people, found.held) == (SIZE, set())
    # Some come to a second class, and the days of classes are drawn by chance.
    assert {f.rule for f in found.findings} <= {ONE_CLASS_AT_A_TIME.key}
    batch = found.roster.batch
    assert {number[:6] for number in batch["id_number"]} == {county.birthplace}
    assert {code[:6] for code in batch["region_code"]} == {county.code}
    assert found.roster.reading.repairs == {}
    groups = {"东乡族"} if county.dongxiang else {"汉族"}
    assert set(batch["ethnicity"]) == groups


def test_some_come_to_a_second_class_and_years_share_nobody(tmp_path: Path) -> None:
    a_county(DONGXIANG.code)
    numbers = {
        year: Counter(a_file(tmp_path, DONGXIANG, year, 400).roster.batch["id_number"])
        for year in (2018, 2019, 2020)
    }
    assert all(1 < max(each.values()) <= len(each) < 400 for each in numbers.values())
    assert sum(len(each) for each in numbers.values()) == len(set().union(*numbers.values()))


def test_the_demo_is_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for county in COUNTIES:
        a_county(county.code)
    small = [(county, year, program, 60) for county, year, program, _size in rosters.ROSTERS[::3]]
    monkeypatch.setattr(rosters, "ROSTERS", small)
    monkeypatch.setattr(months, "MONTHS", ())
    call_command("demo_data", stdout=io.StringIO())
    counts = [model.objects.count() for model in COUNTED]
    assert Enrollment.objects.count() == 60 * len(small)
    assert RollCall.objects.values("training_class").distinct().count() == rolls.CLASSES
    assert set(ImportBatch.objects.values_list("state", "held")) == {("done", 0)}
    assert rollups.differences() == []
    told = ListCheck.objects.get().answers
    assert (told["elsewhere"], told["unknown"]) == (2, 1)
    assert set(ReconciledLine.objects.values_list("way", flat=True)) == {
        "extra",
        "category",
        "number",
        "period",
        "doubtful",
        "cell",
    }
    call_command("demo_data", stdout=io.StringIO())
    assert counts == [model.objects.count() for model in COUNTED]
    assert ListCheck.objects.count() == 1
    password = accounts.password_file()
    assert password.stat().st_mode & 0o777 == 0o600
    assert {secret for _name, secret, _what in accounts.logins()} == {password.read_text().strip()}


def test_months_stand_at_every_step_of_their_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """One roster's two months go the ways of 环县's; the other counties' are empty."""
    for county in COUNTIES:
        a_county(county.code)
    plans.load_programs()
    users = accounts.load_accounts()
    monkeypatch.setattr(rosters, "ROSTERS", [(HUANXIAN, 2018, "skills", 90)])
    rosters.bring_in_rosters({HUANXIAN.code: users["huanxian"]})
    starts = Enrollment.objects.values_list("start_date", flat=True)
    first, second = sorted({day.replace(day=1) for day in starts})[:2]
    there = {months.OCTOBER: first, months.NOVEMBER: second}
    moved = tuple(replace(each, month=there[each.month]) for each in months.MONTHS)
    monkeypatch.setattr(months, "MONTHS", moved)
    assert (months.load_months(users), months.load_months(users)) == (6, 0)
    today = timezone.localdate()
    found = {
        (each.county_code, each.month): (each.state, each.counts_as_late(today))
        for each in Submission.objects.all()
    }
    assert found == {
        ("621022", first): ("locked", False),
        ("621027", first): ("accepted", True),
        ("622926", first): ("locked", False),
        ("621022", second): ("returned", False),
        ("621027", second): ("draft", True),
        ("622926", second): ("submitted", False),
    }
    notes = ReturnNote.objects.values_list("submission__month", "column", "answer")
    assert sorted(notes) == [(second, "", ""), (second, "end_date", ""), (second, "hours", "")]
    asked = Correction.objects.get()
    assert (asked.state, correcting.cells_of(asked)) == ("asked", [("hours", "", "96")])
    assert Receipt.objects.count() == 5
    assert rollups.differences() == []


def test_exams_are_held_and_certificates_are_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    """One class waits for its second exam, the other has a certificate for each; figures agree."""
    a_county(HUANXIAN.code)
    plans.load_programs()
    clerk = accounts.load_accounts()["huanxian"]
    monkeypatch.setattr(rosters, "ROSTERS", [(HUANXIAN, 2020, "skills", 90)])
    rosters.bring_in_rosters({HUANXIAN.code: clerk})
    assert (exams.load_exams(clerk), exams.load_exams(clerk)) == (2, 0)
    first, second, certified = ExamRoll.objects.order_by("pk")
    assert [first.state, second.state, certified.state] == ["frozen", "draft", "frozen"]
    waiting = first.entries.exclude(result="passed").values_list("enrollment", flat=True)
    again = second.entries.values_list("enrollment", flat=True)
    assert set(again) == set(waiting) != set()
    assert certified.entries.count() == Credential.objects.count() > 0
    months_of = set(Credential.objects.values_list("issued_on", flat=True))
    for day in months_of:
        assert list(judge_certificates(HUANXIAN.code, day.replace(day=1))) == []
    assert rollups.differences() == []


def test_the_other_rosters_are_written_whole_and_found_in_their_lists() -> None:
    a_county(HUANXIAN.code)
    clerk = an_account("huanxian", "county-clerk", HUANXIAN.code)
    assert lists.bring_in_lists({HUANXIAN.code: clerk}) == sum(
        len(list(rows(HUANXIAN))) for _title, rows in lists.LISTS.values()
    )
    counts = [model.objects.count() for model in (Posting, Expert, Institution)]
    assert counts == [lists.POSTINGS, lists.EXPERTS, len(lists.SCHOOLS)]
    assert Person.objects.count() == lists.PEOPLE + lists.POSTINGS + lists.EXPERTS
    batches = ImportBatch.objects.values_list("kind", "accepted", "held")
    assert {kind for kind, *_ in batches} == set(lists.LISTS)
    assert all((held, accepted > 0) == (0, True) for _kind, accepted, held in batches)
    assert lists.bring_in_lists({HUANXIAN.code: clerk}) == 0


def test_the_demo_wants_its_divisions() -> None:
    with pytest.raises(CommandError, match="load_divisions"):
        call_command("demo_data", stdout=io.StringIO())


def test_there_is_an_account_of_every_role_at_a_level_it_may_have() -> None:
    roles = {role for _name, role, _region in accounts.ACCOUNTS.values()}
    assert roles == set(ROLES)
    for _name, role, region in accounts.ACCOUNTS.values():
        assert len(region) in ROLES[role].levels
    held = Counter(role for _, role, _ in accounts.ACCOUNTS.values() if role in ADMINISTRATORS)
    assert held == dict.fromkeys(ADMINISTRATORS, 1)


def test_the_full_demo_has_what_was_promised() -> None:
    """At least 20,000 rows over three counties of two prefectures."""
    assert sum(size for *_, size in rosters.ROSTERS) >= 20_000
    assert {county for county, *_ in rosters.ROSTERS} == set(COUNTIES)
    assert {county.code[:4] for county in COUNTIES} == {"6210", "6229"}


def test_quotas_add_up() -> None:
    """No quota hands down more than it has; what is listed apart is not counted."""
    divisions()
    Region.objects.create(code="621027", name="镇原县", level=3, parent_id="6210")
    plans.load_programs()
    plans.load_plans()
    assert differences() == []
    for quota in Quota.objects.all():
        given = sum(child.amount for child in quota.children.filter(listed_apart=False))
        assert (quota.allotted, given <= quota.amount) == (given, True)
    phases = Plan.objects.filter(region_code="62", kind=Plan.Kind.PHASE).order_by("first_day")
    amounts = Quota.objects.filter(plan__in=phases).order_by("plan__first_day")
    assert list(amounts.values_list("amount", flat=True)) == [3_640_000, 7_280_000, 1_020_000]
    linxia = Quota.objects.filter(plan__region_code="6229", plan__kind=Plan.Kind.PHASE)
    assert linxia.get(program="labor").scheduled == 24_003
    linxia = dict(linxia.values_list("program", "amount"))
    assert linxia.pop("labor") == sum(linxia.values()) == 125_400
    assert not Plan.objects.filter(source="").exists()


def test_classes_are_filed_as_far_as_each_goes() -> None:
    for county in COUNTIES:
        a_county(county.code)
    load_rule_values()
    plans.load_programs()
    users = accounts.load_accounts()
    lists.bring_in_lists({HUANXIAN.code: users["huanxian"]})
    assert (filings.load_filings(users), filings.load_filings(users)) == (3, 0)
    found = ClassFiling.objects.order_by("id").select_related("training_class")
    assert [(each.state, each.training_class.lessons.count()) for each in found] == [
        ("approved", 12),
        ("filed", 10),
        ("returned", 0),
    ]
    asked = [set(each.explanations) for each in found]
    assert asked == [set(), set(), set(filings.WHY)]
