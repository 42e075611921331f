"""From clean rows to ledger rows: once each, as written, all or nothing, with the figures."""

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone, translation

from core.models import AuditEntry
from core.sealing import unseal
from exchange import rollups
from exchange.imports import services
from exchange.imports.moves import ImportNotPossible
from exchange.imports.services import judge_rows, take_rows
from talent.imports import PHONE_FIELD
from tests.factories import a_class, a_person, a_program, an_account, citizen_number, divisions
from tests.factories.rosters import a_row, brought_in, csv_of, entered, judged, staged_rows, worked
from training.imports import TRAINING_ROSTER
from training.models import Enrollment, Institution, Occupation, TrainingClass
from training.rules.duplicates import IN_LEDGER

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def surroundings(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FILES_DIR = tmp_path
    monkeypatch.setattr("exchange.jobs._try_to_wake", lambda job: None)
    divisions()
    a_program()


def ledger(*names: str) -> list[Any]:
    return list(Enrollment.objects.order_by("line", "id").values_list(*names))


def test_a_row_of_the_ledger_holds_what_the_roster_says() -> None:
    clerk = an_account("clerk", "county-clerk", "621022")
    batch = entered(
        a_row(
            1,
            education="初中",
            household_code="6210",
            relation="户主",
            group_name="五组",
            level="初级",
            hours="90.5",
            remark="补录",
        ),
        by=clerk,
    )
    wanted = {
        "state": "active",
        "region_code": "621022201001",
        "county_code": "621022",
        "prefecture_code": "6210",
        "group_name": "五组",
        "household_code": "6210",
        "relation": "head",
        "category": "filed-poor",
        "education": "junior",
        "program_id": "skills",
        "level": "5",
        "start_date": datetime.date(2019, 6, 24),
        "end_date": datetime.date(2019, 7, 8),
        "hours": Decimal("90.5"),
        "result": "unassessed",
        "employment": "unknown",
        "remark": "补录",
        "as_written": {"sex": ""},
        "import_batch_id": batch.pk,
        "sheet": 1,
        "line": 2,
        "entered_by": clerk.pk,
        "version": 1,
        "subsidy": None,
        "score": None,
    }
    assert Enrollment.objects.values(*wanted).get() == wanted
    taught = TrainingClass.objects.get()
    assert (taught.code, taught.institution.name, taught.occupation.name) == (
        "2019001",
        "环县职业中等专业学校",
        "电焊工",
    )


def test_a_file_brought_in_twice_adds_nothing_and_says_so_of_every_row() -> None:
    rows = [a_row(order) for order in range(1, 8)]
    first = entered(*rows)
    before = ledger("id", "line", "created_at")
    again = brought_in(csv_of(rows))
    assert (first.written, again.accepted, again.held) == (7, 0, 7)
    today = f"{timezone.localdate(before[0][2]):%Y-%m-%d}"
    rule = "training.person_is_not_in_class_yet"
    assert [(f.line, f.rule, f.sentence, f.params) for f in again.findings.all()] == [
        (line, rule, IN_LEDGER, {"day": today}) for line in range(2, 9)
    ]
    with pytest.raises(ImportNotPossible) as refused:
        services.confirm(again, by=None)
    assert str(refused.value) == services.NOTHING_TO_WRITE
    assert ledger("id", "line", "created_at") == before


def test_rows_that_another_has_entered_meanwhile_are_passed_over() -> None:
    """Both files were judged before either was written."""
    rows = [a_row(order) for order in (1, 2, 3)]
    batches = [brought_in(csv_of(part)) for part in (rows[:2], rows)]
    for batch in batches:
        services.confirm(batch, by=None)
        worked(batch)
    assert [(b.state, b.accepted, b.written) for b in batches] == [("done", 2, 2), ("done", 3, 1)]
    assert ledger("import_batch_id") == [(batches[0].pk,), (batches[0].pk,), (batches[1].pk,)]
    assert rollups.differences() == []
    entries = AuditEntry.objects.filter(verb="training.enrollment.entered").order_by("id")
    assert [entry.changes["rows"] for entry in entries] == [2, 1]


def test_two_names_with_one_number_in_two_classes_are_not_one_person() -> None:
    batch = brought_in(
        csv_of([a_row(1, name="张三"), a_row(1, name="李四", class_code="2"), a_row(3)])
    )
    assert (batch.people, batch.accepted, batch.held) == (3, 2, 1)
    with translation.override("zh-hans"):
        assert [(f.line, str(f)) for f in batch.findings.filter(severity="block")] == [
            (3, "该身份证号码在第 2 行对应另一姓名（张三），请核对号码和姓名。")
        ]


def test_a_person_in_two_classes_is_one_person_with_two_rows() -> None:
    entered(a_row(1), a_row(1, class_code="2"))
    people = {person for (person,) in ledger("person")}
    assert (len(people), Enrollment.objects.count()) == (1, 2)


def test_one_number_for_two_classes_makes_two_classes() -> None:
    entered(a_row(1), a_row(2, occupation="砌筑工"), a_row(3, start_date="2019-06-25"), a_row(4))
    classes = TrainingClass.objects.order_by("occupation__name", "start_date")
    assert list(classes.values_list("code", "occupation__name", "start_date")) == [
        ("2019001", "电焊工", datetime.date(2019, 6, 24)),
        ("2019001", "电焊工", datetime.date(2019, 6, 25)),
        ("2019001", "砌筑工", datetime.date(2019, 6, 24)),
    ]


def test_what_is_known_of_classes_and_schools_stays() -> None:
    known = a_class(institution="环县职业中等专业学校", level="3", hours=7)
    entered(a_row(1, level="初级", hours="90"))
    taught = TrainingClass.objects.get()
    assert (taught.pk, taught.level, taught.hours, taught.end_date) == (
        known.pk,
        "3",
        7,
        known.end_date,
    )
    assert (Institution.objects.count(), Occupation.objects.count()) == (1, 1)
    assert ledger("level", "hours") == [("5", 90)]


def test_another_countys_person_is_enrolled_where_it_happened() -> None:
    person = a_person(1, name="马小花", county_code="622926")
    entered(a_row(1, name="马小花"))
    assert ledger("person_id", "county_code", "region_code") == [
        (person.pk, "621022", "621022201001")
    ]


def as_written() -> list[Any]:
    return [
        each and {k: v for k, v in each.items() if k != "phone_sealed"}
        for (each,) in ledger("as_written")
    ]


def phones() -> list[str | None]:
    """What each row keeps of its phone: the number, '' for an empty cell, None for nothing kept."""
    kept = [(each or {}).get("phone_sealed") for (each,) in ledger("as_written")]
    return [sealed and unseal(bytes.fromhex(sealed), PHONE_FIELD) for sealed in kept]


def test_what_the_roster_words_otherwise_is_kept_with_the_row() -> None:
    entered(
        a_row(1, sex="男", ethnicity="汉族", phone="13900000001"),
        a_row(
            3,
            sex="男性",
            ethnicity="汉",
            phone="",
            category="建档立卡",
            education="中专",
            level="五级",
            village="李原村委会",
        ),
    )
    assert ledger("as_written") == [
        (None,),
        (
            {
                "sex": "男性",
                "ethnicity": "汉",
                "category": "建档立卡",
                "education": "中专",
                "level": "五级",
                "village": "李原村委会",
            },
        ),
    ]


def test_what_differs_from_the_register_or_is_left_empty_is_kept() -> None:
    a_person(1, name="古丽·买买提", ethnicity="维吾尔族", phone="13900000001")
    a_person(3, name="马小花", ethnicity="东乡族", phone="13900000001", county_code="622926")
    entered(
        a_row(1, name="古丽买买提", sex="男", ethnicity="维吾尔族", phone="13911111111"),
        a_row(3, name="马小花", ethnicity="回", phone="", category="建档立卡"),
        a_row(3, name="马小花", sex="男", phone="13900000001", class_code="2"),
    )
    assert as_written() == [
        {"name": "古丽买买提"},
        {"sex": "", "ethnicity": "回", "category": "建档立卡"},
        {"ethnicity": ""},
    ]
    assert phones() == ["13911111111", "", None]


def test_rows_without_a_file_take_the_same_way() -> None:
    clerk = an_account("clerk", "county-clerk", "621022")
    found = judged(a_row(1), a_row(3))
    assert take_rows(found, options={"program": "skills"}, by=clerk) == 2
    assert ledger("import_batch_id", "sheet", "line", "entered_by") == [
        (None, None, None, clerk.pk),
        (None, None, None, clerk.pk),
    ]
    assert rollups.differences() == []
    again = judged(a_row(1), a_row(5))
    assert again.held == {0}
    with pytest.raises(ImportNotPossible):
        take_rows(again, options={"program": "skills"}, by=clerk)
    assert Enrollment.objects.count() == 2


def test_two_at_once_write_a_row_once() -> None:
    """Both judged before either wrote: the second passes the row over."""
    clerk = an_account("clerk", "county-clerk", "621022")
    pair = [judge_rows(TRAINING_ROSTER, "621022", [a_row(1)]) for _ in range(2)]
    assert [take_rows(each, options={"program": "skills"}, by=clerk) for each in pair] == [1, 0]
    assert citizen_number(1) not in str(ledger("as_written", "remark"))


def test_a_write_that_breaks_off_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = brought_in(csv_of([a_row(1)]))
    services.confirm(batch, by=None)
    monkeypatch.setattr("training.services.audit.record", lambda *_, **__: 1 / 0)
    worked(batch)
    assert batch.state == "queued"
    assert (Enrollment.objects.count(), TrainingClass.objects.count()) == (0, 0)
    assert len(staged_rows(batch)) == 1
    assert rollups.differences() == []
