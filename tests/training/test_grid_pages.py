"""The pages on which rows are entered as in a spreadsheet: whose rows they say they are about."""

import datetime
import re

import pytest
from django.urls import reverse

from tests.factories import a_class, a_program, an_account, divisions
from training import forms

MONTH = reverse("training:grid")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places():
    divisions()


@pytest.fixture
def clerk(client):
    user = an_account("县", "county-clerk", "621022")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def about(page):
    """What the grid of a page is about, as its script reads it."""
    section = re.search(r"<section[^>]*data-grid=[^>]*>", page.content.decode())
    assert section
    found = dict(re.findall(r'data-(grid|region|month|class|program)="([^"]*)"', section.group()))
    return [found[name] for name in ("grid", "region", "month", "class", "program")]


def test_a_month_of_the_clerks_county(clerk):
    a_program()
    page = clerk.get(MONTH, {"month": "2019-06", "program": "skills"})
    assert about(page) == ["/api/v1/ledger-rows/", "621022", "2019-06", "", "skills"]
    assert page.context["form"].errors == {}


def test_a_month_that_is_none_is_told_and_the_present_one_shown(clerk, frozen_today):
    a_program()
    page = clerk.get(MONTH, {"month": "2019-13"})
    assert list(page.context["form"].errors) == ["month"]
    assert about(page) == ["/api/v1/ledger-rows/", "621022", frozen_today, "", "skills"]


@pytest.fixture
def frozen_today(monkeypatch):
    monkeypatch.setattr(forms.timezone, "localdate", lambda: datetime.date(2020, 2, 29))
    return "2020-02"


def test_another_county_is_not_there(clerk):
    a_program()
    assert clerk.get(MONTH, {"region": "621027"}).status_code == 404


def test_a_class_says_program_and_dates_itself(clerk):
    found = a_class()
    page = clerk.get(reverse("training:class-grid", args=[found.pk]))
    assert about(page) == [
        "/api/v1/ledger-rows/",
        "621022",
        "",
        str(found.pk),
        found.program_id,
    ]


def test_the_ledger_and_the_class_lead_to_the_grid(clerk):
    found = a_class()
    labels = {
        url: [action["url"] for action in clerk.get(url).context["actions"]]
        for url in (reverse("training:ledger"), reverse("training:class", args=[found.pk]))
    }
    assert labels == {
        reverse("training:ledger"): [MONTH],
        reverse("training:class", args=[found.pk]): [
            reverse("training:class-grid", args=[found.pk]),
            reverse("training:class-fund", args=[found.pk]),
            reverse("training:name-list", args=[found.pk]),
        ],
    }
