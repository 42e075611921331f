"""Signing in: one answer to all that is wrong, a lock, sessions that end."""

import pytest
from django.test import Client

from core.models import AuditEntry, User
from tests.factories import an_account, divisions

PASSWORD = "correct-horse-battery"
WRONG = "wrong-horse-battery"
LOGIN, CHANGE, ACCOUNT = "/login/", "/password/", "/account/"


@pytest.fixture
def clerk(db: None) -> User:
    divisions()
    return an_account("clerk", "county-clerk", "621022", password=PASSWORD)


def sign_in(client: Client, username: str, password: str, **more: str):
    return client.post(LOGIN, {"username": username, "password": password, **more})


def test_sign_in_leads_home(client: Client, clerk: User) -> None:
    response = sign_in(client, "clerk", PASSWORD)
    assert (response.status_code, response.url) == (302, ACCOUNT)
    assert client.get(ACCOUNT).status_code == 200


