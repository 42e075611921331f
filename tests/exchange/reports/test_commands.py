from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from exchange.models import ReportRun
from exchange.reports import services
from exchange.reports.making import folder

pytestmark = pytest.mark.usefixtures("places", "sample")


def make(output: Path, region: str = "6210", period: str = "2019-12") -> str:
    out = StringIO()
    with translation.override("en"):
        call_command(
            "make_report", "sample", region=region, period=period, output=output, stdout=out
        )
    return out.getvalue()


def test_the_shell_makes_the_same_file_through_the_same_runner(
    tmp_path: Path, woken: list[object]
) -> None:
    output = tmp_path / "out.xlsx"
    assert "2 rows" in make(output)
    run = ReportRun.objects.get()
    assert (run.state, run.by_clock, run.requested_by, woken) == ("done", False, None, [])
    assert output.read_bytes() == (folder() / run.stored_as).read_bytes()
    assert output.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"period": "last month"}, "“last month” is not a period. Write 2019, 2019Q4 or 2019-12."),
        ({"region": "629999"}, "No region with tables of its own has this code."),
        ({"region": "621022100"}, "No region with tables of its own has this code."),
    ],
)
def test_what_cannot_be_made_is_said(tmp_path: Path, values: dict[str, str], sentence: str) -> None:
    with pytest.raises(CommandError) as trouble:
        make(tmp_path / "out.xlsx", **values)
    assert str(trouble.value).startswith(sentence)
    assert trouble.value.returncode == 1
    assert not (tmp_path / "out.xlsx").exists()


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no folder"):
        make(tmp_path / "none" / "out.xlsx")
    assert ReportRun.objects.count() == 0


def test_a_failed_report_is_an_error_and_the_old_file_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **named: object) -> None:
        raise OSError(28, "No space left on device")

    output = tmp_path / "out.xlsx"
    output.write_text("old")
    monkeypatch.setattr("exchange.reports.making.write_workbook", full)
    with pytest.raises(CommandError, match="The disk for files is full"):
        make(output)
    assert (output.read_text(), list(folder().iterdir())) == ("old", [])
    assert services.ReportRun.objects.get().state == "failed"
