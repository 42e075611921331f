"""Figures through the API: the same as on the pages, within the same scope."""

import pytest
from django.urls import resolve

from tests.api.conftest import client_of
from tests.factories import an_account, figures_world

pytestmark = pytest.mark.django_db
ATTENDANCES = "training.attendances"


@pytest.fixture
def officer():
    figures_world()
    return client_of(an_account("市", "prefecture-officer", "6210"))


def figure(reader, **asked):
    asked = {"measure": ATTENDANCES, "region": "6210", "period": "2019"} | asked
    return reader.get("/api/v1/figures/", asked)


def test_every_measure_is_told_with_its_definition(officer):
    found = {each["key"]: each for each in officer.get("/api/v1/measures/").json()}
    assert (found[ATTENDANCES]["counts"], found["training.people"]["counts"]) == (
        "amount",
        "people",
    )
    assert all(each["definition"] and each["version"] >= 1 for each in found.values())


@pytest.mark.parametrize(
    ("asked", "value"),
    [
        ({}, 5),
        ({"period": "2018-06..2019-06"}, 6),
        ({"region": "621022", "measure": "training.people"}, 3),
        ({"program": "roads"}, 1),
        ({"category": "monitored", "period": "2019Q2"}, 1),
        ({"area": "three-prefectures"}, 0),
        ({"region": "621022", "here": "1"}, 1),
    ],
)
def test_a_figure_is_what_its_page_says(officer, asked, value):
    answer = figure(officer, **asked).json()
    assert answer["value"] == value
    assert officer.get(answer["url"]).context["whole"]["value"] == value


def test_parts_have_pages_of_their_own(officer):
    answer = figure(officer, region="621022", by="place").json()
    assert {part["key"]: part["value"] for part in answer["parts"]} == {
        "621022": 1,
        "621022100": 1,
        "621022201": 2,
    }
    assert resolve(answer["parts"][0]["url"].partition("testserver")[2].partition("?")[0])
    assert figure(officer).json()["parts"] == []


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"region": "62"}, 404),
        ({"region": "6229"}, 404),
        ({"measure": "training.none"}, 404),
        ({"period": "2019-13"}, 404),
        ({"area": "nowhere"}, 404),
        ({"by": "person"}, 400),
        ({"region": "62x"}, 400),
        ({"unknown": "1"}, 400),
    ],
)
def test_what_is_none_or_elsewhere_is_not_told(officer, asked, status):
    assert figure(officer, **asked).status_code == status
