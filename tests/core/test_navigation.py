"""The menu, the start page of each role, and what whoever may not enter is told."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, RequestFactory

from core import navigation
from core.access import Open, Permission
from core.models import User
from core.navigation import Item, home_of, items_for
from tests.factories import an_account, divisions

ITEMS = [
    Item("second", "core:audit-list", "eye", Permission.SEE_FIGURES, 20),
    Item("first", "core:rule-list", "eye", Permission.SEE_FIGURES, 10),
    Item("beneath", "core:policy-area-list", "eye", Open.SIGNED_IN, 30),
    Item("forbidden", "core:account-list", "eye", Permission.MANAGE_ACCOUNTS, 5),
]


@pytest.fixture
def menu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_registry", {})
    navigation.register(*ITEMS)


@pytest.fixture
def account(db: None) -> Callable[..., User]:
    divisions()
    return an_account


def shown(user: Any, path: str) -> list[tuple[str, bool]]:
    request = RequestFactory().get(path)
    request.user = user
    return [(e["label"], e["active"]) for e in navigation.navigation(request)["navigation"]]


@pytest.mark.usefixtures("menu")
def test_menu_shows_what_one_may_open(account: Callable[..., User]) -> None:
    clerk = account("clerk", "county-clerk", "621022")
    assert [item.label for item in items_for(clerk)] == ["first", "second", "beneath"]
    assert home_of(clerk) == "/rules/"


@pytest.mark.usefixtures("menu")
@pytest.mark.parametrize(
    ("path", "active"),
    [("/rules/", "first"), ("/rules/areas/x/", "beneath"), ("/audit/", "second"), ("/", None)],
)
def test_one_entry_is_active(account: Callable[..., User], path: str, active: str | None) -> None:
    entries = shown(account("clerk", "county-clerk", "621022"), path)
    assert [label for label, on in entries if on] == ([active] if active else [])


def test_the_menu_is_parted(client: Client, account: Callable[..., User]) -> None:
    """Each part has its heading once, and no entry of a part that does not exist."""
    client.force_login(
        account("clerk", "county-clerk", "621022"), "django.contrib.auth.backends.ModelBackend"
    )
    page = client.get("/account/", headers={"accept-language": "en"})
    parts = [entry["part"] for entry in page.context["navigation"]]
    named = [str(part) for part in dict.fromkeys(parts) if part]
    assert named == ["Training", "Submission", "People", "Files and plans", "Administration"]
    menu = page.content.decode().split('id="sidebar"')[1].split("</nav>")[0]
    assert [menu.count(f"<h2>{name}</h2>") for name in named] == [1] * len(named)
    assert {item.order // 100 for item in navigation._registry.values()} <= {0, *navigation.PARTS}


@pytest.mark.usefixtures("menu")
def test_nobody_and_no_role(account: Callable[..., User]) -> None:
    assert shown(AnonymousUser(), "/") == []
    navigation._registry.clear()
    assert home_of(account("new")) == "/account/"


@pytest.mark.usefixtures("menu")
def test_second_entry_for_a_page_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured):
        navigation.register(Item("again", "core:rule-list", "eye", Permission.SEE_FIGURES, 1))


@pytest.mark.parametrize(
    ("role", "pages"),
    [
        ("system-administrator", ["/accounts/"]),
        ("security-administrator", ["/roles/"]),
        ("audit-administrator", ["/receipts/verification/", "/audit/"]),
    ],
)
def test_administrators_see_home_and_their_own_pages_only(
    client: Client, account: Callable[..., User], role: str, pages: list[str]
) -> None:
    user = account("admin", role, "62")
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    menu = client.get(pages[-1]).context["navigation"]
    assert [entry["url"] for entry in menu] == ["/", *pages]


def test_refusals_carry_the_request_number(client: Client, account: Callable[..., User]) -> None:
    user = account("clerk", "county-clerk", "621022")
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    for address, status in [("/accounts/", 403), ("/nowhere/", 404)]:
        response = client.get(address)
        assert response.status_code == status
        assert response.headers["X-Request-ID"] in response.content.decode()


def test_api_is_answered_in_json(client: Client, db: None) -> None:
    response = client.get("/api/nowhere/")
    assert (response.status_code, sorted(response.json())) == (404, ["detail", "request_id"])


def test_forged_form_is_told_so(account: Callable[..., User]) -> None:
    response = Client(enforce_csrf_checks=True).post("/login/", {"username": "x"})
    assert (response.status_code, response.templates[0].name) == (403, "errors/csrf.html")


def test_language_is_kept_and_leads_back_here_only(client: Client) -> None:
    chosen = client.post("/language/", {"language": "en", "next": "/login/"})
    assert (chosen.url, chosen.cookies["django_language"].value) == ("/login/", "en")
    assert client.post("/language/", {"language": "en", "next": "//else.example"}).url == "/"
