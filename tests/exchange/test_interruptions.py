"""What the page of a job says of interruptions, and an upload that finds no room."""

import errno
import html
import io
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.models import AuditEntry, User
from exchange import jobs
from exchange.causes import Cause
from exchange.imports import services
from exchange.imports.kinds import kind_of
from exchange.models import ImportBatch
from tests.factories import a_program, an_account, divisions
from tests.factories.rosters import HUAN, a_row, brought_in, csv_of

pytestmark = pytest.mark.django_db
PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"


@pytest.fixture(autouse=True)
def house(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FILES_DIR = tmp_path
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": PLAIN}}
    monkeypatch.setattr(jobs, "_try_to_wake", lambda job: None)
    divisions()
    a_program("skills")


@pytest.fixture
def clerk() -> User:
    return an_account("clerk", "county-clerk", HUAN)


@pytest.fixture
def page(clerk: User) -> Any:
    """What the page of an import says, in English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(clerk, "django.contrib.auth.backends.ModelBackend")

    def read(batch: ImportBatch) -> str:
        address = reverse("exchange:import-detail", args=[batch.public_id])
        return html.unescape(client.get(address).content.decode())

    return read


def changed(batch: ImportBatch, cause: Cause | None = None, **values: Any) -> ImportBatch:
    told = jobs.as_told(cause, batch) if cause else {}
    ImportBatch.objects.filter(pk=batch.pk).update(**told, **values)
    batch.refresh_from_db()
    return batch


def test_a_job_that_was_taken_up_again_says_so_and_why(page: Any, clerk: User) -> None:
    batch = brought_in(csv_of([a_row(1)]), by=clerk)
    why = Cause.DATABASE_AWAY.sentence % {"number": batch.public_id}
    again = f"Attempt 2 of 3 after an interruption: {why}"
    changed(batch, state="queued", attempt=0, error="")
    assert "interruption" not in page(batch)
    changed(batch, Cause.DATABASE_AWAY, attempt=1)
    assert again in page(batch)
    assert "it is taken up again by itself" in page(batch)
    changed(batch, state="running", attempt=2)
    assert again in page(batch)
    changed(batch, state="waiting", error="")
    assert "2, because the work was interrupted" in page(batch)


def test_an_import_that_was_never_interrupted_says_nothing_of_attempts(
    page: Any, clerk: User
) -> None:
    assert "Attempts" not in page(brought_in(csv_of([a_row(1)]), by=clerk))


def test_rows_that_could_not_be_written_can_be_written_from_the_page(
    page: Any, clerk: User
) -> None:
    batch = brought_in(csv_of([a_row(1)]), by=clerk)
    changed(batch, Cause.DATABASE_FULL, step="write", attempt=1)
    told = page(batch)
    assert Cause.DATABASE_FULL.sentence % {"number": batch.public_id} in told
    assert reverse("exchange:import-confirm", args=[batch.public_id]) in told


@pytest.fixture
def little_room() -> Iterator[None]:
    """No file of this process may grow above 64 KB."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 10, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("little_room")
def test_an_upload_that_finds_no_room_leaves_no_half_file(clerk: User, tmp_path: Path) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(clerk, "django.contrib.auth.backends.ModelBackend")
    file = SimpleUploadedFile("名册.csv", csv_of([a_row(1)]) + b" " * (100 << 10))
    form = {"kind": "training", "region": HUAN, "program": "skills", "file": file}
    answer = client.post(reverse("exchange:import-new"), form)
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.size, batch.sha256) == ("failed", 0, "")
    assert answer.status_code == 422
    told = html.unescape(answer.content.decode())
    assert Cause.DISK_FULL.sentence % {"number": batch.public_id} in told
    assert list((tmp_path / "imports").iterdir()) == []


class Broken(io.BytesIO):
    def read(self, size: int | None = -1) -> bytes:
        raise OSError(errno.EIO, "Input/output error")


def test_an_upload_that_breaks_leaves_nothing(clerk: User, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="Input/output"):
        brought(Broken(), clerk)
    assert ImportBatch.objects.count() == 0
    assert list((tmp_path / "imports").iterdir()) == []


def test_a_file_whose_row_cannot_be_written_is_not_kept(
    clerk: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "record", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        brought(io.BytesIO(csv_of([a_row(1)])), clerk)
    assert (ImportBatch.objects.count(), entries()) == (0, 0)
    assert list((tmp_path / "imports").iterdir()) == []


def entries() -> int:
    return AuditEntry.objects.filter(verb__startswith="exchange.import").count()


def brought(file: io.BytesIO, by: User) -> ImportBatch:
    return services.bring_in(
        file=file,
        name="r.csv",
        kind=kind_of("training"),
        region_code=HUAN,
        options={"program": "skills"},
        by=by,
    )
