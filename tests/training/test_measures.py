"""Figures of what came of classes: each fact moves them in its month, by whatever act."""

import datetime
from decimal import Decimal

import pytest
from django.db import transaction
from django.test import Client

from core.models import PolicyArea, User
from exchange import rollups, upkeep
from exchange.amounts import By
from exchange.figures import Figure
from exchange.measures import all_derived, all_measures
from exchange.models import MeasureCount, PeopleSet, Restatement, Rollup
from exchange.periods import Period
from exchange.submissions.closing import told
from talent.credentials import grant, withdraw
from talent.models import Credential
from tests.factories import a_class, a_person, a_program, an_account, divisions, enrolled, settled
from tests.factories.facts import a_follow_up, a_result, a_roll
from tests.factories.submissions import JUNE, a_month
from training.follow_ups import Answer, keep_follow_ups
from training.models import Enrollment, FollowUp
from training.outcomes import copy_outcomes
from training.results import ExamResult, enter_results

pytestmark = pytest.mark.django_db
DAY = datetime.date
YEAR = Period.parse("2019")


@pytest.fixture
def clerk() -> User:
    divisions()
    a_program()
    return an_account("clerk", "county-clerk", "621022")


@pytest.fixture
def row(clerk: User) -> Enrollment:
    found = enrolled(a_person(1), a_class(), region_code="621022100001")
    settled()
    return found


def value(key: str, code: str = "62", period: Period = YEAR) -> object:
    return Figure(key, code, period).value()


def test_every_measure_can_be_counted_at_every_level(row: Enrollment) -> None:
    """SQL of every declaration, kept and live, with the rows behind it."""
    for each in all_measures():
        for code in ("62", "621022", *(["621022100"] if each.place else [])):
            of = Figure(each.key, code, YEAR)
            counted = of.rows().count()
            for by in By:
                of.parts(by)
            assert (each.key, code, of.value()) == (each.key, code, counted)
    for derived in all_derived():
        of = Figure(derived.key, "62", YEAR)
        assert of.value() in (None, 0)
        assert all(part.value in (None, 0) for by in By for part in of.parts(by))


def test_a_certificate_moves_what_is_known_today(row: Enrollment, clerk: User) -> None:
    a_month("locked", month=JUNE)
    given = Credential(
        person=row.person,
        kind="skill",
        number="A1",
        issued_on=DAY(2019, 9, 2),
        enrollment_key=row.pk,
    )
    with told(), transaction.atomic():
        grant(county_code="621022", credentials=[given], by=clerk)
        copy_outcomes([row.pk])
    september = Period.parse("2019-09")
    assert value("training.certificates", period=september) == 1
    assert (value("training.certified"), value("training.certified_people")) == (1, 1)
    assert value("training.certificate_rate") == 1
    assert (rollups.differences(), Restatement.objects.count()) == ([], 0)
    with told(), transaction.atomic():
        withdraw(county_code="621022", keys=[given.pk], by=clerk, reason="证书信息录入有误")
        copy_outcomes([row.pk])
    assert value("training.certificates", period=september) == 0
    assert (value("training.certificate_rate"), rollups.differences()) == (0, [])


def test_results_and_follow_ups_move_their_month(row: Enrollment, clerk: User) -> None:
    entry = a_result(row, clerk, None)
    type(entry.roll).objects.update(state="frozen", frozen_at="2019-07-01T00:00Z", frozen_by=clerk)
    result = ExamResult("passed", Decimal(80), DAY(2019, 8, 20))
    enter_results(roll=entry.roll, results={entry.pk: (entry.version, result)}, by=clerk)
    assert value("training.results", period=Period.parse("2019-08")) == 1
    asked = Answer(row.pk, DAY(2019, 10, 8), "phone", "employed")
    keep_follow_ups(training_class=row.training_class, answers=[asked], by=clerk)
    assert value("training.follow_ups", period=Period.parse("2019-10")) == 1
    assert (value("training.employed_people"), value("training.employment_rate")) == (1, 1)
    found = FollowUp.objects.get()
    later = Answer(row.pk, DAY(2019, 11, 8), "phone", "unemployed", key=found.pk, version=1)
    keep_follow_ups(training_class=row.training_class, answers=[later], by=clerk)
    assert value("training.follow_ups", period=Period.parse("2019-10")) == 0
    assert value("training.follow_ups", period=Period.parse("2019-11")) == 1
    assert (value("training.employment_rate"), rollups.differences()) == (0, [])


def test_a_fact_goes_with_the_category_of_its_row(row: Enrollment, clerk: User) -> None:
    a_follow_up(row, clerk)
    a_roll(row, clerk)
    settled()
    with rollups.counting(Enrollment, [row.pk]):
        Enrollment.objects.filter(pk=row.pk).update(category="veteran")
    of = Figure("training.follow_ups", "62", Period.parse("2019"))
    assert [part.key for part in of.parts(By.CATEGORY)] == ["veteran"]
    assert rollups.differences() == []


def test_what_is_known_today_is_neither_sealed_nor_restated(row: Enrollment) -> None:
    for month in (JUNE, DAY(2019, 7, 1)):
        a_month("locked", month=month)
    with rollups.counting(Enrollment, [row.pk]):
        Enrollment.objects.filter(pk=row.pk).update(certificate_number="A1", subsidy=1200)
    assert value("training.cost_a_head") == 1200
    assert Restatement.objects.count() == 0
    keys = set(Rollup.objects.settled().values_list("measure", flat=True))
    assert keys == {"training.attendances", "training.completions"}


def test_a_poor_village_counts_as_long_as_it_is_designated(row: Enrollment) -> None:
    area = PolicyArea.objects.create(key="area", name="area", kind="provincial", source="test")
    other = PolicyArea.objects.create(key="other", name="other", kind="provincial", source="test")
    for each, until in ((area, None), (other, DAY(2020, 12, 31))):
        each.villages.create(village_id="621022100001", valid_to=until)
    assert value("training.in_poor_villages", "621022100001") == 1
    settled()
    assert value("training.in_poor_villages") == 1
    area.villages.update(valid_from=DAY(2019, 6, 25))
    other.villages.update(valid_to=DAY(2019, 6, 23))
    settled()
    assert value("training.in_poor_villages") == 0


def test_a_changed_declaration_is_counted_anew_once(row: Enrollment) -> None:
    assert rollups.outdated() == []
    MeasureCount.objects.filter(measure="training.people").update(version=0)
    MeasureCount.objects.filter(measure="training.attendances").delete()
    PeopleSet.objects.filter(measure="training.people").update(size=0, people=b"")
    PeopleSet.objects.filter(measure="training.people").delete()
    Rollup.objects.measured("training.attendances").delete()
    assert [each.key for each in rollups.outdated()] == ["training.attendances", "training.people"]
    assert not Figure("training.people", "62", YEAR).is_counted()
    assert Figure("training.certificate_rate", "62", YEAR).is_counted()
    assert upkeep.recount_outdated() == 2
    assert (value("training.people"), value("training.attendances")) == (1, 1)
    assert (upkeep.recount_outdated(), rollups.differences()) == (0, [])


def test_the_page_of_a_figure_says_that_it_is_counted_anew(row: Enrollment, client: Client) -> None:
    client.force_login(an_account("province", "province-officer", "62"))
    page = Figure("training.people", "62", YEAR).url()
    assert client.get(page).context["is_counted"]
    MeasureCount.objects.filter(measure="training.people").update(version=0)
    assert not client.get(page).context["is_counted"]
