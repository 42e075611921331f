"""The same bad row through every door: the same finding, word for word."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import translation

from exchange.models import ImportBatch
from tests.factories import (
    a_class,
    a_person,
    a_program,
    an_account,
    citizen_number,
    divisions,
    enrolled,
)
from tests.factories.rosters import a_row, brought_in, csv_of
from training.models import DraftRow, Enrollment

SOUND = citizen_number(1)
BAD: dict[str, dict[str, str]] = {
    "id-missing": {"id_number": ""},
    "id-length": {"id_number": SOUND[:15]},
    "id-characters": {"id_number": SOUND[:16] + "AB"},
    "id-checksum": {"id_number": SOUND[:17] + ("1" if SOUND[17] != "1" else "2")},
    "id-birth-date": {"id_number": citizen_number(1, born="19900230")},
    "id-cut": {"id_number": "6.21022199001E+17"},
    "name-characters": {"name": "张3"},
    "name-missing": {"name": ""},
    "sex": {"sex": "女"},
    "choice": {"category": "无业"},
    "date": {"start_date": "2019-02-30"},
    "year": {"start_date": "2019"},
    "order": {"end_date": "2019-06-01"},
    "number": {"hours": "九十"},
    "empty": {"occupation": ""},
    "long": {"remark": "长" * 501},
    "outside": {"township": "锁南镇", "village": "锁南村"},
    "township": {"township": "锁北镇"},
    "village": {"village": "李源村"},
    "village-alone": {"township": "", "village": "李源村"},
    "in-ledger": {"id_number": citizen_number(3), "name": "李四"},
    "registered-otherwise": {"id_number": citizen_number(3), "name": "李五", "class_code": "2"},
    "registered-elsewhere": {"id_number": citizen_number(5), "name": "马小化"},
    "two-troubles": {"start_date": "2019-02-30", "category": "", "level": "九级"},
}
Told = list[tuple[str, str, str, str]]


@pytest.fixture(autouse=True)
def house(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FILES_DIR = tmp_path / "files"
    monkeypatch.setattr("exchange.jobs._try_to_wake", lambda job: None)
    divisions()
    a_program()
    school = {"institution": a_row()["institution"]}
    enrolled(a_person(3, name="李四"), a_class(**school))
    a_person(5, name="马小花", county_code="622926")


@pytest.fixture
def api() -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    clerk = an_account("clerk", "county-clerk", "621022")
    client.force_login(clerk, "django.contrib.auth.backends.ModelBackend")
    return client


def by_program(api: Client, row: dict[str, str]) -> Told:
    asked = {"region": "621022", "program": "skills", "rows": [row]}
    answer = api.post("/api/v1/enrollments/", asked, content_type="application/json")
    assert answer.status_code == 422, answer.content.decode()
    assert {found["row"] for found in answer.json()["findings"]} == {1}
    return told(answer.json()["findings"])


def by_grid(api: Client, row: dict[str, str]) -> Told:
    """As a grid saves it: held, and kept as an unfinished row."""
    sent = {"client": "1" * 32, "op": "2" * 32, "cells": row}
    asked = {"region": "621022", "program": "skills", "rows": [sent]}
    answer = api.post("/api/v1/ledger-rows/save/", asked, content_type="application/json")
    (found,) = answer.json()["rows"]
    assert (found["outcome"], DraftRow.objects.count()) == ("held", 1)
    return told(found["findings"])


def by_typing(api: Client, row: dict[str, str]) -> Told:
    """As a grid asks while somebody types."""
    asked = {
        "region": "621022",
        "program": "skills",
        "rows": [{"client": "1" * 32, "cells": row}],
    }
    answer = api.post("/api/v1/ledger-rows/judge/", asked, content_type="application/json")
    (found,) = answer.json()["rows"]
    return told(found["findings"])


def by_file(row: dict[str, str]) -> Told:
    batch = brought_in(csv_of([row]))
    with translation.override("zh-hans"):
        return sorted((f.column, f.rule, f.severity, str(f)) for f in batch.findings.all())


def by_shell(row: dict[str, str], folder: Path) -> Told:
    path, out = folder / "r.csv", io.StringIO()
    path.write_bytes(csv_of([row]))
    with translation.override("zh-hans"):
        call_command("import_roster", path, county="621022", dry_run=True, as_json=True, stdout=out)
    return told(json.loads(out.getvalue())["findings"])


def told(findings: list[dict[str, str]]) -> Told:
    return sorted((f["column"], f["rule"], f["severity"], f["message"]) for f in findings)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_row_hears_the_same_at_every_door(name: str, api: Client, tmp_path: Path) -> None:
    row, before = a_row(1) | BAD[name], Enrollment.objects.count()
    found = by_program(api, row)
    assert found
    assert all("%" not in sentence and not sentence.isascii() for *_, sentence in found)
    assert by_file(row) == found
    assert by_shell(row, tmp_path) == found
    assert by_typing(api, row) == found
    assert by_grid(api, row) == found
    assert Enrollment.objects.count() == before
    assert ImportBatch.objects.get().held == 1


def test_a_good_row_is_taken_at_every_door(api: Client, tmp_path: Path) -> None:
    asked = {"region": "621022", "program": "skills", "rows": [a_row(1)]}
    answer = api.post("/api/v1/enrollments/", asked, content_type="application/json")
    assert answer.status_code == 201, answer.content.decode()
    assert (answer.json()["written"], answer.json()["findings"]) == (1, [])
    assert by_file(a_row(7)) == []
    assert by_shell(a_row(9), tmp_path) == []
    assert by_typing(api, a_row(11)) == []
