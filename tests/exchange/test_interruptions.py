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
from exchange.imports.moves import ImportNotPossible
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


def no_room(*_: Any, **__: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def broken_off(clerk: User, monkeypatch: pytest.MonkeyPatch) -> ImportBatch:
    """An import whose reading found no room; there is room again."""
    with monkeypatch.context() as full:
        full.setattr(services, "judge_file", no_room)
        batch = brought_in(csv_of([a_row(1)]), by=clerk)
    assert (batch.state, batch.error) == ("failed", Cause.DISK_FULL.sentence)
    return batch


@pytest.mark.parametrize("headers", [{}, {"hx-request": "true"}])
def test_reading_that_broke_off_is_tried_again_from_the_page(
    broken_off: ImportBatch, page: Any, clerk: User, headers: dict[str, str]
) -> None:
    again = reverse("exchange:import-try-again", args=[broken_off.public_id])
    assert f'action="{again}"' in page(broken_off)
    client = Client(headers={"accept-language": "en"} | headers)
    client.force_login(clerk, "django.contrib.auth.backends.ModelBackend")
    assert client.post(again).status_code == (200 if headers else 302)
    broken_off.refresh_from_db()
    asked = broken_off.state, broken_off.step, broken_off.attempt, broken_off.error
    assert (*asked, broken_off.finished_at) == ("queued", "judge", 0, "", None)
    client.post(again)
    jobs.run("exchange.importbatch", broken_off.pk)
    broken_off.refresh_from_db()
    assert (broken_off.state, broken_off.accepted, broken_off.held) == ("waiting", 1, 0)
    tries = AuditEntry.objects.filter(verb="exchange.import.tried_again")
    assert list(tries.values_list("actor_name", "target_key", "region_code")) == [
        (str(clerk), str(broken_off.pk), HUAN)
    ]
    told = page(broken_off)
    assert "import tried again" in told
    assert again not in told


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "waiting"},
        {"error": Cause.TOO_LONG.sentence},
        {"error": services.NOT_ENTITLED},
        {"stored_as": "gone"},
    ],
)
def test_what_would_only_break_off_again_is_not_tried_again(
    broken_off: ImportBatch, page: Any, clerk: User, changes: dict[str, Any]
) -> None:
    changed(broken_off, **changes)
    assert "try-again" not in page(broken_off)
    with pytest.raises(ImportNotPossible, match="Only an import whose reading broke off"):
        services.try_again(broken_off, by=clerk)
    broken_off.refresh_from_db()
    assert broken_off.state == changes.get("state", "failed")


def test_two_who_try_again_at_once_ask_for_one_reading(broken_off: ImportBatch) -> None:
    late = ImportBatch.objects.get(pk=broken_off.pk)
    users = [an_account(name, "county-clerk", HUAN) for name in ("first", "second")]
    services.try_again(broken_off, by=users[0])
    with pytest.raises(ImportNotPossible, match="Somebody has already decided"):
        services.try_again(late, by=users[1])
    assert entries() == 2  # brought in, tried again


def test_who_may_not_bring_in_may_not_try_again(broken_off: ImportBatch) -> None:
    neighbor = an_account("neighbor", "county-clerk", "621021")
    with pytest.raises(PermissionError):
        services.try_again(broken_off, by=neighbor)


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
