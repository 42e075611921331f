"""Checking a number: what is told of whom, at what cost, how often, and what is written down."""

import datetime
import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from core.models import AuditEntry, Region, User
from talent.identity import IdNumberTrouble
from tests.factories import a_class, a_person, an_account, citizen_number, divisions, enrolled
from training.checking import Attended, check_number

pytestmark = pytest.mark.django_db
OWN, STRANGER, BOTH, UNKNOWN = (citizen_number(order) for order in (1, 2, 3, 4))
BARE = citizen_number(5)
WRONG = UNKNOWN[:17] + ("0" if UNKNOWN[17] != "0" else "1")


@pytest.fixture
def clerk() -> User:
    """Of 环县, where 张1 lives and is in a class; the others live in another county."""
    divisions()
    enrolled(a_person(1), a_class("621022", "H1"))
    enrolled(a_person(1), a_class("621022", "H0"), state="withdrawn")
    enrolled(a_person(2, county_code="622926"), a_class("622926", "D1"))
    enrolled(a_person(3, county_code="622926"), a_class("622926", "D1"))
    enrolled(a_person(3, county_code="622926"), a_class("621022", "H1"))
    a_person(5)
    return an_account("clerk", "county-clerk", "621022")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def test_who_and_where(clerk: User) -> None:
    found = {n: check_number(number=n, by=clerk) for n in (OWN, STRANGER, BOTH, UNKNOWN, BARE)}
    told = {
        n: (c.kind, c.name, [each.class_code for each in c.own], c.elsewhere)
        for n, c in found.items()
    }
    there = [Attended("东乡族自治县", "D1")]
    assert told == {
        OWN: ("own", "张1", ["H1"], []),
        STRANGER: ("elsewhere", "", [], there),
        BOTH: ("own", "", ["H1"], there),
        UNKNOWN: ("unknown", "", [], []),
        BARE: ("registered", "张5", [], []),
    }
    assert (found[STRANGER].person, found[STRANGER].elsewhere[0].row) == (None, None)


def test_a_wider_region_is_the_own_one_as_a_whole(clerk: User) -> None:
    admin = an_account("admin", "roster-administrator", "62")
    found = check_number(number=STRANGER, by=admin)
    assert (found.kind, found.name, found.elsewhere) == ("own", "张2", [])


def test_another_province_is_not_told(clerk: User) -> None:
    for code, level, parent in (("61", 1, None), ("6103", 2, "61"), ("610322", 3, "6103")):
        Region.objects.create(
            code=code, name=code, short_name=code, pinyin="", level=level, parent_id=parent
        )
    far = an_account("far", "county-clerk", "610322")
    assert check_number(number=OWN, by=far).kind == "unknown"


def test_a_number_in_trouble_says_which(clerk: User) -> None:
    found = check_number(number=WRONG, by=clerk)
    assert (found.kind, found.sentence) == ("unsound", str(IdNumberTrouble.CHECKSUM))
    assert check_number(number=f" '{OWN} ", by=clerk).name == "张1"


def shapes(number: str, user: User) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        check_number(number=number, by=user)
    changing = re.compile(r"'[^']*'|\b\d+\b|\{.*?\}|SAVEPOINT .*")
    return [changing.sub("?", query["sql"]) for query in asked]


def test_known_and_unknown_numbers_cost_the_same(clerk: User) -> None:
    user = User.objects.get(pk=clerk.pk)
    user.grants  # noqa: B018  read before, as a request does
    first, *others = (shapes(n, user) for n in (OWN, STRANGER, BOTH, UNKNOWN, BARE, WRONG))
    assert others == [first] * 5
    assert len([sql for sql in first if sql.removeprefix("RELEASE ") != "?"]) == 4


