"""A clerk of 环县 and her programs, with files kept apart and the queue silent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from core.models import User
from tests.factories import a_program, an_account, citizen_number, divisions


@pytest.fixture
def places(db: None) -> None:
    divisions()
    a_program("skills")


@pytest.fixture(autouse=True)
def _apart(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FILES_DIR = tmp_path
    monkeypatch.setattr("exchange.jobs._try_to_wake", lambda job: None)


@pytest.fixture
def clerk(places: None) -> User:
    return an_account("clerk", "county-clerk", "621022")


@pytest.fixture
def client(clerk: User) -> Client:
    return client_of(clerk)


def client_of(user: User, **more: Any) -> Client:
    client = Client(**more)
    client.force_login(user)
    return client


def a_row(order: int = 1, **cells: str) -> dict[str, str]:
    """A roster row that no rule holds."""
    return {
        "name": "马福兰",
        "id_number": citizen_number(order, born="19880102"),
        "category": "建档立卡贫困劳动力",
        "township": "环城镇",
        "phone": "13912345678",
        "occupation": "电焊工",
        "institution": "环县职业培训学校",
        "class_code": "2019007",
        "start_date": "2019-06-04",
        "end_date": "2019-06-20",
        "hours": "90",
    } | cells
