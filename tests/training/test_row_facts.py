"""What came of a row, on the page of the row: each fact with its own month and its notes."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from tests.factories import a_class, a_person, divisions, enrolled
from tests.factories.facts import AUGUST, a_certificate, a_result
from tests.factories.submissions import a_month, the_chain
from training.models import Enrollment

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def chain() -> dict[str, Any]:
    translation.activate("en")
    divisions()
    return the_chain()


@pytest.fixture
def row(chain: dict[str, Any]) -> Enrollment:
    row = enrolled(a_person(1), a_class())
    a_result(row, chain["clerk"])
    a_certificate(row, chain["clerk"])
    return row


def page_of(client: Client, row: Enrollment, user: Any) -> str:
    client.force_login(user, backend=BACKEND)
    return client.get(reverse("training:row", args=[row.pk])).content.decode()


def test_exam_and_certificate_stand_on_the_page(client: Client, row: Any, chain: Any) -> None:
    page = page_of(client, row, chain["clerk"])
    entry = row.exam_entries.get()
    links = [reverse("training:exam", args=[entry.roll_id]), f"S{row.pk:021}", "县鉴定所"]
    assert [each for each in links if each not in page] == []


@pytest.mark.parametrize(("chapter", "column"), [("result", "score"), ("certificate", "number")])
def test_a_note_is_pinned_to_a_fact_of_its_own_month(
    client: Client, row: Any, chain: Any, chapter: str, column: str
) -> None:
    """The month the class began in was not even begun: only the facts' month is before the office."""
    month = a_month("submitted", month=AUGUST, submitted_by=chain["reviewer"], round=1)
    page = page_of(client, row, chain["prefecture"])
    fact = row.exam_entries.get() if chapter == "result" else row.person.credentials.get()
    assert page.count(f'name="chapter" value="{chapter}"') == 1
    sent = {"chapter": chapter, "key": fact.pk, "column": column, "text": "请核对原件"}
    answer = client.post(reverse("exchange:submission-note", args=[month.pk]), sent)
    assert answer.headers["Location"] == reverse("training:row", args=[row.pk])
    note = month.notes.get()
    assert (note.chapter, note.row_key, note.column) == (chapter, fact.pk, column)
    assert "请核对原件" in page_of(client, row, chain["clerk"])
