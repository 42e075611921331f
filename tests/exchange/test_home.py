"""The start page of each level."""

import datetime

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from exchange.models import ImportBatch
from exchange.panels import Panel, panels_of, register
from tests.factories import (
    a_class,
    a_person,
    a_plan,
    a_program,
    a_quota,
    an_account,
    divisions,
    enrolled,
    settled,
)

HOME = reverse("exchange:home")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ledger():
    """Three rows of 2019 in two counties of two prefectures, one of 2018."""
    divisions()
    huan, dongxiang = a_class(), a_class("622926")
    enrolled(a_person(1), huan, region_code="621022201001")
    enrolled(a_person(2), huan, category="monitored")
    enrolled(a_person(3, county_code="622926"), dongxiang)
    enrolled(a_person(4), a_class(code="old", start_date=datetime.date(2018, 3, 1)))
    settled()


def signed_in(client, role="", region="", name="某"):
    user = an_account(name, role, region)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def tile_values(page):
    return [tile["value"] for tile in page.context["tiles"]]


def table(page, name):
    return {
        row["cells"][0]["value"]: row["cells"][1]["value"] for row in page.context[name]["rows"]
    }


def test_a_county_sees_its_ledger_imports_and_quota(client):
    clerk = signed_in(client, "county-clerk", "621022")
    for state, name in (("done", "a.xlsx"), ("waiting", "b.xlsx"), ("failed", "c.xlsx")):
        ImportBatch.objects.create(
            kind="training",
            original_name=name,
            stored_as="x",
            sha256="",
            size=1,
            region_code="621022",
            state=state,
        )
    ImportBatch.objects.create(
        kind="training",
        original_name="theirs.xlsx",
        stored_as="x",
        sha256="",
        size=1,
        region_code="622926",
        state="waiting",
    )
    page = clerk.get(HOME)
    assert [row["name"] for row in page.context["imports"]] == ["b.xlsx", "c.xlsx", "a.xlsx"]
    assert page.context["waiting"] == 1
    assert tile_values(page)[-2:] == [2, 2]
    panels = {panel["key"]: panel["url"] for panel in page.context["home_panels"]}
    assert panels.keys() == {"quotas", "newest"}
    assert [panel["key"] for panel in page.context["first_panels"]] == ["due"]
    newest = clerk.get(panels["newest"])
    assert [row["name"] for row in newest.context["rows"]] == ["张4", "张2", "张1"]


def test_the_county_s_quota_stands_beside_what_was_done(client):
    plan = a_plan()
    a_quota(plan, a_program(), "621022", 8)
    clerk = signed_in(client, "county-clerk", "621022")
    (bar,) = clerk.get(reverse("programs:panel-quotas")).context["bars"]
    assert {k: bar[k] for k in ("plan", "done", "rate", "gap")} == {
        "plan": 8,
        "done": 2,
        "rate": 25.0,
        "gap": 6,
    }


def test_an_empty_county_is_told_what_to_do_next(client):
    clerk = signed_in(client, "county-clerk", "621021")
    assert reverse("exchange:import-new") in clerk.get(HOME).content.decode()
    newest = clerk.get(reverse("training:panel-newest"))
    assert reverse("exchange:import-new") in newest.content.decode()


@pytest.mark.parametrize(
    ("role", "region", "total", "places"),
    [
        ("province-officer", "62", 3, {"庆阳市": 2, "临夏回族自治州": 1}),
        ("prefecture-officer", "6210", 2, {"庆城县": 0, "环县": 2}),
    ],
)
def test_a_wider_region_sees_the_next_level_down(client, role, region, total, places):
    officer = signed_in(client, role, region)
    page = officer.get(HOME)
    assert (tile_values(page)[0], table(page, "places")) == (total, places)
    assert page.context["of"].period.text == "2019"


def test_every_tile_says_how_it_is_counted_and_as_of_when(client):
    for number, (role, region) in enumerate(
        [("county-clerk", "621022"), ("prefecture-officer", "6210")]
    ):
        page = signed_in(client, role, region, str(number)).get(HOME)
        assert all(tile["as_of"] and tile["definition"] for tile in page.context["tiles"])


@pytest.mark.parametrize(
    "role",
    ["system-administrator", "security-administrator", "audit-administrator", "committee-member"],
)
def test_who_reads_no_figures_is_shown_the_next_steps(client, role):
    page = signed_in(client, role, "62").get(HOME)
    assert page.status_code == 200
    assert "tiles" not in page.context
    assert len(page.context["roles"]) == 1
    assert page.context["home_panels"] == []
    assert "张1" not in page.content.decode()


def test_without_a_role_there_is_a_sentence(client):
    page = signed_in(client).get(HOME)
    assert (page.status_code, page.context["roles"], page.context["steps"]) == (200, [], [])


def test_panels_are_declared_once_and_for_pages_that_show_them():
    panel = Panel("home", "quotas", "x", "programs:quotas", "see_figures")
    with pytest.raises(ImproperlyConfigured):
        register(panel)
    with pytest.raises(ImproperlyConfigured):
        register(Panel("kitchen", "x", "x", "programs:quotas", "see_figures"))
    assert panels_of("home", an_account("无")) == []
