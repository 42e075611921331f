import datetime

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from core import health
from core.models import Heartbeat

WELL = {"database": "ok", "redis": "ok", "worker": "ok", "beat": "ok"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def all_well():
    health.stamp("worker")
    health.stamp("beat")


def asked(address="/healthz"):
    answer = Client().get(address)
    return answer.status_code, answer.json()


@pytest.mark.usefixtures("all_well")
def test_every_part_is_named_and_well():
    assert asked() == (200, WELL)


@pytest.mark.usefixtures("all_well")
@pytest.mark.parametrize("name", ["worker", "beat"])
def test_a_part_that_is_silent_fails_by_its_name(name):
    silent = timezone.now() - datetime.timedelta(seconds=75, milliseconds=-200)
    Heartbeat.objects.filter(name=name).update(at=silent)
    assert asked() == (503, {**WELL, name: "failing: last seen 75 s ago"})


@pytest.mark.usefixtures("all_well")
@pytest.mark.parametrize("name", ["worker", "beat"])
def test_a_part_that_never_started_fails_by_its_name(name):
    Heartbeat.objects.filter(name=name).delete()
    assert asked() == (503, {**WELL, name: "failing: never seen"})


@pytest.mark.usefixtures("all_well")
def test_redis_away(settings, tmp_path):
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    assert asked() == (503, {**WELL, "redis": "failing: no answer"})


@pytest.fixture
def database_away(monkeypatch):
    def refuse(*_):
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "cursor", refuse)


@pytest.mark.usefixtures("database_away")
def test_database_away():
    unknown = "failing: not known without the database"
    expected = {"database": "failing: no answer", "redis": "ok", "worker": unknown, "beat": unknown}
    assert asked() == (503, expected)


@pytest.mark.usefixtures("database_away")
def test_not_ready_without_the_database():
    assert asked("/readyz") == (503, {"web": "ok", "database": "failing: no answer"})


def test_ready_whatever_the_worker_does():
    assert asked("/readyz") == (200, {"web": "ok", "database": "ok"})


def test_an_answer_is_never_kept_by_a_cache():
    assert "no-store" in Client().get("/healthz").headers["Cache-Control"]
