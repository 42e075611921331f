"""The register: people are registered once, by the first who names them, and changed by no roster."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from core.sealing import unseal
from talent.imports import ID_NUMBER_FIELD, PHONE_FIELD
from talent.models import Household, HouseholdMembership, Person
from tests.factories import a_person, a_program, citizen_number, divisions
from tests.factories.rosters import a_row, entered
from training.models import Enrollment

pytestmark = pytest.mark.django_db
HOUSE = "6210222012010001"


@pytest.fixture(autouse=True)
def surroundings(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FILES_DIR = tmp_path
    monkeypatch.setattr("exchange.jobs._try_to_wake", lambda job: None)
    divisions()
    a_program()


def register() -> list[dict[str, Any]]:
    return list(Person.objects.order_by("id_number_mask").values())


def test_a_new_person_is_registered_whole() -> None:
    entered(
        a_row(
            1,
            name="古丽·买买提",
            ethnicity="回",
            education="初中",
            phone="139 0000 0001",
        )
    )
    person = Person.objects.get()
    number = citizen_number(1)
    assert unseal(person.id_number_sealed, ID_NUMBER_FIELD) == number
    assert unseal(person.phone_sealed, PHONE_FIELD) == "13900000001"
    assert number not in str(person.__dict__)
    plain = ("name", "name_key", "name_initials", "sex", "birth_date", "ethnicity", "education")
    assert [getattr(person, name) for name in plain] == [
        "古丽·买买提",
        "古丽买买提",
        "glmmt",
        "1",
        datetime.date(1990, 1, 1),
        "回族",
        "junior",
    ]
    assert (person.county_code, person.region_code) == ("621022", "621022201001")
    assert (person.id_number_mask, person.phone_mask) == (
        "621022********" + number[14:],
        "139****0001",
    )


def test_the_sex_of_a_roster_without_it_is_the_numbers() -> None:
    entered(a_row(1), a_row(2))
    assert [person["sex"] for person in register()] == ["1", "2"]


def test_who_is_known_stays_as_registered() -> None:
    """A person of this county and one of another: a roster with other facts changes neither."""
    a_person(1, name="古丽·买买提", ethnicity="汉族", phone="13900000001")
    a_person(3, name="马小花", ethnicity="东乡族", county_code="622926")
    before = register()
    entered(
        a_row(1, name="古丽买买提", ethnicity="回族", education="高中", phone="13911111111"),
        a_row(3, name="马小花", ethnicity="回族", phone="", village="李原村"),
        a_row(5),
    )
    assert [person for person in register() if person["name"] != "张\u4e05"] == before
    assert Person.objects.count() == 3
    assert Enrollment.objects.count() == 3


def memberships() -> list[tuple[Any, ...]]:
    rows = HouseholdMembership.objects.order_by("person__id_number_mask", "id")
    names = "person__name", "household__code", "household__region_code", "relation", "valid_from"
    return list(rows.values_list(*names))


def test_households_and_who_belongs_to_them() -> None:
    start = datetime.date(2019, 6, 24)
    entered(
        a_row(1, name="张三", household_code=HOUSE, relation="户主"),
        a_row(2, name="王桂花", household_code=HOUSE, relation="妻子"),
        a_row(3, name="李四", household_code="2", relation=""),
        a_row(4, name="马五", relation="户主"),
        a_row(1, name="张三", household_code="3", relation="户主", class_code="2"),
    )
    assert memberships() == [
        ("张三", HOUSE, "621022201001", "head", start),
        ("王桂花", HOUSE, "621022201001", "spouse", start),
        ("李四", "2", "621022201001", "other", start),
    ]
    assert sorted(Household.objects.values_list("code", "county_code")) == [
        ("2", "621022"),
        ("3", "621022"),
        (HOUSE, "621022"),
    ]


def test_a_roster_closes_no_membership_and_moves_nobody() -> None:
    entered(a_row(1, household_code=HOUSE, relation="户主"))
    before = memberships()
    entered(a_row(1, household_code="2", relation="之子", class_code="2"))
    assert memberships() == before


def test_a_person_of_another_county_joins_no_household_here() -> None:
    a_person(1, name="马小花", county_code="622926")
    entered(a_row(1, name="马小花", household_code=HOUSE, relation="户主"))
    assert memberships() == []


def test_the_same_number_of_a_household_in_two_counties_is_two() -> None:
    entered(a_row(1, household_code=HOUSE, relation="户主"))
    other = {"township": "锁南镇", "village": "锁南村"}
    entered(a_row(3, household_code=HOUSE, relation="户主", **other), county="622926")
    rows = Household.objects.filter(code=HOUSE).values_list("county_code", "region_code")
    assert sorted(rows) == [("621022", "621022201001"), ("622926", "622926100001")]
    assert [m[1:3] for m in memberships()] == [
        (HOUSE, "621022201001"),
        (HOUSE, "622926100001"),
    ]


def test_a_broken_write_registers_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.services.rollups.move", lambda *_, **__: 1 / 0)
    batch = entered(a_row(1, household_code=HOUSE, relation="户主"))
    assert batch.state == "queued"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM talent_person) + (SELECT count(*) FROM talent_household)"
            " + (SELECT count(*) FROM training_trainingclass)"
        )
        assert cursor.fetchone() == (0,)
