"""Lists: what they hold, and that three rows cost what one does."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.models import User
from exchange.models import ImportBatch, ReportRun
from exchange.submissions.sealing import seal
from tests.factories import a_class, a_person, a_plan, a_program, a_quota, enrolled, settled
from tests.factories.submissions import a_month


def classes(n: int) -> None:
    a_class(code=f"20190{n}", institution=f"学校{n}", occupation=f"工种{n}")


def enrollments(n: int) -> None:
    enrolled(a_person(n), a_class(code=f"20190{n}", institution=f"学校{n}", occupation=f"工种{n}"))
    settled()


def quotas(n: int) -> None:
    a_quota(a_plan(f"计划{n}"), a_program(f"p{n}"), "621022", 10)


def reports(n: int) -> None:
    ReportRun.objects.create(report="ledger", region_code="621022", period=f"201{n}")


def imports(n: int) -> None:
    ImportBatch.objects.create(kind="training", region_code="621022", original_name="a", size=n)


def submissions(n: int) -> None:
    a_month("locked", month=datetime.date(2019, n, 1))


def receipts(n: int) -> None:
    by, _ = User.objects.get_or_create(username="reviewer")
    settled()
    seal(submission=a_month("locked", month=datetime.date(2019, n, 1)), by=by)


@pytest.mark.parametrize(
    ("name", "add", "queries"),
    [
        ("persons", a_person, 5),
        ("classes", classes, 9),
        ("enrollments", enrollments, 10),
        ("quotas", quotas, 5),
        ("quota-documents", quotas, 6),
        ("reports", reports, 5),
        ("imports", imports, 5),
        ("submissions", submissions, 5),
        ("receipts", receipts, 5),
    ],
)
def test_three_rows_cost_what_one_does(
    client: Client, name: str, add: Callable[[int], object], queries: int
) -> None:
    counts = []
    for orders in ((1,), (2, 3)):
        for order in orders:
            add(order)
        with CaptureQueriesContext(connection) as found:
            response = client.get(f"/api/v1/{name}/")
        assert len(response.json()["results"]) == orders[-1]
        counts.append(len(found))
    assert counts == [queries, queries]


def codes(client: Client, query: str) -> list[str]:
    return [row["code"] for row in client.get(f"/api/v1/regions/{query}").json()["results"]]


def test_regions_are_found_by_name_short_name_and_initials(client: Client, clerk: User) -> None:
    assert codes(client, "621022/children/") == ["621022100", "621022201"]
    assert codes(client, "?q=hx") == ["621022"]
    assert codes(client, "?q=HX") == ["621022"]
    assert codes(client, "?q=%E7%8E%AF%E5%9F%8E") == ["621022100"]
    assert codes(client, "?parent=621022201") == ["621022201001"]
    assert codes(client, "?level=3") == ["621022"]
    assert codes(client, "?parent=6210") == ["621022"]
    assert codes(client, "?q=qc") == codes(client, "?parent=621021") == []
    assert client.get("/api/v1/regions/621021/").status_code == 404
    assert client.get("/api/v1/regions/621022/").json()["parent"] == "6210"


def test_people_are_found_by_the_beginning_of_the_name(client: Client) -> None:
    a_person(1, name="马福兰", name_initials="mfl")
    a_person(2, name="苏英", name_initials="sy")
    address = "/api/v1/persons/?region=621022&q="
    assert [p["name"] for p in client.get(address + "mf").json()["results"]] == ["马福兰"]
    assert [p["name"] for p in client.get(address + "苏").json()["results"]] == ["苏英"]
    assert client.get("/api/v1/persons/?q=mf").status_code == 400
    assert client.get("/api/v1/persons/?region=621021").json()["results"] == []


def test_quotas_say_what_is_left(client: Client) -> None:
    plan, program = a_plan(), a_program("skills")
    prefecture = a_quota(plan, program, "6210", 100)
    a_quota(plan, program, "621022", 30, parent=prefecture)
    (found,) = client.get("/api/v1/quotas/?year=2019").json()["results"]
    assert (found["amount"], found["allotted"], found["remainder"]) == (30, 0, 30)
    assert (found["plan"]["name"], found["program"]["code"]) == (plan.name, "skills")
    assert client.get("/api/v1/quotas/?year=2018").json()["results"] == []
    assert client.get(f"/api/v1/quotas/{prefecture.pk}/").status_code == 404
