"""The register's own roster: who is new, what is changed, who is held, and households that add up."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry
from core.sealing import unseal
from exchange.imports import services
from talent.imports import PHONE_FIELD
from talent.models import CategorySpell, Household, HouseholdMembership, Person, RegisterLine
from tests.factories import a_person, an_account, citizen_number, divisions
from tests.factories.kinds import brought_as, found_in, judged_as, written_as
from tests.factories.rosters import worked

pytestmark = pytest.mark.django_db
HOUSE, VILLAGE = "6210220001", "621022201001"
BLOCK, NEAR, EXPLAIN = "block", "near-block", "explain"


@pytest.fixture(autouse=True)
def surroundings(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FILES_DIR = tmp_path
    monkeypatch.setattr("exchange.jobs._try_to_wake", lambda job: None)
    divisions()


def row(order: int = 1, relation: str = "户主", **changes: str) -> dict[str, str]:
    """A person by order: odd ones are men."""
    given = {
        "户编号": HOUSE,
        "姓名": f"张{order}" if order > 9 else f"张{chr(0x4E00 + order)}",
        "与户主关系": relation,
        "身份证号码": citizen_number(order),
    }
    return given | changes


def registered(order: int = 1, **values: Any) -> Person:
    return a_person(order, name=f"张{chr(0x4E00 + order)}", **values)


def in_household(person: Person, code: str = HOUSE, relation: str = "head") -> None:
    house, _ = Household.objects.get_or_create(
        code=code, county_code=person.county_code, defaults={"region_code": person.county_code}
    )
    since = datetime.date(2019, 1, 1)
    HouseholdMembership.objects.create(
        household=house, person=person, relation=relation, valid_from=since
    )


def people_in(*rows: dict[str, str], **more: Any) -> list[tuple[int, str, str]]:
    return found_in("people", *rows, **more)


def test_new_people_are_registered_with_household_category_and_line() -> None:
    more = {"劳动技能": "技能劳动力", "入户日期": "2015-03-01"}
    category = {"人员类别": "建档立卡贫困劳动力", "类别起始日期": "2014-12-31"}
    place = {"乡镇": "小南沟乡", "行政村": "李原村"}
    spouse = row(2, "配偶", 在校生状况="高中二年级", **place)
    batch = written_as("people", row(1, 文化程度="初中", **more, **category, **place), spouse)
    assert (batch.state, batch.held, batch.written) == ("done", 0, 2)
    people = Person.objects.order_by("id").values_list(
        "region_code", "education", "labor_skill", "studying", "version"
    )
    assert sorted(people) == [
        (VILLAGE, "", "", "高中二年级", 1),
        (VILLAGE, "junior", "skilled", "", 1),
    ]
    members = HouseholdMembership.objects.order_by("-relation").values_list(
        "household__code", "relation", "valid_from"
    )
    today = timezone.localdate()
    first = datetime.date(2015, 3, 1)
    assert list(members) == [(HOUSE, "spouse", today), (HOUSE, "head", first)]
    spells = CategorySpell.objects.values_list("category", "valid_from", "valid_to", "evidence")
    closed = datetime.date(2020, 12, 31)
    assert list(spells) == [("filed-poor", datetime.date(2014, 12, 31), closed, "名册.csv")]
    lines = RegisterLine.objects.order_by("line").values_list("line", "is_new", "before")
    assert list(lines) == [(2, True, None), (3, True, None)]


def facts(person: Person) -> dict[str, Any]:
    person.refresh_from_db()
    names = "ethnicity", "education", "labor_skill", "region_code", "version"
    phone = unseal(bytes(person.phone_sealed or b""), PHONE_FIELD)
    return {name: getattr(person, name) for name in names} | {"phone": phone}


def test_what_differs_is_changed_told_and_kept() -> None:
    person = registered(1, ethnicity="汉族", education="primary", phone="13900001111")
    in_household(person, relation="other")
    changed = row(
        1,
        民族="回族",
        文化程度="初中",
        劳动技能="普通劳动力",
        联系电话="13922221111",
        乡镇="小南沟乡",
    )
    judged = judged_as("people", changed)
    assert [(f.rule, f.params) for f in judged.findings] == [
        (
            "talent.person_is_changed_knowingly",
            {"facts": "民族、文化程度、劳动技能、与户主关系、行政村、联系电话"},
        )
    ]
    officer = an_account("clerk", "county-clerk", "621022")
    written_as("people", changed, by=officer)
    assert facts(person) == {
        "ethnicity": "回族",
        "education": "junior",
        "labor_skill": "ordinary",
        "region_code": "621022201",
        "version": 2,
        "phone": "13922221111",
    }
    assert person.memberships.get().relation == "head"
    line = RegisterLine.objects.get()
    kept = {name: line.before[name] for name in ("ethnicity", "education", "relation", "version")}
    assert kept == {"ethnicity": "汉族", "education": "primary", "relation": "other", "version": 2}
    assert unseal(bytes.fromhex(line.before["phone_sealed"]), PHONE_FIELD) == "13900001111"
    entry = AuditEntry.objects.get(verb="talent.register.completed")
    assert (entry.actor_id, entry.region_code) == (officer.pk, "621022")
    counts = {"rows": 1, "registered": 0, "changed": 1, "relations": 1, "categories": 0}
    assert entry.changes == counts


def test_empty_cells_and_less_exact_homes_change_nothing() -> None:
    person = registered(1, region_code=VILLAGE, phone="13900001111")
    in_household(person)
    before = facts(person)
    for same in (row(1), row(1, 乡镇="小南沟乡"), row(1, 联系电话="139 0000 1111", 民族="汉")):
        assert people_in(same) == []
        written_as("people", same)
        assert facts(person) == before
    assert list(RegisterLine.objects.values_list("is_new", "before")) == [(False, None)] * 3


def test_a_phone_that_differs_under_its_mask_only_is_seen() -> None:
    person = registered(1, phone="13900001111")
    in_household(person)
    written_as("people", row(1, 联系电话="13955551111"))
    assert (facts(person)["phone"], person.phone_mask) == ("13955551111", "139****1111")


def test_the_same_file_again_changes_nothing() -> None:
    rows = [
        row(1, 联系电话="13900001111", 人员类别="脱贫劳动力", 类别起始日期="2021-01-01"),
        row(2, "配偶", 文化程度="初中"),
    ]
    written_as("people", *rows)
    before = list(Person.objects.order_by("id").values())
    assert people_in(*rows) == []
    written_as("people", *rows)
    assert list(Person.objects.order_by("id").values()) == before
    counts = [HouseholdMembership.objects.count(), CategorySpell.objects.count()]
    assert counts == [2, 1]


def test_nobody_is_moved_to_another_county() -> None:
    person = registered(1, county_code="622926", ethnicity="东乡族")
    before = facts(person)
    assert people_in(row(1, 民族="汉族")) == [(0, "person_is_of_this_county", BLOCK)]
    assert facts(person) == before


def test_who_moves_between_judging_and_writing_is_left_alone() -> None:
    batch = brought_as("people", row(1, 民族="回族"), row(2, "配偶"))
    person = registered(1, county_code="622926", ethnicity="东乡族")
    services.confirm(batch, by=None)
    assert (worked(batch).state, batch.written) == ("done", 1)
    assert (facts(person)["ethnicity"], person.version) == ("东乡族", 1)
    assert person.memberships.count() == 0


def test_nobody_is_moved_to_another_household() -> None:
    in_household(registered(1), "9")
    assert people_in(row(1)) == [(0, "person_is_in_one_household", BLOCK)]
    (finding,) = judged_as("people", row(1)).findings
    assert finding.params == {"code": "9", "day": "2019-01-01"}


def test_a_person_stands_once() -> None:
    assert people_in(row(1), row(1)) == [
        (1, "person_stands_once_in_register_roster", BLOCK),
        (1, "household_has_one_head", NEAR),
    ]


def test_a_household_has_one_head() -> None:
    assert people_in(row(1, "之子"), row(2, "之女")) == [(0, "household_has_one_head", NEAR)]
    assert people_in(row(1), row(3)) == [(1, "household_has_one_head", NEAR)]
    assert people_in(row(1), row(3, 户编号="2")) == []


def test_who_is_on_file_counts_as_a_member() -> None:
    in_household(registered(1))
    assert people_in(row(3, "之子")) == []
    assert people_in(row(3)) == [(0, "household_has_one_head", NEAR)]
    assert people_in(row(1), row(3, "之子")) == []
    Person.objects.update(county_code="622926")
    Household.objects.update(county_code="622926")
    assert people_in(row(3, "之子")) == [(0, "household_has_one_head", NEAR)]


def test_head_and_spouse_are_a_pair() -> None:
    assert people_in(row(1), row(2, "配偶")) == []
    assert people_in(row(1), row(3, "配偶")) == [(1, "spouses_differ_in_sex", NEAR)]
    assert people_in(row(1), row(2, "配偶"), row(4, "妻子")) == [
        (2, "household_has_one_spouse", NEAR)
    ]


def test_education_or_present_schooling() -> None:
    studying = row(3, "之子", 在校生状况="初中一年级")
    pupil = row(5, "之子", 在校生状况="小学三年级", 文化程度="小学")
    rows = [row(1, 文化程度="初中"), studying, pupil, row(7, "之子")]
    assert people_in(*rows) == [
        (2, "education_or_studying", EXPLAIN),
        (3, "education_or_studying", EXPLAIN),
    ]
    assert people_in(row(1, 文化程度="初中"), row(7, "之子")) == []


def test_a_category_has_a_first_day_and_filing_is_over() -> None:
    late = {"人员类别": "建档立卡贫困劳动力", "类别起始日期": "2021-01-01"}
    assert people_in(row(1, 人员类别="脱贫劳动力")) == [(0, "category_has_its_first_day", BLOCK)]
    assert people_in(row(1, **late)) == [(0, "filed_poor_ended_when_it_was_closed", BLOCK)]
    assert people_in(row(1, **late | {"类别起始日期": "2020-12-31"})) == []


def test_the_list_shows_the_people_of_an_import(client: Client) -> None:
    registered(9)
    batch = written_as("people", row(1), row(2, "配偶"))
    page = reverse("talent:people")
    client.force_login(an_account("admin", "roster-administrator", "6210"))
    found = client.get(page, {"batch": batch.public_id})
    names = {line["cells"][0]["value"] for line in found.context["rows"]}
    assert names == {row(1)["姓名"], row(2)["姓名"]}
    assert [chip["value"] for chip in found.context["chips"]] == ["名册.csv"]
    client.force_login(an_account("other", "county-clerk", "622926"))
    assert client.get(page, {"batch": batch.public_id}).context["rows"] == []
