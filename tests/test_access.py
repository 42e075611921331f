"""Every route, every role, what is its own and what is not: generated from the resolver.

To declare a new route, add its line to tests/access/rules.py.
"""

from __future__ import annotations

import copy
import functools
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.test import Client
from django.urls import reverse

from core.access import ADMINISTRATORS, ROLES, Grant, Permission
from core.models import User
from core.querysets import RegionScopedQuerySet
from tests.access.routes import all_routes
from tests.access.rules import EVERYBODY, RULES, SIGNED_IN
from tests.access.world import KEY, SEATS, World, build, fingerprint, marks_in, written

pytestmark = pytest.mark.django_db

MALFORMED = [
    None,
    "",
    " ",
    "6",
    "620",
    "62102",
    "6210222",
    "62102210",
    "6210221000",
    "62102210000",
    "6210221000010",
    " 62",
    "62 ",
    "62\n",
    "６２",
    "6x",
    "%",
    "62%",
    "*",
    "0x62",
]
# What differs from one answer to the next, whatever it says.
OF_THIS_REQUEST = re.compile(
    rb'[0-9a-f]{32}|name="csrfmiddlewaretoken" value="[^"]*"|"X-CSRFToken": *"[^"]*"'
)


@pytest.fixture(scope="module")
def world(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    before, settings.FILES_DIR = settings.FILES_DIR, tmp_path_factory.mktemp("files")
    logging.disable()  # each refusal would be written down with its stack
    with django_db_blocker.unblock(), transaction.atomic():
        standing.cache_clear()
        yield build()
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)
    settings.FILES_DIR = before


@dataclass(frozen=True)
class Answer:
    """What came back, without what names this very request; `touched` what it changed."""

    status: int
    body: bytes
    location: str
    touched: bool

    @property
    def marks(self) -> set[str]:
        return marks_in(self.body)


@functools.cache
def standing(beside: str) -> object:
    """The fingerprint before any request: each is undone, so it stays the same."""
    return fingerprint(beside)


def ask(
    client: Client, route: str, key: Any = None, sent: Any = None, *, beside: str = ""
) -> Answer:
    """The answer to a request, which is then undone. `beside` a region nothing may change."""
    rule, (method, name) = RULES[route], route.split()
    url = reverse(name, args=[*([] if key is None else [key]), *rule.more])
    as_json = {"content_type": "application/json"} if rule.api else {}
    cookies = copy.deepcopy(client.cookies)
    before = method == "POST" and (written(), standing(beside))
    with transaction.atomic():
        response = client.get(url) if method == "GET" else client.post(url, sent or {}, **as_json)
        body = b"".join(response) if response.streaming else response.content
        touched = before and written() != before[0] and fingerprint(beside) != before[1]
        transaction.set_rollback(True)
    client.cookies = cookies
    body = OF_THIS_REQUEST.sub(b"", body.replace(url.encode(), b"URL"))
    return Answer(response.status_code, body, response.headers.get("Location", ""), touched)