def test_each_check_is_written_down_with_the_mask_only(clerk: User) -> None:
    for number in (OWN, STRANGER, WRONG):
        check_number(number=number, by=clerk)
    entries = AuditEntry.objects.filter(verb="training.number.checked").order_by("id")
    assert [(e.actor_id, e.region_code, e.succeeded, e.changes) for e in entries] == [
        (clerk.pk, "621022", True, {"number": f"621022********{n[14:]}", "answer": kind})
        for n, kind in ((OWN, "own"), (STRANGER, "elsewhere"), (WRONG, "unsound"))
    ]
    assert not any(n in json.dumps(e.changes) for e in entries for n in (OWN, STRANGER, WRONG))


def age(minutes: int) -> None:
    """Let all checks so far have happened earlier."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_auditentry DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE core_auditentry SET at = at - %s", [datetime.timedelta(minutes=minutes)]
        )
        cursor.execute("ALTER TABLE core_auditentry ENABLE TRIGGER USER")


def test_a_budget_of_an_hour_and_of_a_day_for_each_user(clerk: User, settings: Any) -> None:
    settings.NUMBER_CHECKS = {"hour": 2, "day": 3}
    other = an_account("other", "county-clerk", "621022")

    def kinds(user: User, times: int = 1) -> list[str]:
        return [check_number(number=OWN, by=user).kind for _ in range(times)]

    assert kinds(clerk, 3) == ["own", "own", "over-budget"]
    assert kinds(other, 2) == ["own", "own"]
    refused = check_number(number=OWN, by=clerk)
    assert (refused.name, refused.own) == ("", [])
    assert 3500 < refused.wait <= 3600
    age(61)
    assert kinds(clerk, 2) == ["own", "over-budget"]
    assert 22 * 3600 < check_number(number=OWN, by=clerk).wait <= 23 * 3600
    age(23 * 60)
    assert kinds(clerk, 2) == ["own", "own"]


def test_who_brings_in_nothing_checks_nothing(clerk: User) -> None:
    with pytest.raises(PermissionError):
        check_number(number=OWN, by=an_account("r", "county-reviewer", "621022"))
    assert not AuditEntry.objects.filter(verb="training.number.checked").exists()


def test_the_page_and_its_part(clerk: User) -> None:
    client, url = signed_in(clerk), reverse("training:check")
    assert client.get(url).status_code == 200
    with translation.override("en"):
        part = client.post(url, {"number": BOTH}, headers={"HX-Request": "true"})
        whole = client.post(url, {"number": BOTH})
    for answer in (part, whole):
        text = answer.content.decode()
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
        assert all(word in text for word in ("东乡族自治县", "D1", "H1"))
        assert BOTH not in text
        assert "张3" not in text
    assert "<html" not in part.content.decode()
    assert "<html" in whole.content.decode()
    assert client.post(url, {"number": ""}).status_code == 422


def test_over_budget_the_page_says_when_to_come_again(clerk: User, settings: Any) -> None:
    settings.NUMBER_CHECKS = {"hour": 1, "day": 300}
    client, url = signed_in(clerk), reverse("training:check")
    client.post(url, {"number": OWN})
    answer = client.post(url, {"number": OWN}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")
    assert "张1" not in answer.content.decode()
    assert 'id="checked"' in answer.content.decode()


def test_the_api_answers_the_same(clerk: User, settings: Any) -> None:
    client, url = signed_in(clerk), "/api/v1/number-checks/"

    def asked(number: str) -> Any:
        return client.post(url, {"number": number}, content_type="application/json")

    answer = asked(OWN)
    row = answer.json()["own"][0]["enrollment"]
    with translation.override("zh-hans"):
        sentence = check_number(number=OWN, by=clerk).sentence
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "is_sound": True,
            "sentence": sentence,
            "person": a_person(1).pk,
            "name": "张1",
            "own": [{"county": "环县", "class_code": "H1", "enrollment": row}],
            "elsewhere": [],
        },
    )
    assert asked(STRANGER).json()["elsewhere"] == [{"county": "东乡族自治县", "class_code": "D1"}]
    assert asked(WRONG).json()["is_sound"] is False
    settings.NUMBER_CHECKS = {"hour": 3, "day": 300}
    refused = asked(OWN)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert set(refused.json()) == {"detail", "request_id"}
