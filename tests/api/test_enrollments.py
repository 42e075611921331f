"""The ledger by API: the page's rules, the page's sentences, the page's write path."""

from __future__ import annotations

import datetime
import json
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from core.models import AuditEntry, User
from exchange.imports.services import judge_rows
from exchange.models import Rollup
from talent.models import Person
from tests.api.conftest import a_row, client_of
from tests.factories import a_class, a_person, an_account, citizen_number, enrolled, settled
from training.imports import TRAINING_ROSTER
from training.models import Enrollment

LEDGER = "/api/v1/enrollments/"


def enter(client: Client, *rows: dict[str, str], **more: Any) -> Any:
    body = {"region": "621022", "program": "skills", "rows": rows} | more
    return client.post(LEDGER, json.dumps(body), content_type="application/json")


def test_rows_are_entered_counted_and_written_down(client: Client, clerk: User) -> None:
    response = enter(client, a_row(1), a_row(2, name="马福英"))
    assert (response.status_code, response.json()) == (
        201,
        {"rows": 2, "written": 2, "passed_over": 0, "findings": []},
    )
    written = Enrollment.objects.order_by("id").values_list(
        "person__name", "county_code", "region_code", "program_id", "entered_by", "import_batch"
    )
    where = ("621022", "621022100", "skills", clerk.pk, None)
    assert list(written) == [("马福兰", *where), ("马福英", *where)]
    assert Rollup.objects.measured("training.attendances").total() == 2
    assert AuditEntry.objects.get(verb="training.enrollment.entered").changes["rows"] == 2


def test_a_held_row_stops_them_all_and_is_told_as_on_the_page(client: Client) -> None:
    rows = [a_row(1), a_row(2, end_date="2019-06-01", category="贫困"), a_row(3, name="")]
    response = enter(client, *rows)
    with translation.override("zh-hans"):
        judged = judge_rows(TRAINING_ROSTER, "621022", rows)
        told = [
            {
                "row": finding.row + 1,
                "column": finding.column,
                "rule": finding.rule,
                "severity": finding.severity,
                "message": str(finding),
            }
            for finding in judged.findings
        ]
    assert response.status_code == 422
    assert response.json()["findings"] == told
    assert {(f["row"], f["column"]) for f in told} == {
        (2, "category"),
        (2, "end_date"),
        (3, "name"),
    }
    assert (response.json()["rows"], response.json()["held"]) == (3, 2)
    assert (Enrollment.objects.count(), Person.objects.count()) == (0, 0)


def test_the_same_row_twice_is_told_and_nothing_is_doubled(client: Client) -> None:
    assert enter(client, a_row()).status_code == 201
    again = enter(client, a_row())
    assert again.status_code == 422
    assert [f["rule"] for f in again.json()["findings"]] == ["training.person_is_not_in_class_yet"]
    assert Enrollment.objects.count() == 1


def test_an_empty_cell_may_be_left_out_or_null(client: Client) -> None:
    row = a_row() | {"remark": None}
    del row["hours"]
    assert enter(client, row).status_code == 201
    assert Enrollment.objects.get().hours is None


@pytest.mark.parametrize("region", ["621021", "622926", "629999"])
def test_another_county_is_not_there(client: Client, region: str) -> None:
    response = enter(client, a_row(), region=region)
    assert (response.status_code, Enrollment.objects.count()) == (404, 0)


@pytest.mark.parametrize(
    ("role", "region"),
    [("county-reviewer", "621022"), ("prefecture-officer", "6210"), ("roster-administrator", "62")],
)
def test_who_may_only_read_enters_nothing(places: None, role: str, region: str) -> None:
    reader = client_of(an_account("reader", role, region))
    assert enter(reader, a_row()).status_code == 403
    assert Enrollment.objects.count() == 0


def test_whoever_reads_in_one_county_enters_only_where_they_may(
    clerk: User, client: Client
) -> None:
    clerk.assignments.create(role="county-reviewer", region_id="621021")
    assert enter(client, a_row(), region="621021").status_code == 404


def names(client: Client, query: str) -> list[str]:
    response = client.get(LEDGER + query)
    assert response.status_code == 200, response.content
    return [row["person"]["name"] for row in response.json()["results"]]


def test_the_filters_are_the_pages(client: Client) -> None:
    summer = a_class()
    winter = a_class(code="2020001", start_date=datetime.date(2020, 1, 6))
    first, second = a_person(1, name="马一"), a_person(2, name="苏二")
    enrolled(first, summer)
    enrolled(second, winter, category="monitored")
    settled()
    assert names(client, "") == ["苏二", "马一"]
    assert names(client, "?year=2019") == ["马一"]
    assert names(client, "?category=monitored") == ["苏二"]
    assert names(client, "?q=%E9%A9%AC") == ["马一"]
    assert names(client, f"?training_class={summer.pk}") == ["马一"]
    assert client.get(f"{LEDGER}?region=621021").status_code == 404
    assert client.get(f"{LEDGER}?training_class=987654").status_code == 400


def test_pages_follow_each_other_without_gap_or_double(client: Client) -> None:
    here = a_class()
    for order in range(7):
        enrolled(a_person(order), here)
    address, seen, pages = f"{LEDGER}?size=3", [], 0
    while address:
        page = client.get(address).json()
        assert page["total"] == 7
        seen += [row["id"] for row in page["results"]]
        address, pages = page["next"], pages + 1
    assert (pages, seen) == (3, sorted(seen, reverse=True))
    assert len(set(seen)) == 7


def test_no_answer_holds_a_whole_number(client: Client) -> None:
    enter(client, a_row())
    person = Person.objects.get()
    row = Enrollment.objects.get()
    addresses = [LEDGER, f"{LEDGER}{row.pk}/", "/api/v1/persons/", f"/api/v1/persons/{person.pk}/"]
    bodies = [client.get(address).content.decode() for address in addresses]
    assert [
        re.findall(r"\d{17}[\dX]|1[3-9]\d{9}|19880102|1988-01-02", body) for body in bodies
    ] == [[] for _ in addresses]
    assert (
        client.get(addresses[-1]).json()["id_number_mask"]
        == "621022********" + citizen_number(1, born="19880102")[14:]
    )
