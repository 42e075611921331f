"""Finding people, and the page of one."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import AuditEntry
from talent.models import CategorySpell, Household, HouseholdMembership
from tests.factories import a_class, a_person, an_account, citizen_number, divisions, enrolled

PEOPLE, FIND = reverse("talent:people"), reverse("talent:find")
pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(client):
    divisions()
    return signed_in(client, "县", "county-clerk", "621022")


def signed_in(client, name, role, region):
    client.force_login(
        an_account(name, role, region), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def names(response):
    return [row["cells"][0]["value"] for row in response.context["rows"]]


def test_people_are_found_by_the_beginning_of_the_name_or_its_initials(clerk):
    a_person(1, name="张三", name_initials="zs")
    a_person(2, name="张三丰", name_initials="zsf")
    a_person(3, name="李四", name_initials="ls")
    expected = {"张三": ["张三", "张三丰"], "zsf": ["张三丰"], "ls": ["李四"], "丰": [], "": None}
    found = {q: names(clerk.get(PEOPLE, {"q": q})) for q in expected if q}
    assert found == {q: who for q, who in expected.items() if q}
    assert len(names(clerk.get(PEOPLE))) == 3


def test_nobody_of_another_county_is_found(clerk):
    stranger = a_person(1, county_code="622926")
    assert names(clerk.get(PEOPLE, {"q": "张"})) == []
    assert clerk.get(PEOPLE, {"region": "622926"}).status_code == 404
    assert clerk.get(reverse("talent:person", args=[stranger.pk])).status_code == 404
    found = clerk.post(FIND, {"number": citizen_number(1)})
    assert (found.status_code, "number" in found.context["number"].errors) == (422, True)


def test_a_number_leads_straight_to_its_person(clerk):
    person = a_person(1)
    written = f" {citizen_number(1)[:6]} {citizen_number(1)[6:]}"
    found = clerk.post(FIND, {"number": written})
    assert (found.status_code, found["Location"]) == (
        302,
        reverse("talent:person", args=[person.pk]),
    )
    assert clerk.get(FIND).status_code == 405


@pytest.mark.parametrize("number", ["", "62102219900101001", "621022199001010010x", "张三"])
def test_what_is_no_number_is_told_so(clerk, number):
    assert clerk.post(FIND, {"number": number}).status_code == 422


def test_a_number_does_not_belong_into_the_name_search(clerk):
    page = clerk.get(PEOPLE, {"q": citizen_number(1)})
    assert page.context["form"].errors.keys() == {"q"}


def test_a_wide_region_is_searched_county_by_county(client):
    divisions()
    a_person(1)
    officer = signed_in(client, "市", "prefecture-officer", "6210")
    assert names(officer.get(PEOPLE, {"q": "张"})) == []
    assert names(officer.get(PEOPLE, {"q": "张", "region": "621022"})) == ["张1"]
    assert officer.post(FIND, {"number": citizen_number(1)}).status_code == 302


def test_the_page_shows_household_categories_and_panels(clerk):
    person, spouse = a_person(1), a_person(2)
    home = Household.objects.create(code="H1", county_code="621022", region_code="621022201001")
    for who, relation in ((person, "head"), (spouse, "spouse")):
        HouseholdMembership.objects.create(
            household=home, person=who, relation=relation, valid_from=datetime.date(2018, 1, 1)
        )
    CategorySpell.objects.create(
        person=person, category="filed-poor", valid_from="2014-01-01", valid_to="2020-12-31"
    )
    page = clerk.get(reverse("talent:person", args=[person.pk]))
    members = [row["cells"][0]["value"] for row in page.context["household"]["members"]]
    assert members == ["张1", "张2"]
    assert len(page.context["spells"]) == 1
    assert [panel["key"] for panel in page.context["panels"]] == ["trainings"]
    enrolled(person, a_class())
    trainings = clerk.get(page.context["panels"][0]["url"])
    assert [row["class_code"] for row in trainings.context["rows"]] == ["2019001"]
    assert citizen_number(1) not in page.content.decode()


def test_a_number_is_revealed_for_a_reason(clerk):
    person = a_person(1)
    url = reverse("talent:reveal", args=[person.pk])
    assert clerk.post(url, {"field": "id_number"}).status_code == 422
    page = clerk.post(url, {"field": "id_number", "reason": "核对证件"})
    assert citizen_number(1) in page.content.decode()
    assert AuditEntry.objects.get(verb="talent.number.revealed").target_key == str(person.pk)


def test_a_list_asks_as_often_at_three_people_as_at_one(clerk):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert clerk.get(PEOPLE).status_code == 200
        return len(asked)

    a_person(1)
    one = queries()
    a_person(2, region_code="621022201001")
    a_person(3, region_code="621022100001")
    assert queries() == one
