from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env

KEY = "0123456789abcdef" * 4


@pytest.fixture
def given(monkeypatch):
    def give(value):
        if value is None:
            monkeypatch.delenv("X", raising=False)
        else:
            monkeypatch.setenv("X", value)

    return give


@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_value_names_the_variable(given, value):
    given(value)
    with pytest.raises(ImproperlyConfigured, match=r"^X is not set\. Set it"):
        env.text("X")


@pytest.mark.parametrize(
    ("read", "value", "result"),
    [
        (lambda: env.text("X", "d"), None, "d"),
        (lambda: env.text("X", "d"), " a ", "a"),
        (lambda: env.flag("X", True), None, True),
        (lambda: env.flag("X", True), "No", False),
        (lambda: env.flag("X", False), "1", True),
        (lambda: env.number("X", 60), None, 60),
        (lambda: env.number("X", 60), "0", 0),
        (lambda: env.choice("X", ["a", "b"]), None, "a"),
        (lambda: env.choice("X", ["a", "b"]), "b", "b"),
        (lambda: env.words("X", ""), None, []),
        (lambda: env.words("X"), "a, b,,c ", ["a", "b", "c"]),
        (lambda: env.path("X", Path("/d")), None, Path("/d")),
        (lambda: env.path("X", Path("/d")), "/a/b", Path("/a/b")),
        (lambda: env.redis("X"), "redis://h:6379/0", "redis://h:6379/0"),
        (lambda: env.redis("X"), "unix:///run/r.sock", "unix:///run/r.sock"),
        (lambda: env.key("X"), KEY, bytes.fromhex(KEY)),
        (
            lambda: env.keys("X"),
            f"1:{KEY}, 20:{'f' * 64}",
            {1: bytes.fromhex(KEY), 20: b"\xff" * 32},
        ),
    ],
)
def test_values_are_read_by_their_type(given, read, value, result):
    given(value)
    assert read() == result


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (lambda: env.flag("X", True), "maybe"),
        (lambda: env.number("X", 1), "-1"),
        (lambda: env.number("X", 1), "１２"),
        (lambda: env.choice("X", ["a", "b"]), "c"),
        (lambda: env.path("X", Path("/d")), "var"),
        (lambda: env.redis("X"), "amqp://h"),
        (lambda: env.redis("X"), "h:6379"),
        (lambda: env.database("X"), "mysql://u@h/d"),
        (lambda: env.database("X"), "postgresql://u@h/"),
        (lambda: env.database("X"), "postgresql://u@h:port/d"),
        (lambda: env.key("X"), KEY[:-1]),
        (lambda: env.keys("X"), KEY),
        (lambda: env.keys("X"), f"one:{KEY}"),
        (lambda: env.keys("X"), f"1:{KEY},1:{KEY}"),
    ],
)
def test_a_malformed_value_names_the_variable_and_what_is_right(given, read, value):
    given(value)
    with pytest.raises(ImproperlyConfigured, match=r"^X is .+ but must be .+\. Correct it"):
        read()


@pytest.mark.parametrize("read", [env.key, env.keys, env.database, env.redis])
def test_a_malformed_secret_is_not_shown(given, read):
    given("s3cret")
    with pytest.raises(ImproperlyConfigured) as error:
        read("X")
    assert "s3cret" not in str(error.value)


def test_a_database_by_its_url(given):
    given("postgresql://u%40x:p%2Fw@h.example:6432/name?sslmode=require")
    assert env.database("X") == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "name",
        "USER": "u@x",
        "PASSWORD": "p/w",
        "HOST": "h.example",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "require"},
    }


def test_a_database_by_its_socket(given):
    given("postgresql://portal@/portal?host=%2Ftmp%2Fa%20b")
    found = env.database("X")
    assert (found["HOST"], found["USER"], found["PORT"]) == ("/tmp/a b", "portal", "")


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ("smtp://mail.example", ("mail.example", 25, "", "", False, False)),
        ("smtp+tls://a%40b:p%2Fw@mail.example", ("mail.example", 587, "a@b", "p/w", True, False)),
        ("smtps://u:p@mail.example:4650", ("mail.example", 4650, "u", "p", False, True)),
    ],
)
def test_a_mail_server(given, value, result):
    given(value)
    assert tuple(env.mail("X").values()) == result


def test_no_mail_server_is_none(given):
    given("")
    assert env.mail("X") == {}


@pytest.mark.parametrize("value", ["mail.example", "http://mail.example", "smtp://"])
def test_a_malformed_mail_server_is_refused_and_not_shown(given, value):
    given(value)
    with pytest.raises(ImproperlyConfigured, match=r"^X is \(not shown\)"):
        env.mail("X")
