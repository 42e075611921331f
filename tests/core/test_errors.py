"""When a view cannot finish, the user gets a sentence and keeps what was typed."""

import html
import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, QueryDict
from django.test import Client, override_settings
from django.urls import path
from psycopg2 import errors as pg

from core.access import Open, admits
from core.errors import kept, server_error

FAULTS = {
    "away": OperationalError("connection refused"),
    "closed": InterfaceError("connection already closed"),
    "canceled": OperationalError("canceling statement due to statement timeout"),
    "bug": ZeroDivisionError(),
}


@admits(Open.EVERYBODY)
def failing(request, fault):
    if fault == "canceled":
        raise FAULTS[fault] from pg.lookup("57014")()
    raise FAULTS[fault]


urlpatterns = [path("fail/<fault>", failing), path("api/v1/fail/<fault>", failing)]
handler500 = server_error
AWAY = "The database does not answer at the moment; what you sent may not have been saved."
BUSY = "The database is too busy to answer in time; what you sent may not have been saved."
MISTAKE = "The portal made a mistake; what you sent may not have been saved."


@pytest.fixture(autouse=True)
def routes(settings):
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def client():
    return Client(raise_request_exception=False, headers={"accept-language": "en"})


@pytest.mark.parametrize(
    ("fault", "status", "sentence"),
    [("away", 503, AWAY), ("closed", 503, AWAY), ("bug", 500, MISTAKE)],
)
def test_a_page_says_it_in_one_sentence(client, fault, status, sentence):
    answer = client.get(f"/fail/{fault}")
    assert (answer.status_code, answer.headers.get("Retry-After")) == (
        status,
        "10" if status == 503 else None,
    )
    assert f"<h1>{sentence}</h1>" in answer.content.decode()
    assert answer.headers["X-Request-ID"] in answer.content.decode()


@pytest.mark.parametrize(
    ("fault", "status", "sentence"), [("away", 503, AWAY), ("bug", 500, MISTAKE)]
)
def test_the_api_says_it_in_json(client, fault, status, sentence):
    answer = client.post(f"/api/v1/fail/{fault}", {"a": "1"})
    request_id = answer.headers["X-Request-ID"]
    assert (answer.status_code, answer.json()) == (
        status,
        {"detail": sentence, "request_id": request_id},
    )


def test_a_slow_statement_is_told_from_a_missing_database(client, monkeypatch):
    answer = client.get("/fail/canceled")
    assert (answer.status_code, f"<h1>{BUSY}</h1>" in answer.content.decode()) == (503, True)


def test_what_was_typed_comes_back_ready_to_be_sent_again(client):
    typed = {
        "name": "<张·三>",
        "notes": "一\n\n二",
        "choice": ["a", "b"],
        "new_password1": "s3cret",
    }
    page = client.post("/fail/away?next=1", typed).content.decode()
    assert 'action="/fail/away?next=1"' in page
    fields = re.findall(r'<textarea name="(\w+)" hidden>\n?(.*?)</textarea>', page, re.DOTALL)
    assert [(name, html.unescape(value)) for name, value in fields] == [
        ("name", "<张·三>"),
        ("notes", "一\n\n二"),
        ("choice", "a"),
        ("choice", "b"),
    ]
    assert "s3cret" not in page
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token is not None
    assert len(token[1]) == 64


@pytest.mark.parametrize("name", ["password", "old_password", "csrfmiddlewaretoken", "otp_token"])
def test_secrets_are_not_sent_back(name):
    assert kept(QueryDict(f"{name}=x&name=y")) == [("name", "y")]


def test_a_first_line_break_is_not_lost(client):
    page = client.post("/fail/away", {"notes": "\n二"}).content.decode()
    # A browser drops the first line break of a text area, so one stands before the text's own.
    assert '<textarea name="notes" hidden>\n\n二</textarea>' in page


def test_no_page_of_the_portal_is_kept_by_a_cache(client):
    assert client.get("/fail/away").headers["Cache-Control"] == "no-store"


@override_settings(MIDDLEWARE=["tests.core.test_errors.FailingMiddleware"])
def test_a_failing_middleware_is_answered_too(client):
    assert client.get("/fail/bug").status_code == 503


class FailingMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request) -> HttpResponse:
        request.user = AnonymousUser()
        raise FAULTS["away"]