class Trial:
    """One role tries one route; `faults` are the sentences of what should not have been."""

    def __init__(self, world: World, route: str, role: str) -> None:
        self.world, self.route, self.role = world, route, role
        self.rule, self.client, self.seat = RULES[route], world.clients[role], SEATS[role]
        self.faults: list[str] = []
        self.to_missing: dict[str, Answer] = {}

    def run(self) -> list[str]:
        rule = self.rule
        if not rule.admits >= {self.role} and rule.admits != EVERYBODY:
            self.is_refused()
        elif rule.of:
            for place in self.world.things[rule.of]:
                self.tries_object(place)
        else:
            self.opens_page()
        return self.faults

    def fault(self, what: str, answer: Answer, place: str = "") -> None:
        self.faults.append(f"{self.role} {self.route} {place}: {what} ({answer.status})")

    def key(self, place: str) -> Any:
        return self.world.key(self.rule.of, place) if self.rule.of else None

    def leaks(self, answer: Answer, sent: dict[str, Any], place: str) -> None:
        """Nothing of another region is shown, but for what was typed in."""
        typed = marks_in(repr(sent).encode())
        strange = {m for m in answer.marks - typed if not self.world.may_show(self.role, m)}
        if strange:
            self.fault(f"shows {sorted(strange)}", answer, place)
        if answer.status >= 500 and answer.status not in self.rule.succeeds:
            self.fault("broke", answer, place)

    def is_refused(self) -> None:
        """The door is shut alike before what is there and what is not; nothing is done."""
        place = max(self.places(), key=lambda p: p.startswith(self.seat))
        sent = self.rule.sent(self.world, place)
        answer = ask(self.client, self.route, self.key(place), sent)
        if self.rule.of and answer != self.missing(place):
            self.fault("tells the missing apart though the door is shut", answer, place)
        if answer.status != 403 or answer.marks or answer.touched:
            self.fault("is not simply refused", answer, place)

    def tries_object(self, place: str) -> None:
        kind = self.rule.seen_as or self.rule.of
        if self.role in self.rule.finds and self.world.sees(self.role, kind, place):
            if len(place.rstrip("n")) in self.rule.at:
                self.succeeds(place)
            return
        sent = self.rule.sent(self.world, place)
        answer = ask(self.client, self.route, self.key(place), sent)
        self.leaks(answer, sent, place)
        if answer.status != (200 if self.rule.answers_empty else 404) or answer.touched:
            self.fault("outside is not simply missing", answer, place)
        if answer != self.missing(place):
            self.fault("tells what is outside from what is missing", answer, place)

    def missing(self, place: str) -> Answer:
        """The answer to a key that nothing has: one for all places, unless what is sent differs."""
        differs = place if callable(self.rule.send) else ""
        if differs not in self.to_missing:
            key, sent = self.world.missing(self.rule.of), self.rule.sent(self.world, place)
            self.to_missing[differs] = ask(self.client, self.route, key, sent)
        return self.to_missing[differs]

    def opens_page(self) -> None:
        own = [p for p in self.places() if p.startswith(self.seat)]
        if self.role in self.rule.finds:
            self.succeeds(own[0])
        else:
            self.acts_outside(own[0])
        if callable(self.rule.send):
            for place in set(self.places()) - set(own):
                self.acts_outside(place)

    def places(self) -> list[str]:
        of = self.rule.of or "region"
        return [p for p in self.world.things[of] if len(p.rstrip("n")) in self.rule.at]

    def succeeds(self, place: str) -> None:
        """The allowed twin: without it, a refusal might have another reason."""
        sent = self.rule.sent(self.world, place)
        answer = ask(self.client, self.route, self.key(place), sent, beside=self.seat)
        self.leaks(answer, sent, place)
        if answer.status not in self.rule.succeeds:
            self.fault(f"does not succeed: {answer.body[:300]!r}", answer, place)
        if answer.touched:
            self.fault("changes rows of another region", answer, place)
        kind = self.rule.shows
        if kind and self.world.sees(self.role, kind, self.shown(place)) and not answer.marks:
            self.fault("does not show what is there", answer, place)

    def shown(self, place: str) -> str:
        """Where the row lies that a page must show: on a list, any that the role sees."""
        return (
            place
            if self.rule.of
            else next(
                (p for p in self.world.things[self.rule.shows] if p.startswith(self.seat)), place
            )
        )

    def acts_outside(self, place: str) -> None:
        """An act for another region fails and changes nothing."""
        sent = self.rule.sent(self.world, place)
        answer = ask(self.client, self.route, None, sent)
        self.leaks(answer, sent, place)
        if answer.touched:
            self.fault("acts for another region", answer, place)


def test_every_route_is_declared_and_every_declaration_has_its_route() -> None:
    assert sorted(set(all_routes()) ^ set(RULES)) == []


def test_every_role_has_its_seat_and_every_rule_names_roles() -> None:
    named = {role for rule in RULES.values() for role in rule.admits} - EVERYBODY
    assert named == SIGNED_IN == set(ROLES) == set(SEATS)


@pytest.mark.parametrize("route", RULES)
def test_route(world: World, route: str) -> None:
    assert [fault for role in SEATS for fault in Trial(world, route, role).run()] == []


@pytest.mark.parametrize("route", RULES)
def test_who_is_not_signed_in_comes_no_further_than_the_public_doors(
    world: World, route: str
) -> None:
    rule, client = RULES[route], Client()
    key = world.key(rule.of, next(iter(world.things[rule.of]))) if rule.of else None
    answer = ask(client, route, key, rule.sent(world, "621022"))
    assert (answer.marks, answer.touched) == (set(), False)
    if rule.admits == EVERYBODY:
        assert answer.status in rule.succeeds
    elif route.split()[1].startswith("api:") and route != "GET api:docs":
        assert answer.status == 401
    else:
        assert (answer.status, answer.location[:12]) == (302, "/login/?next")


def test_the_three_administrators_are_admitted_to_no_business() -> None:
    open_to_all = {route for route, rule in RULES.items() if rule.admits >= SIGNED_IN}
    admitted = {
        route for route, rule in RULES.items() if rule.admits & ADMINISTRATORS
    } - open_to_all
    # How much is not as it was sealed, for the auditor: numbers, no row.
    admitted -= {"GET exchange:receipt-verification"}
    assert {route.split()[1].split(":")[0] for route in admitted} == {"core"}
    assert {route for route in admitted if len(RULES[route].admits) != 1} == set()


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_no_administrator_sees_a_business_row(world: World, role: str) -> None:
    user = User.objects.get(pk=world.users[role].pk)
    seen = {
        model.__name__: model.objects.visible_to(user, permission).count()
        for model in scoped_models()
        if model._meta.app_label != "core"
        for permission in Permission
        if permission not in ROLES[role].permissions
    }
    assert len(seen) >= 8
    assert set(seen.values()) == {0}


