"""A report of two columns over the divisions of a region, declared for these tests only."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation import gettext_lazy as _

from core.models import Region
from exchange import reports
from exchange.reports import Form, ReportContext, ReportKind, kinds
from exchange.workbooks import Column, Kind, SheetSpec
from tests.factories import divisions


def below(context: ReportContext) -> list[Region]:
    """The divisions of the next level down; for a county, the county itself."""
    region = context.region
    return [region] if len(region.code) == 6 else list(Region.objects.beneath(region.code))


def sheets(context: ReportContext) -> Iterator[SheetSpec]:
    context.numbers_written = 7 if context.with_numbers else 0
    yield SheetSpec(
        name="地区",
        columns=[Column("地区"), Column("代码"), Column("序号", Kind.INTEGER)],
        rows=([place.name, place.code, n] for n, place in enumerate(below(context), 1)),
        head=context.head("地区表", unit="个"),
        foot=context.foot("样表"),
    )


SAMPLE = ReportKind(
    key="sample",
    name=_("name"),
    title="地区表",
    form=Form(table_number="样表1"),
    sheets=sheets,
    size=lambda context: len(below(context)),
)


@pytest.fixture
def sample(monkeypatch: pytest.MonkeyPatch) -> ReportKind:
    """The kind `sample`, registered for one test."""
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    reports.register(SAMPLE)
    return SAMPLE


@pytest.fixture
def places(transactional_db: None) -> None:
    divisions()


@pytest.fixture(autouse=True)
def files(settings: object, tmp_path: Path) -> Path:
    settings.FILES_DIR = tmp_path
    return tmp_path / "reports"


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The jobs for which a worker was woken, in place of the queue."""
    jobs: list[object] = []
    monkeypatch.setattr("exchange.jobs._try_to_wake", jobs.append)
    return jobs
