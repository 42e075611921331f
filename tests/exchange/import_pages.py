"""What tests of an import's pages have in common: the house they stand in, and how a page is read."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.models import User
from exchange import jobs
from exchange.models import ImportBatch
from tests.factories import a_program, divisions

BACKEND = "django.contrib.auth.backends.ModelBackend"
PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
HTMX = {"hx-request": "true"}


@pytest.fixture(autouse=True)
def house(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FILES_DIR = tmp_path
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": PLAIN}}
    monkeypatch.setattr(jobs, "_try_to_wake", lambda job: None)
    divisions()
    a_program("skills")


def signed_in(user: User, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user, BACKEND)
    return client


def at(batch: ImportBatch, part: str = "detail", *args: Any) -> str:
    return reverse(f"exchange:import-{part}", args=[batch.public_id, *args])


def text(response: Any) -> str:
    """What a page says, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())
