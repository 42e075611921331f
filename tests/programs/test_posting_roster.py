"""Rosters of who serves a county: nobody in two places, terms and ages as usual, experts once."""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from core.models import AuditEntry
from core.rule_values import load_rule_values
from exchange.imports import services
from programs.models import Expert, Posting
from programs.postings import months_between, share_a_day
from talent.models import Person
from tests.factories import a_person, an_account, citizen_number, divisions
from tests.factories.kinds import brought_as, found_in, judged_as, written_as
from tests.factories.rosters import worked

pytestmark = pytest.mark.django_db
BLOCK, EXPLAIN = "block", "explain"
DAY = datetime.date


@pytest.fixture(autouse=True)
def surroundings(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FILES_DIR = tmp_path
    monkeypatch.setattr("exchange.jobs._try_to_wake", lambda job: None)
    divisions()


def person(order: int = 1, born: str = "19900101") -> dict[str, str]:
    name = f"张{chr(0x4E00 + order)}"
    return {"姓名": name, "身份证号码": citizen_number(order, born=born)}


def row(
    order: int = 1, start: str = "2019-01-01", end: str = "2019-12-31", **changes: str
) -> dict[str, str]:
    posting = {"派驻类别": "驻村工作队", "派出单位": "市人社局", "开始日期": start, "结束日期": end}
    return person(order) | posting | changes


def posted(*rows: dict[str, str], **more: Any) -> list[tuple[int, str, str]]:
    return found_in("postings", *rows, **more)


def test_postings_are_entered_with_their_line() -> None:
    place = {"乡镇": "小南沟乡", "行政村": "李原村", "联系电话": "13900001111"}
    by = an_account("clerk", "county-clerk", "621022")
    batch = written_as("postings", row(1, **place), row(2, end=""), by=by)
    assert (batch.state, batch.written) == ("done", 2)
    named = "kind", "region_code", "start_date", "end_date", "line", "entered_by"
    assert list(Posting.objects.order_by("line").values_list(*named)) == [
        ("village-team", "621022201001", DAY(2019, 1, 1), DAY(2019, 12, 31), 2, by.pk),
        ("village-team", "621022", DAY(2019, 1, 1), None, 3, by.pk),
    ]
    assert set(Person.objects.values_list("county_code", "region_code")) == {("621022", "621022")}
    entry = AuditEntry.objects.get(verb="programs.postings.entered")
    assert (entry.actor_id, entry.changes) == (by.pk, {"rows": 2})


def test_who_lives_elsewhere_is_posted_and_stays_registered_there() -> None:
    cadre = a_person(1, name=person(1)["姓名"], county_code="622926")
    written_as("postings", row(1))
    assert Posting.objects.get().person == cadre
    assert Person.objects.get().county_code == "622926"


def test_a_posting_does_not_end_before_it_starts() -> None:
    assert posted(row(1, "2019-06-01", "2019-05-31")) == [
        (0, "posting_ends_after_it_starts", BLOCK)
    ]


@pytest.mark.parametrize(
    ("start", "end", "held"),
    [
        ("2019-12-31", "", True),
        ("2018-01-01", "2019-01-01", True),
        ("2020-01-01", "", False),
        ("2018-01-01", "2018-12-31", False),
        ("2018-01-01", "", True),
    ],
)
def test_nobody_is_in_two_places(start: str, end: str, held: bool) -> None:
    first, second = row(1), row(1, start, end)
    in_file = [(1, "cadre_is_in_one_place_in_file", BLOCK)] * held
    assert posted(first, second) == in_file
    written_as("postings", first)
    assert posted(second) == [(0, "cadre_is_in_one_place", BLOCK)] * held
    assert posted(second, region="622926") == []
    assert posted(row(2, start, end)) == []


def test_a_posting_without_an_end_goes_on() -> None:
    written_as("postings", row(1, end=""))
    (finding,) = judged_as("postings", row(1, "2030-01-01", "")).findings
    assert finding.params == {"kind": "驻村工作队", "start": "2019-01-01", "end": ""}


def test_who_is_posted_meanwhile_is_passed_over() -> None:
    batch = brought_as("postings", row(1), row(2))
    written_as("postings", row(1, "2019-12-31", ""))
    services.confirm(batch, by=None)
    assert (worked(batch).state, batch.written) == ("done", 1)
    assert Posting.objects.filter(person__name=person(1)["姓名"]).count() == 1


def test_the_database_keeps_one_open_posting() -> None:
    values = {"person": a_person(1), "kind": "village-team", "county_code": "621022"}
    Posting.objects.create(**values, region_code="621022", start_date=DAY(2019, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.create(**values, region_code="621022", start_date=DAY(2020, 1, 1))


@given(*[st.tuples(st.dates(), st.none() | st.integers(0, 900)) for _ in range(2)])
def test_days_are_shared_as_sets_of_days_are(
    one: tuple[datetime.date, int | None], other: tuple[datetime.date, int | None]
) -> None:
    def spell(start: datetime.date, length: int | None) -> tuple[int, int]:
        last = DAY.max.toordinal() if length is None else start.toordinal() + length
        return start.toordinal(), min(last, DAY.max.toordinal())

    (a, b), (c, d) = spell(*one), spell(*other)
    spells = [
        (start, None if length is None else DAY.fromordinal(last))
        for (start, length), last in ((one, b), (other, d))
    ]
    assert share_a_day(*spells) == (max(a, c) <= min(b, d)) == share_a_day(*spells[::-1])


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        (DAY(2019, 3, 1), DAY(2021, 2, 28), 24),
        (DAY(2019, 3, 1), DAY(2021, 2, 27), 23),
        (DAY(2019, 1, 15), DAY(2020, 1, 14), 12),
        (DAY(2019, 1, 15), DAY(2019, 1, 15), 0),
    ],
)
def test_months_are_whole_ones(start: DAY, end: DAY, months: int) -> None:
    assert months_between(start, end) == months


def test_terms_and_ages_want_an_explanation() -> None:
    load_rule_values()
    first = {"派驻类别": "第一书记"}
    assert posted(row(1, **first)) == []
    assert posted(row(1, end="2019-11-30", **first), row(2, end="2020-12-31", **first)) == [
        (0, "posting_is_of_the_usual_term", EXPLAIN),
        (1, "posting_is_of_the_usual_term", EXPLAIN),
    ]
    three = row(1, "2019-01-01", "2021-12-31", **first)
    assert posted(three, region="622926") == []
    old = person(1, born="19821231") | {"姓名": "王五"}
    assert posted(row(1, **first) | old) == [(0, "cadre_is_of_the_usual_age", EXPLAIN)]
    assert posted(row(1, **first) | old, region="622926") == []
    assert posted(row(1, **first) | person(1, born="19840101")) == []


def expert(order: int = 1, **changes: str) -> dict[str, str]:
    serves = {"工作单位": "市农科院", "专业领域": "旱作农业", "专家类别": "高级专家"}
    return person(order) | serves | changes


def test_experts_are_listed_once_a_team() -> None:
    batch = written_as(
        "experts", expert(1, 职称级别="正高"), expert(2), expert(1, 专家类别="博士后")
    )
    assert (batch.state, batch.written) == ("done", 3)
    named = "person__name", "team", "grade", "unit", "line"
    assert list(Expert.objects.order_by("line").values_list(*named)) == [
        (person(1)["姓名"], "senior", "full", "市农科院", 2),
        (person(2)["姓名"], "senior", "", "市农科院", 3),
        (person(1)["姓名"], "postdoctoral", "", "市农科院", 4),
    ]
    again = found_in("experts", expert(1), expert(3), expert(3))
    assert again == [
        (0, "expert_is_not_listed_yet", BLOCK),
        (2, "expert_stands_once_in_file", BLOCK),
    ]
    assert found_in("experts", expert(1), region="622926") == []


def test_an_expert_below_the_usual_grade_wants_an_explanation() -> None:
    load_rule_values()
    below = expert(2, 职称级别="中级")
    assert found_in("experts", expert(1, 职称级别="副高级"), below, expert(3)) == [
        (1, "expert_is_of_the_usual_grade", EXPLAIN)
    ]
    assert judged_as("experts", below).findings[0].params == {"least": "副高级"}


@pytest.fixture
def clerk(client: Client) -> Client:
    client.force_login(an_account("clerk", "county-clerk", "621022"))
    return client


def names(page: Any) -> list[str]:
    return [line["cells"][0]["value"] for line in page.context["rows"]]


POSTINGS, EXPERTS = reverse("programs:postings"), reverse("programs:experts")


def test_the_list_of_postings_is_filtered_in_the_address(clerk: Client) -> None:
    one, two, three = (person(order)["姓名"] for order in (1, 2, 3))
    batch = written_as("postings", row(1), row(2, "2019-02-01", "", 派驻类别="挂职"))
    written_as("postings", row(3, "2019-03-01"), region="622926")
    assert names(clerk.get(POSTINGS)) == [two, one]
    assert names(clerk.get(POSTINGS, {"kind": "secondment"})) == [two]
    assert names(clerk.get(POSTINGS, {"when": "now"})) == [two]
    assert names(clerk.get(POSTINGS, {"when": "over"})) == [one]
    assert names(clerk.get(POSTINGS, {"batch": batch.public_id})) == [two, one]
    assert clerk.get(POSTINGS, {"region": "622926"}).status_code == 404
    clerk.force_login(an_account("province", "province-officer", "62"))
    assert names(clerk.get(POSTINGS)) == [three, two, one]


def test_the_name_leads_to_the_person_of_ones_own_region_only(clerk: Client) -> None:
    stranger = a_person(1, name=person(1)["姓名"], county_code="622926")
    written_as("postings", row(1), row(2, "2019-02-01"))
    own, other = (line["cells"][0] for line in clerk.get(POSTINGS).context["rows"])
    assert ("url" in own, "url" in other) == (True, False)
    assert clerk.get(reverse("talent:person", args=[stranger.pk])).status_code == 404


def test_the_list_of_experts_is_filtered_in_the_address(clerk: Client) -> None:
    batch = written_as("experts", expert(1), expert(2, 专家类别="博士后", 工作单位="省畜科院"))
    one, two = (person(order)["姓名"] for order in (1, 2))
    assert names(clerk.get(EXPERTS)) == [two, one]
    assert names(clerk.get(EXPERTS, {"team": "postdoctoral"})) == [two]
    assert names(clerk.get(EXPERTS, {"q": "农科"})) == [one]
    assert names(clerk.get(EXPERTS, {"batch": batch.public_id})) == [two, one]


@pytest.mark.parametrize(("address", "kind"), [(POSTINGS, "postings"), (EXPERTS, "experts")])
def test_an_empty_list_names_the_next_step(clerk: Client, address: str, kind: str) -> None:
    page = clerk.get(address)
    assert f"{reverse('exchange:import-new')}?kind={kind}" in page.content.decode()


@pytest.mark.parametrize(
    ("address", "key", "make"), [(POSTINGS, "postings", row), (EXPERTS, "experts", expert)]
)
def test_a_list_asks_as_often_for_three_as_for_one(
    clerk: Client, address: str, key: str, make: Callable[[int], dict[str, str]]
) -> None:
    written_as(key, make(1))
    one = queries(clerk, address)
    written_as(key, make(2), make(3))
    assert queries(clerk, address) == one
    assert len(names(clerk.get(address))) == 3


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)
