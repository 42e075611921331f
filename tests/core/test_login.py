"""Signing in: one answer to all that is wrong, a lock, sessions that end."""

import datetime
import re
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.utils import timezone

from core import services
from core.models import AuditEntry, User
from core.navigation import home_of
from tests.factories import an_account, divisions

PASSWORD, OTHER, WRONG = "correct-horse-battery", "another-horse-battery", "wrong-horse-battery"
LOGIN, CHANGE, ACCOUNT = "/login/", "/password/", "/account/"
VOLATILE = re.compile(r'value="[^"]*"|X-CSRFToken": "\w+"')


@pytest.fixture
def clerk(db: None, settings: Any) -> User:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    divisions()
    return an_account("clerk", "county-clerk", "621022", password=PASSWORD)


def sign_in(client: Client, username: str, password: str, **more: str) -> Any:
    return client.post(LOGIN, {"username": username, "password": password, **more})


def test_sign_in_leads_home_with_a_new_session(client: Client, clerk: User) -> None:
    client.get(LOGIN)
    session = client.session
    session["before"] = 1
    session.save()
    client.cookies["portal_session"] = old = session.session_key
    response = sign_in(client, "clerk", PASSWORD)
    assert (response.status_code, response.url) == (302, home_of(clerk))
    assert client.session.session_key != old
    assert client.get(ACCOUNT).status_code == 200


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        (ACCOUNT, ACCOUNT),
        ("https://elsewhere.example/", None),
        ("//elsewhere.example/", None),
        ("javascript:alert(1)", None),
    ],
)
def test_next_is_local_only(client: Client, clerk: User, wanted: str, given: str | None) -> None:
    response = sign_in(client, "clerk", PASSWORD, next=wanted)
    assert response.url == (given or home_of(clerk))


def test_same_answer_for_all_that_is_wrong(clerk: User) -> None:
    closed = an_account("closed", "county-clerk", "621022", password=PASSWORD)
    services.close_account(user=closed, by=None)
    tries = [("clerk", WRONG), ("nobody", WRONG), ("closed", PASSWORD)]
    answers = [sign_in(Client(), *given) for given in tries]
    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert len({VOLATILE.sub("", answer.content.decode()) for answer in answers}) == 1


@pytest.mark.parametrize("username", ["clerk", "nobody"])
def test_fifth_failure_locks_for_thirty_minutes(client: Client, clerk: User, username: str) -> None:
    answers = [sign_in(client, username, WRONG).status_code for _ in range(5)]
    assert answers == [422, 422, 422, 422, 429]
    locked = sign_in(client, username, PASSWORD)
    assert locked.status_code == 429
    # The sign-in page is rendered, too, before it is replaced.
    assert "errors/lockout.html" in [template.name for template in locked.templates]
    assert b'name="password"' not in locked.content


def test_lock_ends_after_thirty_minutes(client: Client, clerk: User) -> None:
    for _ in range(5):
        sign_in(client, "clerk", WRONG)
    ago = [datetime.timedelta(minutes=29), datetime.timedelta(minutes=31)]
    for passed, status in zip(ago, [429, 302], strict=True):
        AccessAttempt.objects.update(attempt_time=timezone.now() - passed)
        assert sign_in(client, "clerk", PASSWORD).status_code == status


def test_new_password_lifts_the_lock(client: Client, clerk: User) -> None:
    for _ in range(5):
        sign_in(client, "clerk", WRONG)
    services.set_password(user=clerk, password=OTHER, by=None)
    assert sign_in(client, "clerk", OTHER).status_code == 302


def test_password_change_ends_the_other_sessions(client: Client, clerk: User) -> None:
    other = Client()
    sign_in(client, "clerk", PASSWORD)
    sign_in(other, "clerk", PASSWORD)
    new = {"old_password": PASSWORD, "new_password1": OTHER, "new_password2": OTHER}
    assert client.post(CHANGE, new).url == "/password/done/"
    assert [c.get(ACCOUNT).status_code for c in (client, other)] == [200, 302]
    entry = AuditEntry.objects.get(verb="core.password.set")
    assert (entry.actor_id, entry.target_key, entry.changes) == (clerk.pk, str(clerk.pk), {})


def test_weak_password_is_refused(client: Client, clerk: User) -> None:
    sign_in(client, "clerk", PASSWORD)
    new = {"old_password": PASSWORD, "new_password1": "123456", "new_password2": "123456"}
    assert client.post(CHANGE, new).status_code == 422
    assert AuditEntry.objects.filter(verb="core.password.set").count() == 0


def test_initial_password_is_to_be_changed_first(client: Client, clerk: User) -> None:
    admin = an_account("admin", "system-administrator", "62")
    services.set_password(user=clerk, password=OTHER, by=admin)
    assert sign_in(client, "clerk", OTHER).url == CHANGE
    new = {"old_password": OTHER, "new_password1": PASSWORD, "new_password2": PASSWORD}
    client.post(CHANGE, new)
    assert sign_in(client, "clerk", PASSWORD).url == home_of(clerk)


def test_sign_ins_are_written_down(client: Client, clerk: User) -> None:
    sign_in(client, "clerk", WRONG)
    sign_in(client, "nobody-or-a-mistyped-password", WRONG)
    sign_in(client, "clerk", PASSWORD)
    entries = AuditEntry.objects.order_by("pk").values_list("verb", "target_key", "region_code")
    assert list(entries) == [
        ("core.session.refused", str(clerk.pk), "621022"),
        ("core.session.refused", "", ""),
        ("core.session.opened", str(clerk.pk), "621022"),
    ]
    assert "mistyped" not in str(AuditEntry.objects.values_list("changes", "target_key"))


def test_log_out_by_post_only(client: Client, clerk: User) -> None:
    sign_in(client, "clerk", PASSWORD)
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").url == LOGIN
    assert client.get(ACCOUNT).url == f"{LOGIN}?next={ACCOUNT}"


def test_one_sets_ones_own_mail_address_and_takes_it_away(client: Client, clerk: User) -> None:
    client.force_login(clerk)
    for address, status in (("no address", 422), ("clerk@county.example", 302), ("", 302)):
        answer = client.post("/account/email/", {"email": address})
        clerk.refresh_from_db()
        assert answer.status_code == status
        assert clerk.email == ("" if status == 422 else address)
    facts = AuditEntry.objects.filter(verb="core.mail_address.set").order_by("id")
    assert [entry.changes for entry in facts] == [{"set": True}, {"set": False}]
