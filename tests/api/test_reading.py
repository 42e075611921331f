"""Input is read strictly, and what is wrong is answered in the reader's language."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from core.models import User
from tests.api.conftest import a_row, client_of
from tests.factories import an_account
from training.models import Enrollment

LEDGER = "/api/v1/enrollments/"


def post(client: Client, body: Any) -> tuple[int, dict[str, Any]]:
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    response = client.post(LEDGER, text, content_type="application/json")
    return response.status_code, response.json()


def a_request(**more: Any) -> dict[str, Any]:
    return {"region": "621022", "program": "skills", "rows": [a_row()]} | more


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        (a_request(state="withdrawn"), {"state": ["没有这个字段，请对照接口说明检查字段名。"]}),
        (a_request(rows=[a_row(county_code="621021")]), {"rows"}),
        (a_request(rows=[a_row() | {"hours": 90}]), {"rows"}),
        (a_request(rows=[]), {"rows"}),
        (a_request(rows=[a_row()] * 1001), {"rows"}),
        (a_request(rows="x"), {"rows"}),
        (a_request(region="6210"), {"region"}),
        (a_request(region="62102x"), {"region"}),
        (a_request(region=621022.5), {"region"}),
        (a_request(program="none"), {"program"}),
        ([], {"non_field_errors"}),
        ("[1, 2]", {"non_field_errors"}),
    ],
)
def test_what_does_not_fit_is_named(client: Client, body: Any, errors: Any) -> None:
    status, answer = post(client, body)
    assert status == 400
    assert answer["detail"] == "请求中有内容不符合要求，见 errors。"
    found = answer["errors"]
    assert (found if isinstance(errors, dict) else set(found)) == errors
    assert Enrollment.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (json.dumps(a_request(rows=[a_row(name="马\x00兰")])), 400),
        (json.dumps(a_request(rows=[a_row(remark="\x1f\x02")])), 400),
        (json.dumps(a_request(rows=[a_row(remark="\ud800")])), 400),
        (json.dumps(a_request(**{"na\x00me": 1})), 400),
        ("{", 400),
        (b"\xff\xfe", 400),
        ('{"region": NaN}', 400),
        ("[" * 100_000, 400),
        ("9" * 5_000, 400),
        (" " * (5 * 1024 * 1024 + 1), 413),
    ],
)
def test_no_body_breaks_the_door(client: Client, body: str | bytes, status: int) -> None:
    assert post(client, body)[0] == status
    assert Enrollment.objects.count() == 0


def test_forms_and_other_types_are_not_read(client: Client) -> None:
    assert client.post(LEDGER, {"region": "621022"}).status_code == 415


@pytest.mark.parametrize(
    "query",
    [
        "county=621022",
        "size=0",
        "size=201",
        "size=x",
        "size=1&size=",
        "after=x",
        "after=~",
        "year=x",
    ],
)
def test_a_query_that_is_not_understood_is_refused(client: Client, query: str) -> None:
    post(client, a_request())
    assert client.get(f"{LEDGER}?{query}").status_code == 400


def test_unprintable_characters_in_an_address_are_refused(client: Client) -> None:
    for query in ("?q=%00", "?q=%1F", "?%00=1"):
        response = client.get(LEDGER + query)
        assert (response.status_code, set(response.json())) == (400, {"detail", "request_id"})


def test_answers_speak_the_readers_language(client: Client, clerk: User) -> None:
    officer = client_of(an_account("officer", "province-officer", "62"))
    asked = [
        (Client().get(LEDGER), 401, "尚未登录，请登录后重试。"),
        (
            officer.post(LEDGER, "{}", content_type="application/json"),
            403,
            "您的角色没有此项权限。",
        ),
        (client.get(LEDGER + "99/"), 404, "没有找到该页面。"),
    ]
    for response, status, sentence in asked:
        assert (response.status_code, response.json()["detail"]) == (status, sentence)
        assert len(response.json()["request_id"]) == 32
    english = client.get(LEDGER + "99/", headers={"Accept-Language": "en"})
    assert english.json()["detail"] == "There is nothing at this address."


def test_an_act_needs_the_token_of_the_session(clerk: User) -> None:
    careful = client_of(clerk, enforce_csrf_checks=True)
    status, answer = post(careful, a_request())
    assert (status, "X-CSRFToken" in answer["detail"]) == (403, True)
    token = careful.get("/account/").cookies["portal_csrf"].value
    body = json.dumps(a_request())
    sent = careful.post(
        LEDGER, body, content_type="application/json", headers={"X-CSRFToken": token}
    )
    assert sent.status_code == 201
