"""The page of all tables: which period it opens with, and what it leads to besides."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from exchange.models import Rollup
from exchange.tables import filing
from tests.exchange.import_pages import signed_in
from tests.exchange.tables.world import a_quarter, known
from tests.factories.submissions import the_chain

pytestmark = pytest.mark.django_db


def test_it_opens_with_figures_and_leads_to_filings_of_other_periods(
    settings: Any, tmp_path: Path
) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    a_quarter()
    people = the_chain()
    Rollup.objects.create(
        measure="programs.postings_ended",
        county_code="621022",
        month=datetime.date(2021, 11, 1),
        amount=1,
        as_of=timezone.now(),
    )
    with known(tmp_path):
        draft = filing.open_filing(
            table="sample", region_code="621022", period="2019Q1", by=people["clerk"]
        )
        own = signed_in(people["clerk"]).get("/tables/")
        above = signed_in(people["prefecture"]).get("/tables/")
        of_a_period = signed_in(people["clerk"]).get("/tables/?period=2019-06")
    assert own.context["period"].text == "2019-07"
    assert [row["filing"] for row in own.context["newest"]] == [draft]
    assert f"/tables/filings/{draft.public_id}/" in own.content.decode()
    assert above.context["newest"] == []
    assert of_a_period.context["newest"] == []
