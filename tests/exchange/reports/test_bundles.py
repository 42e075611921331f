"""The tables of all offices beneath as one zip, and how long making them takes."""

import datetime
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils import timezone
from pypdf import PdfReader

from core.models import User
from exchange import jobs
from exchange.models import ReportRun, Rollup
from exchange.periods import Period
from exchange.reports import ReportContext, ReportKind, bundles, estimates, kinds, services
from exchange.reports.bundles import NOBODY_BENEATH, regions_beneath
from exchange.reports.making import folder
from tests.exchange.reports.conftest import SAMPLE
from tests.factories import an_account, an_office

pytestmark = pytest.mark.usefixtures("places", "sample", "woken")
HUAN, QING, DONGXIANG = "621022", "621021", "622926"


@pytest.fixture
def officer() -> User:
    return an_account("officer", "province-officer", "62")


def a_figure(county: str, month: datetime.date = datetime.date(2019, 3, 1)) -> None:
    cell = {"measure": "training.attendances", "program": "skills", "category": "other"}
    Rollup.objects.create(county_code=county, month=month, amount=1, as_of=timezone.now(), **cell)


def made(by: User | None, region: str = "62", **values: Any) -> ReportRun:
    values = {"report": "sample", "period": "2019-12", "breadth": "beneath"} | values
    return services.make_now(services.request_report(region_code=region, by=by, **values))


def test_offices_and_those_with_figures_are_beneath(officer: User) -> None:
    an_office(QING)
    a_figure(DONGXIANG)
    a_figure(HUAN, datetime.date(2018, 12, 1))
    period = Period.parse("2019-12")

    def codes(code: str, *levels: int) -> list[str]:
        return [region.code for region in regions_beneath(code, levels or (2, 4, 6), period)]

    assert codes("62") == ["6210", QING, "6229", DONGXIANG]
    assert codes("62", 4) == ["6210", "6229"]
    assert (codes("6210"), codes(QING)) == ([QING], [])


def test_a_bundle_holds_one_table_of_each(officer: User) -> None:
    for county in (HUAN, DONGXIANG):
        a_figure(county)
    run = made(officer)
    assert (run.state, run.file_name, run.rows) == ("done", "甘肃省地区表2019-12.zip", 5)
    with zipfile.ZipFile(folder() / run.stored_as) as archive:
        names = archive.namelist()
        assert names == [
            "6210庆阳市地区表2019-12.xlsx",
            "621022环县地区表2019-12.xlsx",
            "6229临夏回族自治州地区表2019-12.xlsx",
            "622926东乡族自治县地区表2019-12.xlsx",
        ]
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        moments = {said(archive.read(name), "数据截至") for name in names}
    assert len(moments) == 1
    assert [path.name for path in folder().iterdir()] == [run.stored_as]


def said(workbook: bytes, words: str) -> str:
    sheet = openpyxl.load_workbook(io.BytesIO(workbook)).worksheets[0]
    (text,) = [str(c.value) for row in sheet.iter_rows() for c in row if words in str(c.value)]
    return text


def test_equal_tables_make_equal_zips(tmp_path: Path) -> None:
    def fill(path: Path) -> None:
        path.write_bytes(b"same")

    stamps = [bundles.write_zip(tmp_path / name, [("甲.xlsx", fill)]) for name in ("a", "b")]
    assert stamps[0] == stamps[1]
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def failing(trouble: Exception) -> ReportKind:
    """Of 环县 it cannot be made."""

    def sheets(context: ReportContext) -> Iterator[Any]:
        if context.region.code == HUAN:
            raise trouble
        return SAMPLE.sheets(context)

    return replace(SAMPLE, sheets=sheets)


@pytest.mark.parametrize("trouble", [jobs.JobRefused("No room"), OSError(28, "full")])
def test_a_bundle_fails_whole_and_names_the_region(
    officer: User, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    for county in (QING, HUAN, DONGXIANG):
        a_figure(county)
    with monkeypatch.context() as broken:
        broken.setitem(kinds._kinds, "sample", failing(trouble))
        run = made(officer)
    assert (run.state, run.stored_as, run.error_params["at"]) == ("failed", "", "环县")
    assert "环县" in run.error_sentence
    assert list(folder().iterdir()) == []
    services.retry(run, by=officer)
    services.make_now(run)
    assert (run.state, run.error_sentence) == ("done", "")


def test_where_nobody_is_beneath_no_bundle_is_made(officer: User) -> None:
    with pytest.raises(services.ReportNotPossible, match="No office beneath"):
        made(officer)
    Rollup.objects.all().delete()
    a_figure(HUAN)
    run = services.request_report(
        report="sample", region_code="62", period="2019-12", breadth="beneath", by=officer
    )
    Rollup.objects.all().delete()
    services.make_now(run)
    assert (run.state, run.error) == ("failed", NOBODY_BENEATH)


def test_what_is_bundled_for_officers_or_by_the_clock_is_masked(officer: User) -> None:
    a_figure(HUAN)
    assert made(officer).parameters["numbers"] == 0
    assert made(None).parameters["numbers"] == 0


def test_a_kind_that_prints_is_made_as_pdf(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(services.ReportNotPossible, match="not made as a print"):
        made(officer, breadth="alone", format="pdf")
    monkeypatch.setitem(kinds._kinds, "sample", replace(SAMPLE, formats=frozenset({"xlsx", "pdf"})))
    run = made(officer, breadth="alone", format="pdf")
    assert (run.state, run.rows, run.file_name) == ("done", 2, "甘肃省地区表2019-12.pdf")
    (page,) = PdfReader(folder() / run.stored_as).pages
    assert "庆阳市" in page.extract_text()
    a_figure(HUAN)
    bundle = made(officer, format="pdf")
    with zipfile.ZipFile(folder() / bundle.stored_as) as archive:
        assert archive.namelist()[0] == "6210庆阳市地区表2019-12.pdf"


def test_the_time_is_told_by_what_the_last_ones_took(officer: User) -> None:
    asked = {"report": "sample", "region_code": "62", "period": "2019-12"}
    asked |= {"format": "xlsx", "breadth": "alone"}
    assert estimates.estimate(**asked) == estimates.Estimate(2, 1, None)
    done = timezone.now()
    # Rows a second: 1, 2, 4, 8, 16 and the newest 32; five count.
    for n in range(6):
        began = done - datetime.timedelta(seconds=32 / 2**n)
        times = {"started_at": began, "finished_at": done, "rows": 32, "state": "done"}
        ReportRun.objects.create(report="sample", region_code="62", period="2019", **times)
    assert estimates.estimate(**asked).seconds == 2 / 8
    a_figure(HUAN)
    beneath = estimates.estimate(**asked | {"breadth": "beneath"})
    assert beneath == estimates.Estimate(3, 2, None)


def test_what_is_left_is_told_by_how_far_it_came() -> None:
    now = timezone.now()
    began = now - datetime.timedelta(seconds=30)
    run = ReportRun(report="sample", state="running", started_at=began, done=10, total=40)
    assert estimates.seconds_left(run, now) == 90
    run.done = 0
    assert estimates.seconds_left(run, now) is None
    run.state = "queued"
    assert estimates.seconds_left(run, now) is None
