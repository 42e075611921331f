"""Files that were read before an upgrade, and wait for somebody's word after it."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.models import User
from exchange.imports import kinds, services, staging
from exchange.imports.kinds import kind_of
from exchange.imports.moves import ImportNotPossible
from exchange.models import ImportBatch
from tests.factories.rosters import a_row, brought_in, csv_of, staged_rows, worked
from training.imports import FUND
from training.models import Enrollment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]


@pytest.fixture
def staged_before(clerk: User, monkeypatch: pytest.MonkeyPatch) -> ImportBatch:
    """A file read by a portal that did not know of funds, nor noted what it staged rows as."""
    kind = kind_of("training")
    place = [each.name for each in kind.staged].index(FUND.name)

    def clean(*args: Any) -> list[Any]:
        cells = list(kind.clean(*args))
        return cells[:place] + cells[place + 1 :]

    older = replace(
        kind,
        columns=tuple(each for each in kind.columns if each is not FUND),
        staged=tuple(each for each in kind.staged if each.name != FUND.name),
        clean=clean,
    )
    with monkeypatch.context() as before:
        before.setitem(kinds._kinds, "training", older)
        batch = brought_in(csv_of([a_row(1, level="初级"), a_row(3, start_date="x")]), by=clerk)
    assert (batch.state, batch.accepted, batch.held) == ("waiting", 1, 1)
    ImportBatch.objects.update(staged_as=[])
    batch.refresh_from_db()
    return batch


@pytest.fixture
def browser(clerk: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(clerk, "django.contrib.auth.backends.ModelBackend")
    return client


def test_its_rows_are_not_written_but_read_again(staged_before: ImportBatch, clerk: User) -> None:
    with pytest.raises(ImportNotPossible) as told:
        services.confirm(staged_before, by=clerk)
    assert str(told.value) == staging.READ_BEFORE_UPGRADE
    assert services.can_try_again(staged_before)
    services.try_again(staged_before, by=clerk)
    batch = worked(staged_before)
    assert (batch.state, batch.accepted, batch.held, batch.error) == ("waiting", 1, 1, "")
    assert not services.can_try_again(batch)
    services.confirm(batch, by=clerk)
    assert (worked(batch).state, batch.written, Enrollment.objects.get().level) == ("done", 1, "5")


def test_what_was_confirmed_before_is_not_lost(staged_before: ImportBatch, clerk: User) -> None:
    """The word was given before the upgrade; a worker of after it takes the import up."""
    ImportBatch.objects.update(state="queued", step="write")
    batch = worked(staged_before)
    assert (batch.state, batch.error) == ("failed", staging.READ_BEFORE_UPGRADE)
    assert Enrollment.objects.count() == 0
    services.try_again(batch, by=clerk)
    services.confirm(worked(batch), by=clerk)
    assert (worked(batch).state, batch.written) == ("done", 1)


def test_its_page_says_what_to_do_and_shows_no_cell_as_another(
    staged_before: ImportBatch, browser: Client
) -> None:
    names = {name: f"exchange:import-{name}" for name in ("detail", "accepted", "row", "try-again")}
    key = staged_before.public_id
    page = browser.get(reverse(names["detail"], args=[key]))
    again = reverse(names["try-again"], args=[key])
    assert page.context["preview"].read_before
    assert page.context["preview"].accepted == []
    assert again in page.content.decode()
    assert reverse("exchange:import-confirm", args=[key]) not in page.content.decode()
    assert browser.get(reverse(names["accepted"], args=[key])).context["rows"] == []
    assert browser.get(reverse(names["row"], args=[key, 1, 2])).status_code == 404
    assert browser.get(reverse(names["row"], args=[key, 1, 3])).status_code == 200
    browser.post(again)
    batch = worked(staged_before)
    page = browser.get(reverse(names["detail"], args=[key]))
    assert (page.context["preview"].read_before, len(staged_rows(batch))) == ("", 1)
    assert len(page.context["preview"].accepted) == 1


def test_an_import_that_holds_all_rows_or_is_written_needs_no_reading(clerk: User) -> None:
    held = brought_in(csv_of([a_row(1, start_date="x")]), by=clerk)
    done = brought_in(csv_of([a_row(3)]), by=clerk)
    services.confirm(done, by=clerk)
    worked(done)
    ImportBatch.objects.update(staged_as=[])
    for batch in ImportBatch.objects.filter(pk__in=[held.pk, done.pk]):
        assert staging.fits(batch)
        assert not services.can_try_again(batch)
