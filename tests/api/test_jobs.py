"""Reports and imports by API: asked for, looked at until done, taken out or decided on."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.models import User
from exchange import jobs
from exchange.imports import services
from exchange.models import ImportBatch, ReportRun
from exchange.reports.services import make_now
from tests.api.conftest import a_row, client_of
from tests.factories import a_program, an_account, divisions
from training.imports import OWN_COLUMNS as COLUMNS
from training.models import Enrollment

REPORTS, IMPORTS = "/api/v1/reports/", "/api/v1/imports/"


@pytest.fixture
def places(transactional_db: None) -> None:
    """What a worker thread must see is committed."""
    divisions()
    a_program("skills")


def send(client: Client, address: str, **body: Any) -> Any:
    return client.post(address, json.dumps(body), content_type="application/json")


def test_a_report_is_asked_for_looked_at_and_taken_out(client: Client, clerk: User) -> None:
    asked = send(client, REPORTS, report="ledger", region="621022", period="2019-12")
    assert (asked.status_code, asked.json()["state"], asked.json()["file"]) == (202, "queued", None)
    assert (
        asked["Location"]
        == asked.json()["url"]
        == f"http://testserver{REPORTS}{asked.json()['id']}/"
    )
    make_now(ReportRun.objects.get())
    made = client.get(asked["Location"]).json()
    assert (made["state"], made["error"], made["file"]) == ("done", "", asked["Location"] + "file/")
    file = client.get(made["file"])
    assert b"".join(file)[:4] == b"PK\x03\x04"
    assert file["Content-Disposition"].startswith("attachment")
    assert [each["id"] for each in client.get(REPORTS).json()["results"]] == [made["id"]]
    reviewer = client_of(an_account("next", "county-reviewer", "621021"))
    assert reviewer.get(made["url"]).status_code == reviewer.get(made["file"]).status_code == 404


def test_the_size_of_a_report_is_told_before_it_is_asked_for(client: Client) -> None:
    asked = {"report": "ledger", "region": "621022", "period": "2019", "format": "xlsx"}
    told = client.get(f"{REPORTS}estimate/", asked)
    assert (told.status_code, told.json()) == (200, {"rows": 0, "tables": 1, "seconds": None})
    for more, status in (
        ({"region": "621021"}, 404),
        ({"period": "2019-13"}, 400),
        ({"format": "pdf"}, 422),
        ({"breadth": "beneath"}, 422),
        ({"breadth": "none"}, 400),
    ):
        assert client.get(f"{REPORTS}estimate/", asked | more).status_code == status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"report": "ledger", "region": "621021", "period": "2019"}, 404),
        ({"report": "ledger", "region": "621022", "period": "2019", "format": "pdf"}, 422),
        ({"report": "ledger", "region": "621022", "period": "2019", "breadth": "beneath"}, 422),
        ({"report": "ledger", "region": "999999", "period": "2019"}, 404),
        ({"report": "none", "region": "621022", "period": "2019"}, 422),
        ({"report": "ledger", "region": "621022", "period": "2019-13"}, 400),
        ({"report": "ledger", "region": "621022", "period": "2099"}, 422),
        ({"report": "ledger", "region": "621022"}, 400),
        ({"report": "ledger", "region": "621022", "period": "2019", "by_clock": True}, 400),
    ],
)
def test_what_cannot_be_made_is_told(client: Client, body: dict[str, str], status: int) -> None:
    assert send(client, REPORTS, **body).status_code == status
    assert ReportRun.objects.count() == 0


def a_roster(*rows: dict[str, str], name: str = "名册.csv") -> SimpleUploadedFile:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(column.title for column in COLUMNS)
    writer.writerows([row.get(column.name, "") for column in COLUMNS] for row in rows)
    return SimpleUploadedFile(name, text.getvalue().encode())


def bring_in(client: Client, file: SimpleUploadedFile, **more: str) -> Any:
    asked = {"kind": "training", "region": "621022", "program": "skills", "file": file}
    return client.post(IMPORTS, asked | more)


def worked(address: str, client: Client) -> dict[str, Any]:
    """What is told of an import after a worker has had it."""
    batch = ImportBatch.objects.get(public_id=address.split("/")[-2])
    jobs.run("exchange.importbatch", batch.pk)
    told: dict[str, Any] = client.get(address).json()
    return told


def test_a_file_is_brought_in_judged_and_written(client: Client) -> None:
    asked = bring_in(client, a_roster(a_row(1), a_row(2, end_date="2019-06-01")))
    assert (asked.status_code, asked.json()["state"]) == (202, "queued")
    told = worked(asked["Location"], client)
    counts = [told[name] for name in ("state", "people", "accepted", "held", "written")]
    assert counts == ["waiting", 2, 1, 1, None]
    (finding,) = client.get(told["findings"]).json()["results"]
    assert (finding["line"], finding["column"], finding["severity"]) == (3, "end_date", "block")
    assert finding["message"] == "结业时间早于开班时间，请核对两个日期。"
    assert client.get(told["findings"] + "?severity=explain").json()["results"] == []
    assert send(client, told["url"] + "confirm/").status_code == 202
    assert worked(told["url"], client)["written"] == Enrollment.objects.count() == 1
    again = send(client, told["url"] + "confirm/")
    assert (again.status_code, Enrollment.objects.count()) == (409, 1)


def test_an_import_is_stopped_once(client: Client) -> None:
    told = worked(bring_in(client, a_roster(a_row()))["Location"], client)
    assert send(client, told["url"] + "stop/", reason="x").status_code == 400
    assert send(client, told["url"] + "stop/").json()["state"] == "stopped"
    assert send(client, told["url"] + "stop/").status_code == 409
    assert Enrollment.objects.count() == 0


def test_reading_that_broke_off_is_tried_again_once(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(jobs, "ATTEMPTS", 1)
        broken.setattr(services, "judge_file", lambda *_, **__: 1 / 0)
        told = worked(bring_in(client, a_roster(a_row()))["Location"], client)
    assert (told["state"], told["percent"]) == ("failed", None)
    again = send(client, told["url"] + "try-again/")
    asked = again.json()
    assert (again.status_code, asked["state"], asked["finished_at"]) == (202, "queued", None)
    assert worked(told["url"], client)["state"] == "waiting"
    assert send(client, told["url"] + "try-again/").status_code == 409


def test_a_file_that_is_none_is_refused_at_the_door(client: Client) -> None:
    refused = bring_in(client, SimpleUploadedFile("a.xlsx", b"no workbook"))
    assert (refused.status_code, refused.json()["state"]) == (422, "failed")
    assert len(refused.json()["error"]) > 10


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"region": "621021"}, 404),
        ({"region": "629999"}, 404),
        ({"region": "6210"}, 400),
        ({"kind": "none"}, 400),
        ({"program": "none"}, 400),
        ({"options": "{}"}, 400),
    ],
)
def test_what_does_not_fit_brings_nothing_in(
    client: Client, more: dict[str, str], status: int
) -> None:
    assert bring_in(client, a_roster(a_row()), **more).status_code == status
    assert ImportBatch.objects.count() == 0
