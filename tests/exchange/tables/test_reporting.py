"""Official tables as reports: made as drafts or as filed, kept once they are, ordered and bundled."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pypdf import PdfReader

from core.models import User
from exchange.models import ReportRun
from exchange.reports import kinds, orders, services
from exchange.reports.making import folder
from exchange.reports.services import ReportNotPossible
from exchange.tables import filing
from exchange.tables.declared import all_tables, table_of
from exchange.tables.reporting import report_of
from tests.exchange.tables.test_filing import LATE, WHY, begin, type_in
from tests.exchange.tables.world import a_quarter, known
from tests.factories.submissions import the_chain

HUAN = "621022"


@pytest.fixture
def people(
    transactional_db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, User]]:
    settings.FILES_DIR = tmp_path
    monkeypatch.setattr("exchange.jobs._try_to_wake", lambda job: None)
    a_quarter()
    with known(tmp_path):
        monkeypatch.setitem(kinds._kinds, "sample", report_of(table_of("sample")))
        yield the_chain()


def made(by: User, region: str = HUAN, **values: str) -> ReportRun:
    values = {"report": "sample", "period": "2019Q2"} | values
    run = services.make_now(services.request_report(region_code=region, by=by, **values))
    assert run.state == "done", run.error
    return run


def words(run: ReportRun) -> str:
    pages = PdfReader(folder() / run.stored_as).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def test_every_table_can_be_made_as_a_report() -> None:
    tables = {table.key: table for table in all_tables()}
    assert len(tables) >= 6
    for key, table in tables.items():
        kind = kinds.kind_of(key)
        assert (kind.title, kind.levels, kind.formats) == (
            table.title,
            table.levels,
            {"xlsx", "pdf"},
        )
        assert kind.periods == set(table.periods)


def test_a_table_is_a_draft_until_it_is_filed_and_then_the_filed_one(
    people: dict[str, User],
) -> None:
    clerk, reviewer = people["clerk"], people["reviewer"]
    empty = made(clerk, format="pdf")
    assert (empty.basis, empty.expires_at is None) == ("", False)
    assert "草稿，未报送。" in words(empty)
    draft = type_in(begin(clerk), clerk, "4301")
    assert made(clerk).basis == ""
    filing.explain(filing=draft, place=LATE, text=WHY, by=clerk)
    draft.refresh_from_db()
    filed = filing.file(filing=draft, version=draft.version, by=reviewer)
    first, again = made(clerk, format="pdf"), made(reviewer, format="pdf")
    assert first.basis
    assert (again.basis, again.stored_as, again.expires_at) == (first.basis, first.stored_as, None)
    assert first.as_of == filed.filled_at
    assert filed.code[:4] in words(first)
    found = {
        kept: ReportRun.objects.filter(parameters__has_key="filed", pk=run.pk).exists()
        for kept, run in {"filed": first, "draft": empty}.items()
    }
    assert found == {"filed": True, "draft": False}
    assert made(clerk).basis not in {"", first.basis}


def test_a_table_is_made_only_for_its_periods(people: dict[str, User]) -> None:
    for period in ("2019-06", "2019"):
        with pytest.raises(ReportNotPossible, match="not made for a period of this length"):
            made(people["clerk"], period=period)
    assert made(people["clerk"]).period == "2019Q2"


def test_a_filed_table_is_ordered_and_bundled(people: dict[str, User]) -> None:
    officer = people["prefecture"]
    order = orders.order_report(
        report="sample",
        region_code="6210",
        period_kind="quarter",
        format="pdf",
        breadth="beneath",
        days_after=10,
        hour=3,
        by=officer,
    )
    type(order).objects.update(last_period="2019Q1")
    now = timezone.make_aware(datetime.datetime(2019, 7, 10, 3))
    assert orders.request_due(now) == 1
    run = services.make_now(ReportRun.objects.get())
    assert (run.state, run.file_name.endswith(".zip"), run.basis) == ("done", True, "")


def test_what_was_typed_stands_in_the_draft(people: dict[str, User]) -> None:
    type_in(begin(people["clerk"]), people["clerk"], ["7777", "3", "0", "1"])
    assert "7777" in words(made(people["clerk"], format="pdf"))
