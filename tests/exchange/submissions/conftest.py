from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from core.models import User
from core.rule_values import load_rule_values
from tests.factories import divisions
from tests.factories.desks import Desk, a_book
from tests.factories.submissions import the_chain


@pytest.fixture
def house(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    translation.activate("en")
    settings.FILES_DIR = tmp_path / "files"
    settings.ANCHORS_FILE = tmp_path / "anchors" / "heads.txt"
    monkeypatch.setattr("exchange.jobs._try_to_wake", lambda job: None)
    divisions()
    load_rule_values()


@pytest.fixture
def desk(house: None, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return a_book(monkeypatch)


@pytest.fixture
def chain(house: None) -> dict[str, User]:
    return the_chain()
