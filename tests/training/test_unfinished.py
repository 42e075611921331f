"""Unfinished rows on the page of what is to be done: where they wait, and the way there."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import a_program, an_account, divisions
from tests.factories.rosters import a_row
from training.edits import Edit
from training.rows import save_rows


@pytest.mark.django_db
def test_unfinished_rows_are_counted_by_desk_and_lead_there() -> None:
    divisions()
    program = a_program()
    clerk = an_account("clerk", "county-clerk", "621022")
    sent: list[dict[str, Any]] = [a_row(1, name=""), a_row(3, name=""), a_row(5, start_date="?")]
    rows = [Edit(uuid.uuid4(), uuid.uuid4(), cells) for cells in sent]
    save_rows(county="621022", program="skills", rows=rows, by=clerk)
    typed = Edit(uuid.uuid4(), uuid.uuid4(), a_row(7, start_date="?"))
    month = datetime.date(2019, 6, 1)
    save_rows(county="621022", program="skills", rows=[typed], by=clerk, month=month)
    client = Client(headers={"accept-language": "en"})
    client.force_login(clerk)
    page = client.get(reverse("training:panel-unfinished"))
    desks = page.context["items"]
    assert [(desk["text"], desk["count"]) for desk in desks] == [
        (f"6/2019 {program.name}", 3),
        (f"month not readable yet {program.name}", 1),
    ]
    assert client.get(desks[0]["url"]).status_code == 200
    assert "month=2019-06" in desks[0]["url"]
    other = an_account("other", "county-clerk", "621021")
    client.force_login(other)
    assert client.get(reverse("training:panel-unfinished")).context["items"] == []
