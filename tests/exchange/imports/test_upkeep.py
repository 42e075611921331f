"""Imports that nobody decides on end by themselves; uploads that were cut off leave no file."""

import os
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from core.models import AuditEntry
from exchange.imports import services, upkeep
from exchange.models import ImportBatch
from tests.factories.rosters import a_row, brought_in, csv_of, entered, staged_rows, worked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]


@pytest.fixture(autouse=True)
def a_month_to_decide(settings: Any) -> None:
    settings.IMPORTS_WAIT_DAYS = 30


def aged(batch: ImportBatch, days: int) -> ImportBatch:
    ImportBatch.objects.filter(pk=batch.pk).update(started_at=Now() - timedelta(days=days))
    return batch


def test_an_import_nobody_decides_on_is_stopped() -> None:
    batch = aged(brought_in(csv_of([a_row(1), a_row(3, start_date="x")])), 31)
    waiting = aged(brought_in(csv_of([a_row(5)])), 29)
    written = aged(entered(a_row(7)), 31)
    assert upkeep.stop_neglected() == 1
    for each in (batch, waiting, written):
        each.refresh_from_db()
    assert (waiting.state, len(staged_rows(waiting)), written.state) == ("waiting", 1, "done")
    assert (batch.state, batch.error, batch.error_params) == (
        "stopped",
        upkeep.NEGLECTED,
        {"days": 30},
    )
    assert batch.finished_at is not None
    assert (staged_rows(batch), batch.rows.count(), batch.people) == ([], 0, 2)
    assert batch.findings.exists()
    assert services.stored_path(batch).exists()
    entry = AuditEntry.objects.get(verb="exchange.import.stopped")
    assert (entry.target_key, entry.region_code, entry.changes) == (
        str(batch.pk),
        batch.region_code,
        {"undecided_days": 30},
    )
    assert (upkeep.stop_neglected(), entry.actor_id) == (0, None)


def test_who_decides_in_the_same_moment_is_first() -> None:
    batch = aged(brought_in(csv_of([a_row(1)])), 31)
    late = ImportBatch.objects.get(pk=batch.pk)
    services.confirm(batch, by=None)
    assert upkeep._stop(late, 30) is False
    assert worked(batch).state == "done"
    assert AuditEntry.objects.filter(verb="exchange.import.stopped").count() == 0


def test_a_file_that_no_import_names_is_removed_after_a_day() -> None:
    kept = services.stored_path(brought_in(csv_of([a_row(1)])))
    old, fresh = services.folder() / "old", services.folder() / "fresh"
    for path in (old, fresh):
        path.write_bytes(b"half")
    for path in (kept, old):
        os.utime(path, (0, 0))
    assert upkeep.remove_strays() == 1
    assert sorted(services.folder().iterdir()) == sorted([kept, fresh])