def scoped_models() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models()
        if issubclass(
            type(getattr(model, "objects", None) and model.objects.all()), RegionScopedQuerySet
        )
    ]


def seen_by(acting: User) -> set[int]:
    """How many rows of each scoped table the user sees by each permission."""
    user = User.objects.get(pk=acting.pk)  # without what it remembers of its grants
    return {
        model.objects.visible_to(user, permission).count()
        for model in scoped_models()
        for permission in Permission
    }


def grants_of(value: Any) -> tuple[Grant, ...]:
    return tuple(Grant(role, value, KEY) for role in ROLES if role not in ADMINISTRATORS)


@pytest.mark.parametrize("value", MALFORMED)
def test_a_malformed_assignment_sees_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, value: Any
) -> None:
    monkeypatch.setattr(User, "grants", grants_of(value))
    assert seen_by(world.users["county-clerk"]) == {0}


@pytest.mark.parametrize("value", [None, "", "62%", "no assignment"])
def test_a_malformed_assignment_opens_no_page(
    world: World, monkeypatch: pytest.MonkeyPatch, value: Any
) -> None:
    grants = () if value == "no assignment" else grants_of(value)
    monkeypatch.setattr(User, "grants", grants)
    lists = [r for r, rule in RULES.items() if r.startswith("GET") and not rule.of]
    answers = {route: ask(world.clients["county-clerk"], route) for route in lists}
    assert {route: answer.marks for route, answer in answers.items() if answer.marks} == {}
    guarded = {r for r in lists if RULES[r].admits != EVERYBODY and RULES[r].admits != SIGNED_IN}
    assert {answers[route].status for route in guarded} == {403}


def test_a_sound_assignment_sees_rows(world: World) -> None:
    """The twin of the tests around it."""
    assert max(seen_by(world.users["county-clerk"])) > 0


@pytest.mark.parametrize("role", ["", "county clerk", "COUNTY-CLERK", "superuser", "county-clerk "])
def test_a_role_that_is_none_sees_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    monkeypatch.setattr(User, "grants", (Grant(role, "62"),))
    user = world.users["county-clerk"]
    assert seen_by(user) == {0}


def test_a_narrowed_role_without_its_key_sees_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(User, "grants", (Grant("training-institution", "621022"),))
    user = world.users["training-institution"]
    assert seen_by(user) == {0}


FILTERS = [
    *("q", "region", "year", "month", "state", "after", "before", "size", "plan", "period"),
    *("program", "category", "batch", "severity", "from", "office", "role", "verb", "first"),
    *("kind", "level", "parent"),
]
NONSENSE = ("%00", "%01%02", "%ED%A0%80", "x", "-1", "99999999999999999999", "2019-13-45", "%")


@pytest.mark.parametrize("route", [r for r in RULES if r.startswith("GET")])
def test_no_address_breaks_a_page(world: World, route: str) -> None:
    """Unprintable characters and nonsense in every filter; nothing answers 500."""
    rule, name = RULES[route], route.split()[1]
    role = next((r for r in SEATS if r in rule.admits), "county-clerk")
    key = [world.key(rule.of, SEATS[role])] if rule.of else []
    url = reverse(name, args=[*key, *rule.more])
    asked = ["&".join(f"{name}={text}" for name in FILTERS) for text in NONSENSE]
    asked += [] if rule.of else [f"{name}=%00" for name in FILTERS]
    assert {query: s for query in asked if (s := trouble_at(world, role, f"{url}?{query}"))} == {}


def trouble_at(world: World, role: str, address: str) -> str:
    """What broke at an address, '' when nothing did."""
    try:
        with transaction.atomic():
            b"".join(world.clients[role].get(address))
            transaction.set_rollback(True)
    except Exception as trouble:
        return repr(trouble)
    return ""


def test_no_place_in_an_address_breaks_a_page(world: World) -> None:
    """A region's code that is none is not found, whatever stands in it."""
    routes = {r: rule for r, rule in RULES.items() if rule.of == "region" and r.startswith("GET")}
    assert len(routes) >= 4
    for route, rule in routes.items():
        url = reverse(route.split()[1], args=["621022", *rule.more]).replace("621022", "%s")
        for code in ("621022%0A", "6210229", "x", "６２", "62102200000000"):
            assert world.clients["county-clerk"].get(url % code).status_code == 404, (route, code)
        assert world.clients["county-clerk"].get(url % "621022%00").status_code == 400
