import io
import json
import logging

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from config.logs import configure
from config.middleware import ContentSecurityPolicyMiddleware, RequestIdMiddleware, client_address
from core.request_id import current_request_id


@pytest.fixture
def log():
    """What was logged, line by line, as the portal writes it."""
    formatter = configure("INFO")["formatters"]["json"]["()"]()
    handler = logging.StreamHandler(written := io.StringIO())
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.addHandler(handler)
    level, root.level = root.level, logging.INFO
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


def served(**headers):
    seen = []

    def view(request):
        seen.append(current_request_id())
        return HttpResponse()

    request = RequestFactory().get("/people/?name=张三", headers=headers)
    response = RequestIdMiddleware(view)(request)
    return seen[0], response.headers["X-Request-ID"]


def test_a_request_has_a_number_of_its_own():
    first, second = served(), served()
    assert first[0] == first[1]
    assert first != second
    assert len(first[0]) == 32
    assert current_request_id() == ""


def test_a_proxy_s_number_is_taken():
    assert served(x_request_id="0123abcd-4567") == ("0123abcd-4567", "0123abcd-4567")


@pytest.mark.parametrize(
    "given", ["short", "x" * 41, 'a"b\n{"level":1}', "张三张三张三张三", "123 45678"]
)
def test_what_is_no_number_is_not_taken(given):
    assert given not in served(x_request_id=given)


def test_the_log_has_the_path_without_what_may_name_a_person(log):
    number, _ = served()
    (line,) = log()
    assert (line["path"], line["status"], line["request_id"]) == ("/people/", 200, number)
    assert "张三" not in json.dumps(line, ensure_ascii=False)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("id 11010519491231002X bad", "id (number) bad"),
        ("call 13800138000", "call (number)"),
        ("card 6222021234567890123", "card (number)"),
        ("village 621022212204 job 1795225957", "village 621022212204 job 1795225957"),
        ("boom\nDETAIL:  Failing row contains (1, 张三).\nend", "boom\nDETAIL: (not logged)\nend"),
        ("request 0f4bca0aa1d842e1aef9f64a1af52c58", "request 0f4bca0aa1d842e1aef9f64a1af52c58"),
    ],
)
def test_the_log_keeps_no_personal_data(log, written, expected):
    logging.getLogger("x").error("%s", written)
    assert log()[0]["event"] == expected


def test_an_error_s_trace_keeps_no_row(log):
    message = f"new row violates\nDETAIL:  Failing row contains ({'张三'})."
    try:
        raise ValueError(message)
    except ValueError:
        logging.getLogger("x").exception("failed")
    (line,) = log()
    assert "ValueError: new row violates\nDETAIL: (not logged)" in line["exception"]
    assert "Failing row" not in line["exception"]


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [("10.1.2.3", "10.1.2.3"), ("6.6.6.6, 10.1.2.3", "10.1.2.3"), ("", "127.0.0.1")],
)
def test_behind_a_proxy_only_its_own_word_on_the_address_counts(forwarded, address):
    request = RequestFactory().get("/", headers={"x-forwarded-for": forwarded})
    assert client_address(request) == address


def test_the_content_policy_admits_only_the_portal_itself():
    response = ContentSecurityPolicyMiddleware(lambda request: HttpResponse())(
        RequestFactory().get("/")
    )
    policy = dict(
        part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; ")
    )
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in response.headers["Content-Security-Policy"]


def test_every_answer_carries_the_policy_and_a_number():
    response = Client().get("/healthz/missing")
    assert {"Content-Security-Policy", "X-Request-ID", "X-Frame-Options"} <= set(response.headers)
