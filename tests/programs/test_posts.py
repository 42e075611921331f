"""Posts of units: the ratio of the higher grades, its float by dated rule, special posts beside."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from core.models import PolicyArea, PolicyAreaCounty, RuleValue
from core.rule_values import load_rule_values
from programs.models import PostCeiling
from programs.posts import ABOVE, WITHIN_RATIO
from tests.factories import an_account, divisions
from tests.factories.kinds import FILLED, judged_as, written_as

pytestmark = pytest.mark.django_db
HUAN, DONGXIANG = "621022", "622926"
DAY = datetime.date(2019, 12, 31)


@pytest.fixture(autouse=True)
def surroundings(settings, tmp_path, monkeypatch):
    """东乡 lies in the deep-poverty area from 2018 to 2020; 环县 does not."""
    settings.FILES_DIR = tmp_path
    monkeypatch.setattr("exchange.jobs._try_to_wake", lambda job: None)
    divisions()
    load_rule_values()
    area = PolicyArea.objects.create(key="deep-poverty", name="三区三州", kind="deep-poverty")
    days = {"valid_from": datetime.date(2018, 1, 1), "valid_to": datetime.date(2020, 12, 31)}
    PolicyAreaCounty.objects.create(area=area, county_id=DONGXIANG, **days)


def row(**changes):
    """100 posts, of which 50 may be intermediate or senior."""
    return {title: str(cell) for title, cell in FILLED["posts"].cells.items()} | changes


def found(*rows, region=HUAN):
    findings = judged_as("posts", *rows, region=region).findings
    return [(f.row, f.rule.partition(".")[2], f.params) for f in findings]


@pytest.mark.parametrize(
    ("region", "day", "filled", "most"),
    [
        (HUAN, "2019-12-31", 50, None),
        (HUAN, "2019-12-31", 51, 50),
        (DONGXIANG, "2019-12-31", 60, None),
        (DONGXIANG, "2019-12-31", 61, 60),
        (DONGXIANG, "2021-12-31", 51, 50),
        (DONGXIANG, "2017-12-31", 51, 50),
    ],
)
def test_the_ratio_floats_where_and_when_a_rule_says_so(region, day, filled, most):
    filled_row = row(已聘高级="20", 已聘中级=str(filled - 20), 统计日期=day)
    points = "10" if most == 60 else "0"
    params = {"filled": filled, "most": most, "points": points}
    expected = [(0, "posts_within_ratio", params)] if most else []
    assert found(filled_row, region=region) == expected


def test_special_posts_take_nothing_and_are_judged_apart():
    assert found(row(特设岗位数="90", 已聘特设岗位="90")) == []
    assert found(row(已聘特设岗位="3")) == [
        (0, "special_posts_within_approval", {"filled": 3, "approved": 2})
    ]


def test_a_unit_is_listed_once_a_day():
    assert found(row(), row()) == [(1, "posts_stand_once", {"line": 1})]
    assert written_as("posts", row()).written == 1
    assert found(row()) == [(0, "posts_stand_once", {})]
    assert found(row(统计日期="2020-12-31")) == []
    assert found(row(高级岗位数="80")) == [
        (0, "posts_stand_once", {}),
        (0, "higher_posts_within_the_total", {"higher": 110, "total": 100}),
    ]


def test_the_page_shows_the_newest_posts_with_what_is_allowed():
    written_as("posts", row(统计日期="2018-12-31"), row(), region=DONGXIANG)
    client = Client()
    client.force_login(an_account("省", "province-officer", "62"))
    page = client.get(reverse("programs:posts"))
    (only,) = page.context["rows"]
    values = [cell["value"] for cell in only["cells"]]
    assert (values[0], values[3:7], values[7]) == ("环县第一中学", [100, 50, 60, 48], "1 / 2")
    assert values[-1] is None
    PostCeiling.objects.update(filled_senior=40)
    (only,) = client.get(reverse("programs:posts")).context["rows"]
    assert only["cells"][-1]["tone"] == "warning"
    assert client.get(reverse("programs:posts"), {"q": "二中"}).context["rows"] == []


def test_the_float_is_a_dated_value():
    RuleValue.objects.filter(rule=WITHIN_RATIO, parameter="points_of_float").update(value=0)
    over = row(已聘高级="20", 已聘中级="31")
    (finding,) = judged_as("posts", over, region=DONGXIANG).findings
    assert (finding.sentence, finding.severity) == (ABOVE, "explain")
