"""Each kind of roster taken back: what it brought goes, what it changed comes back."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import models

from core.models import User
from exchange.imports import undoing
from exchange.imports.kinds import all_kinds
from exchange.jobs import JobRefused
from exchange.models import ImportBatch
from programs.models import Expert, PostCeiling, Posting
from talent.models import CategorySpell, Household, HouseholdMembership, Person, RegisterLine
from tests.factories import a_class, a_person, citizen_number, enrolled
from tests.factories.kinds import FILLED, written_as
from tests.factories.rosters import worked
from training.models import Institution

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]
WHY = "传错了文件，应为二月名册"
TABLES: tuple[type[models.Model], ...] = (
    Person,
    Household,
    HouseholdMembership,
    CategorySpell,
    RegisterLine,
    Institution,
    Posting,
    Expert,
    PostCeiling,
)


def row(key: str, order: int = 1, **changes: str) -> dict[str, str]:
    """The kind's filled row for another person, as text."""
    given = {title: str(cell) for title, cell in FILLED[key].cells.items()}
    who = {"姓名": f"张{chr(0x4E00 + order)}", "身份证号码": citizen_number(order)}
    return given | (who if "身份证号码" in given else {}) | changes


def rows_of_all() -> dict[str, list[dict[str, Any]]]:
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in TABLES}


def taken_back(batch: ImportBatch, by: User) -> ImportBatch:
    undoing.take_back(batch, by=by, reason=WHY)
    return worked(batch)


def refusal(batch: ImportBatch, by: User) -> str:
    with pytest.raises(JobRefused) as refused:
        undoing.take_back(batch, by=by, reason=WHY)
    return refused.value.sentence


@pytest.mark.parametrize("key", ["people", "institutions", "postings", "experts", "posts"])
def test_what_an_import_brought_goes(key: str, clerk: User) -> None:
    before = rows_of_all()
    batch = written_as(key, row(key), by=clerk)
    assert rows_of_all() != before
    assert taken_back(batch, clerk).state == "undone"
    assert rows_of_all() == before


def test_only_quotas_cannot_be_taken_back() -> None:
    """Another numbered document changes them."""
    assert {kind.key for kind in all_kinds() if kind.undo is None} == {"quotas"}


@pytest.mark.parametrize("key", ["postings", "experts"])
def test_who_was_known_stays(key: str, clerk: User) -> None:
    known = a_person(1, name=row(key)["姓名"])
    batch = written_as(key, row(key), row(key, 3), by=clerk)
    taken_back(batch, clerk)
    assert list(Person.objects.all()) == [known]


def test_who_is_needed_elsewhere_stays(clerk: User) -> None:
    batch = written_as("postings", row("postings"), row("postings", 3), by=clerk)
    stays = Posting.objects.get(line=2).person
    enrolled(stays, a_class())
    taken_back(batch, clerk)
    assert (list(Person.objects.all()), Posting.objects.count()) == ([stays], 0)


@pytest.mark.parametrize(("key", "model"), [("postings", Posting), ("experts", Expert)])
def test_rows_that_were_changed_since_are_not_lost(key: str, model: Any, clerk: User) -> None:
    batch = written_as(key, row(key), by=clerk)
    model.objects.update(version=2)
    assert "were changed since" in refusal(batch, clerk)


def registered() -> Person:
    """A person of the county in a household, as some other door left it."""
    person = a_person(3, name=row("people", 3)["姓名"], ethnicity="东乡族", education="primary")
    home = {"county_code": "621022", "region_code": "621022"}
    house = Household.objects.create(code="6210220001", **home)
    since = datetime.date(2019, 1, 1)
    HouseholdMembership.objects.create(
        household=house, person=person, relation="other", valid_from=since
    )
    return person


def test_what_a_register_roster_changed_comes_back(clerk: User) -> None:
    person = registered()
    before = rows_of_all()
    batch = written_as("people", row("people", 3, 与户主关系="户主"), row("people", 5), by=clerk)
    person.refresh_from_db()
    assert (person.ethnicity, person.version, Person.objects.count()) == ("汉族", 2, 2)
    taken_back(batch, clerk)
    before["Person"][0]["version"] = 3
    assert rows_of_all() == before


def test_what_was_changed_again_is_not_lost(clerk: User) -> None:
    registered()
    batch = written_as("people", row("people", 3), by=clerk)
    written_as("people", row("people", 3, 民族="回族"), by=clerk)
    assert "people of this import were changed since" in refusal(batch, clerk)
    assert Person.objects.get().ethnicity == "回族"


def test_institutions_that_were_known_are_not_taken_away(clerk: User) -> None:
    Institution.objects.create(county_code="621022", name=row("institutions")["机构名称"])
    Institution.objects.update(created_at=datetime.datetime(2019, 1, 1, tzinfo=datetime.UTC))
    batch = written_as("institutions", row("institutions"), by=clerk)
    assert "were on file before it" in refusal(batch, clerk)


def test_an_institution_that_teaches_is_not_taken_away(clerk: User) -> None:
    batch = written_as("institutions", row("institutions"), by=clerk)
    a_class(institution=row("institutions")["机构名称"])
    assert "are used elsewhere" in refusal(batch, clerk)
