"""Imports in a folder of their own, with no queue to wake a worker."""

from pathlib import Path
from typing import Any

import pytest

from core.models import User
from tests.factories import a_program, an_account, divisions


@pytest.fixture(autouse=True)
def surroundings(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FILES_DIR = tmp_path / "files"
    monkeypatch.setattr("exchange.jobs._try_to_wake", lambda job: None)


@pytest.fixture
def places() -> None:
    """The divisions, and a program to train in."""
    divisions()
    a_program()


@pytest.fixture
def clerk(places: None) -> User:
    return an_account("clerk", "county-clerk", "621022")
