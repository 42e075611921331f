"""A database that ends connections and a disk that fills up, met in the middle of a request."""

import errno
import html
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from psycopg2 import errors as pg

from core.access import Open, admits
from core.errors import bad_request, server_error

END = "SELECT pg_terminate_backend(pg_backend_pid())"
AWAY = "The database does not answer at the moment; what you sent may not have been saved."
FULL = "The server's disk for files is full; what you sent was not saved."


def ended_by_a_statement(request: HttpRequest) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(END)


def ended_by_copying(request: HttpRequest) -> None:
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY ({END}) TO STDOUT", HttpResponse())


def asked_once_more(request: HttpRequest) -> None:
    with connection.cursor() as cursor:
        try:
            cursor.execute(END)
        except DatabaseError:
            cursor.execute("SELECT 1")


def closed_already(request: HttpRequest) -> None:
    connection.ensure_connection()
    connection.connection.close()
    with connection.connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def told_by_psycopg2(request: HttpRequest) -> None:
    raise pg.AdminShutdown


def cut_off(request: HttpRequest) -> None:
    raise psycopg2.DatabaseError("server closed the connection unexpectedly")


def hidden_beneath_another(request: HttpRequest) -> None:
    try:
        ended_by_a_statement(request)
    except DatabaseError:
        1 / 0  # noqa: B018


def before_the_session_is_kept(request: HttpRequest) -> None:
    request.session.save()
    request.session["a"] = "b"
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    other.close()


def a_broken_rule(request: HttpRequest) -> None:
    raise psycopg2.IntegrityError


def no_room(request: HttpRequest) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def no_such_file(request: HttpRequest) -> None:
    raise FileNotFoundError


def an_upload(request: HttpRequest) -> None:
    assert request.FILES


MET = {
    met.__name__: met
    for met in (
        ended_by_a_statement,
        ended_by_copying,
        asked_once_more,
        closed_already,
        told_by_psycopg2,
        cut_off,
        hidden_beneath_another,
        before_the_session_is_kept,
        a_broken_rule,
        no_room,
        no_such_file,
        an_upload,
    )
}


@admits(Open.EVERYBODY)
def meeting(request: HttpRequest, met: str) -> HttpResponse:
    MET[met](request)
    return HttpResponse("met nothing")


urlpatterns = [path("<met>", meeting), path("api/v1/<met>", meeting)]
handler500, handler400 = server_error, bad_request


@pytest.fixture(autouse=True)
def routes(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False, headers={"accept-language": "en"})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "met",
    [
        "ended_by_a_statement",
        "ended_by_copying",
        "asked_once_more",
        "closed_already",
        "told_by_psycopg2",
        "cut_off",
        "hidden_beneath_another",
        "before_the_session_is_kept",
    ],
)
def test_a_database_that_ends_connections_is_told_as_away(client: Client, met: str) -> None:
    answer = client.get(f"/{met}")
    connection.close()
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "10")
    assert f"<h1>{AWAY}</h1>" in answer.content.decode()


@pytest.mark.parametrize("met", ["a_broken_rule", "no_such_file"])
def test_what_time_does_not_mend_is_told_as_a_mistake(client: Client, met: str) -> None:
    assert client.get(f"/{met}").status_code == 500


def test_a_full_disk_is_told_as_such(client: Client) -> None:
    answer = client.get("/no_room")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (507, "no-store")
    assert f"<h1>{FULL}</h1>" in html.unescape(answer.content.decode())
    assert client.get("/api/v1/no_room").json()["detail"] == FULL


@pytest.fixture
def little_room(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """A folder for uploads in which no file may grow above 64 KB."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1 << 10
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 10, before[1]))
    yield tmp_path
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("address", ["/an_upload", "/api/v1/an_upload"])
@pytest.mark.parametrize("is_checked", [True, False])
def test_an_upload_that_finds_no_room_is_answered(
    little_room: Path, address: str, is_checked: bool
) -> None:
    client = Client(
        raise_request_exception=False,
        enforce_csrf_checks=is_checked,
        headers={"accept-language": "en"},
    )
    client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    sent = {"name": "x", "file": SimpleUploadedFile("r.csv", b"1" * (200 << 10))}
    answer = client.post(address, sent)
    assert (answer.status_code, FULL in html.unescape(answer.content.decode())) == (507, True)
    assert list(little_room.iterdir()) == []
