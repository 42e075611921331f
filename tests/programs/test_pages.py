"""The quotas of a region, and handing them down in a form."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from core.rule_values import load_rule_values
from exchange.models import Rollup
from programs.execution import Execution
from programs.models import Quota
from programs.pace import remarks_on
from programs.views import quotas
from tests.factories import a_plan, a_program, a_quota, an_account, divisions

QUOTAS = reverse("programs:quotas")
pytestmark = pytest.mark.django_db


@pytest.fixture
def top():
    divisions()
    return a_quota(a_plan(), a_program(), "62", 1000)


def signed_in(client, role, region):
    client.force_login(
        an_account(role, role, region), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def door(quota):
    return reverse("programs:distribute", args=[quota.pk])


def book(quota):
    return reverse("programs:quota", args=[quota.pk])


def send(client, quota, **more):
    quota.refresh_from_db()
    data = {"version": quota.version, "document_number": "1号", "dated": "2019-03-01"}
    data |= {"to_6210": 600, "to_6229": 400}
    return client.post(door(quota), data | more)


def amounts(quota):
    return dict(Quota.objects.filter(parent=quota).values_list("region_code", "amount"))


def test_the_list_shows_what_was_planned_handed_down_and_done(client, top):
    prefecture = a_quota(top.plan, top.program, "6210", 600, parent=top)
    apart = a_quota(top.plan, top.program, "6210", 50, parent=top, listed_apart=True)
    a_quota(top.plan, top.program, "621022", 100, parent=prefecture)
    page = signed_in(client, "province-officer", "62").get(QUOTAS)
    (program,) = page.context["programs"]
    cells = [[cell["value"] for cell in row["cells"][:-1]] for row in program["rows"]]
    assert cells == [
        ["甘肃省", 1000, 50, 600, 400, 0, 1050, 0.0, 1050],
        ["庆阳市", 600, 50, 100, 500, 0, 650, 0.0, 650],
    ]
    assert [action["url"] for action in program["actions"]] == [door(top)]
    books = [[cell["url"] for cell in row["cells"][1:5]] for row in program["rows"]]
    of_prefecture = [book(prefecture), book(apart), book(prefecture), book(prefecture)]
    assert books == [[book(top), book(apart), book(top), book(top)], of_prefecture]
    asked = [(row["cells"][0]["url"], row["cells"][5]["url"]) for row in program["rows"]]
    done = "/figures/of/training.attendances/?region={}&period=2019&program=skills"
    assert asked == [
        (f"{QUOTAS}?region={code}&plan={top.plan.pk}", done.format(code)) for code in ("62", "6210")
    ]
    assert client.get(asked[1][1]).status_code == 200


def test_one_document_is_handed_down(client, top):
    officer = signed_in(client, "province-officer", "62")
    assert send(officer, top).status_code == 302
    top.refresh_from_db()
    assert (amounts(top), top.allotted) == ({"6210": 600, "6229": 400}, 1000)
    numbers = Quota.objects.filter(parent=top).values_list("lines__document__number", flat=True)
    assert set(numbers) == {"1号"}


def test_what_cannot_be_is_said_at_its_field_and_nothing_is_kept(client, top):
    officer = signed_in(client, "province-officer", "62")
    page = send(officer, top, to_6229=401)
    assert (page.status_code, page.context["form"].errors.keys()) == (422, {"to_6210"})
    assert all(n in str(page.context["form"].errors["to_6210"]) for n in ("1000", "1001"))
    top.refresh_from_db()
    assert (amounts(top), top.allotted) == ({}, 0)
    assert send(officer, top, to_6229=-1).status_code == 422
    assert send(officer, top, document_number="").status_code == 422


def test_an_old_form_is_refused(client, top):
    officer = signed_in(client, "province-officer", "62")
    page = send(officer, top, version=top.version + 7)
    assert (page.status_code, amounts(top)) == (422, {})


def test_an_empty_field_leaves_a_quota_as_it_is(client, top):
    officer = signed_in(client, "province-officer", "62")
    send(officer, top)
    send(officer, top, to_6210="", to_6229=300, document_number="2号")
    assert amounts(top) == {"6210": 600, "6229": 300}


def test_beside_the_quota_what_is_listed_apart(client, top):
    officer = signed_in(client, "province-officer", "62")
    url = reverse("programs:distribute-apart", args=[top.pk])
    data = {"version": top.version, "document_number": "单列1号", "to_6210": 5000}
    data["dated"] = "2019-03-01"
    assert officer.post(url, data).status_code == 302
    top.refresh_from_db()
    assert (top.allotted, Quota.objects.get(listed_apart=True).amount) == (0, 5000)


def test_who_may_hand_down(client, top):
    part = a_quota(top.plan, top.program, "6210", 600, parent=top)
    officer = signed_in(client, "prefecture-officer", "6210")
    found = [officer.get(door(quota)).status_code for quota in (top, part)]
    assert found == [404, 200]
    other = signed_in(client, "county-clerk", "621022")
    assert other.get(door(part)).status_code == 403
    assert other.get(QUOTAS, {"region": "6210"}).status_code == 404


def test_a_region_without_a_plan_is_told_so(client):
    divisions()
    page = signed_in(client, "county-clerk", "621022").get(QUOTAS)
    assert (page.status_code, page.context["programs"]) == (200, [])


def test_beside_the_figures_stands_the_plan_of_the_year(client, top):
    a_quota(top.plan, top.program, "6210", 600, parent=top)
    part = a_program("part", part_of=top.program)
    a_quota(top.plan, part, "62", 300)
    officer = signed_in(client, "province-officer", "62")
    url = reverse("programs:panel-by-place", args=["62"])
    (program,) = officer.get(url, {"period": "2019-06"}).context["programs"]
    planned = {row["cells"][0]["value"]: row["cells"][1]["value"] for row in program["rows"]}
    assert planned == {"甘肃省": 1000, "庆阳市": 600}
    assert officer.get(url, {"period": "2018"}).context["programs"] == []
    assert officer.get(reverse("programs:panel-by-place", args=["61"])).status_code == 404


@pytest.mark.parametrize(
    ("day", "done", "rule", "params"),
    [
        (datetime.date(2019, 7, 2), 41, None, None),
        (datetime.date(2019, 7, 2), 30, "quota_keeps_pace", {"points": "20.1"}),
        (datetime.date(2019, 7, 2), 121, "quota_is_not_overrun", {"over": "21"}),
        (datetime.date(2019, 12, 31), 90, "quota_is_used", {"unused": "10"}),
        (datetime.date(2019, 7, 2), 55_000, "quota_is_not_overrun", {"over": "54,900"}),
        (datetime.date(2020, 3, 1), 100, None, None),
    ],
)
def test_a_plan_is_carried_out_at_the_pace_of_the_calendar(day, done, rule, params):
    """183 of the year's 365 days are gone by 2 July: 50 of 100 are due by then."""
    divisions()
    load_rule_values()
    plan, program = a_plan(), a_program()
    a_quota(plan, program, "621022", 100)
    Rollup.objects.create(
        measure=program.measure,
        county_code="621022",
        month=datetime.date(2019, 1, 1),
        program=program.pk,
        category="other",
        amount=done,
        as_of=timezone.now(),
    )
    blocks = Execution("621022", quotas.whole(plan), day).blocks(["621022"])
    found = remarks_on(blocks, day).get((plan.pk, program.pk, "621022"))
    due = 50 if day.year == 2019 and day.month == 7 else 100
    assert blocks[0].lines[0].due_by_now == due
    assert (found and found.rule, found and found.params) == (rule and f"programs.{rule}", params)
