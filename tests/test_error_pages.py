"""Error pages and sign-in stand with nothing under them: no database, no request, no context."""

import re
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.template import Context, Engine
from django.utils import translation

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
TAGS = {"i18n": "django.templatetags.i18n", "static": "django.templatetags.static"}
ENGINE = Engine(dirs=[TEMPLATES], libraries=TAGS)
PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
urlpatterns: list[object] = []  # not even an address to link to
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture(autouse=True)
def plain_static_files(settings: Any) -> Any:
    settings.STORAGES = settings.STORAGES | PLAIN
    with translation.override("en"):
        yield


ERRORS = ["400", "403", "csrf", "404", "429", "500", "503", "507", "lockout"]


@pytest.mark.parametrize("name", ERRORS)
def test_error_page_needs_nothing(name: str) -> None:
    # No database (pytest-django refuses it), no request, no context at all.
    html = ENGINE.get_template(f"errors/{name}.html").render(Context())
    assert len(re.findall(r"<h1>[^<]+\.</h1>\s*<p>[^<]+\.</p>", html)) == 1
    assert "request-id" not in html


def test_error_page_shows_the_number_of_the_request() -> None:
    html = ENGINE.get_template("errors/500.html").render(Context({"request_id": "7f3a"}))
    assert re.findall(r"Number of this request <code>(\w+)</code>", html) == ["7f3a"]


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500", "503"])
def test_error_page_stands_where_django_looks(name: str) -> None:
    expected = ENGINE.get_template(f"errors/{name.removeprefix('403_')}.html").render(Context())
    assert ENGINE.get_template(f"{name}.html").render(Context()) == expected


class Account(forms.Form):
    username = forms.CharField()
    password = forms.CharField(widget=forms.PasswordInput)

    def clean(self) -> dict[str, Any]:
        raise forms.ValidationError(f"reason only for {self.cleaned_data['username']}")


def sign_in(username: str) -> str:
    form = Account({"username": username, "password": "secret-word"})
    return ENGINE.get_template("registration/login.html").render(Context({"form": form}))


def test_sign_in_answers_all_names_alike() -> None:
    known, unknown = sign_in("clerk"), sign_in("nobody")
    assert known.replace("clerk", "nobody") == unknown
    assert "reason only" not in unknown
    assert "secret-word" not in unknown
