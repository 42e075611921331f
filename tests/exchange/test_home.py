"""The start page of each level, and the figures one click deeper."""

import datetime

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test.utils import CaptureQueriesContext
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
from training.models import Enrollment

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
    assert page.context["slice"].year == 2019


def test_from_the_province_down_to_the_rows(client):
    officer = signed_in(client, "province-officer", "62")
    page = officer.get(reverse("exchange:figures", args=["62"]), {"year": "2019", "month": "6"})
    seen = []
    for name in ("庆阳市", "环县"):
        row = next(r for r in page.context["places"]["rows"] if r["cells"][0]["value"] == name)
        page = officer.get(row["cells"][0]["url"])
        seen.append(tile_values(page)[0])
    assert seen == [2, 2]
    assert (page.context["slice"].region.code, page.context["slice"].month) == ("621022", 6)
    assert table(page, "months") == {"2019年6月": 2, "2019年7月": 0}
    for row in page.context["categories"]["rows"]:
        rows = officer.get(row["cells"][1]["url"]).context["rows"]
        assert len(rows) == row["cells"][1]["value"]
    everything = officer.get(page.context["tiles"][0]["url"]).context
    assert sorted(row["name"] for row in everything["rows"]) == ["张1", "张2"]


def test_every_figure_is_the_number_of_its_rows(client):
    officer = signed_in(client, "province-officer", "62")
    Enrollment.objects.filter(person__name="张2").update(result="dropped")
    settled()
    page = officer.get(HOME)
    cells = [
        c
        for t in ("places", "months", "categories")
        for r in page.context[t]["rows"]
        for c in r["cells"]
        if c.get("kind") == "number"
    ]
    figures = [(c["value"], c["url"]) for c in cells + page.context["tiles"] if c["value"]]
    assert len(figures) > 5
    counted = [officer.get(url).context["page"].total for _value, url in figures]
    listed = [len(officer.get(url).context["rows"]) for _value, url in figures]
    assert [value for value, _url in figures] == counted == listed


def test_every_tile_says_how_it_is_counted_and_as_of_when(client):
    for number, (role, region) in enumerate(
        [("county-clerk", "621022"), ("prefecture-officer", "6210")]
    ):
        page = signed_in(client, role, region, str(number)).get(HOME)
        assert all(tile["as_of"] and tile["definition"] for tile in page.context["tiles"])


@pytest.mark.parametrize("code", ["62", "6210", "621021", "622926", "621022201", "99", "62102x"])
def test_figures_elsewhere_are_not_there(client, code):
    clerk = signed_in(client, "county-clerk", "621022")
    assert clerk.get(reverse("exchange:figures", args=[code])).status_code == 404
    if code != "621022201":
        assert clerk.get(HOME, {"region": code}).status_code == 404


def test_a_year_without_figures_falls_back_to_the_newest(client):
    officer = signed_in(client, "province-officer", "62")
    page = officer.get(HOME, {"year": "1999", "month": "13", "program": "no"})
    assert (page.status_code, page.context["slice"].year) == (200, 2019)


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


def test_the_page_of_figures_asks_as_often_for_more_places(client):
    officer = signed_in(client, "province-officer", "62")

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert officer.get(reverse("exchange:figures", args=["62"])).status_code == 200
        return len(asked)

    few = queries()
    for n in range(5, 9):
        enrolled(a_person(n), a_class(code=str(n), start_date=datetime.date(2019, n, 1)))
    settled()
    assert queries() == few


def test_panels_are_declared_once_and_for_pages_that_show_them():
    panel = Panel("home", "quotas", "x", "programs:quotas", "see_figures")
    with pytest.raises(ImproperlyConfigured):
        register(panel)
    with pytest.raises(ImproperlyConfigured):
        register(Panel("kitchen", "x", "x", "programs:quotas", "see_figures"))
    assert panels_of("home", an_account("无")) == []
