"""Whole files as offices send them, each judged as its record says: nobody lost, nobody guessed.

Once by the command and once through the page. The copies beside this file are always
there; PORTAL_ROSTERS names a folder with more of them.
"""

import io
import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from exchange.imports.annotating import annotated
from exchange.imports.kinds import kind_of
from exchange.models import ImportBatch
from tests.factories import a_program, an_account
from tests.factories.rosters import a_county, brought_in, worked
from training.models import Enrollment

pytestmark = pytest.mark.django_db
COPIES = Path(__file__).parent / "rosters"
FOLDER = Path(os.environ.get("PORTAL_ROSTERS") or Path(__file__).parents[3] / "shared" / "rosters")
RECORD = ".truth.json"
# What a record calls a reason, and the rule that must hold the row for it.
RULES = {
    "id-damaged-by-spreadsheet": "talent.id_number_was_not_cut_by_a_spreadsheet",
    "id-checksum": "talent.id_number_agrees_with_its_check_character",
    "id-birth-date": "talent.id_number_holds_a_real_date",
    "id-missing": "talent.id_number_is_given",
    "sex-disagrees-with-id": "talent.sex_agrees_with_id_number",
    "duplicate-in-file": "training.person_stands_once_in_file",
    "no-such-date": "exchange.date_exists",
    "end-before-start": "training.class_ends_after_it_starts",
    "outside-your-county": "talent.place_is_in_the_county",
    "no-such-village": "talent.village_exists",
}
# The record of this file speaks of full-width marks, and the file holds none.
NOT_IN_THE_FILE = {"04-full-width-spaces-and-marks.xlsx": "full-width"}
# What the page counts beside the repairs of a record.
TIDIED = {"04-full-width-spaces-and-marks.xlsx": {"phone-separator": 12}}


def the_rosters() -> list[Path]:
    found = {path.name: path for folder in (FOLDER, COPIES) for path in folder.glob(f"*{RECORD}")}
    return [Path(str(path).removesuffix(RECORD)) for _name, path in sorted(found.items())]


def name_of(path: Path) -> str:
    return path.name


@pytest.fixture(autouse=True)
def surroundings(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FILES_DIR = tmp_path / "files"
    monkeypatch.setattr("exchange.jobs._try_to_wake", lambda job: None)


class Record:
    """What a file's record says of it."""

    def __init__(self, path: Path) -> None:
        said = json.loads(Path(f"{path}{RECORD}").read_text("utf-8"))
        self.county, self.people, self.good = said["county"], said["people"], said["good"]
        self.held = {(row["sheet"], row["line"], RULES[row["why"]]) for row in said["held"]}
        self.repairs = Counter(said["repairs"])
        self.repairs.pop(NOT_IN_THE_FILE.get(path.name, ""), None)

    @property
    def counts(self) -> tuple[int, int, int]:
        return self.people, self.good, self.people - self.good


@pytest.mark.parametrize("path", the_rosters(), ids=name_of)
def test_the_command_judges_a_roster_as_its_record_says(path: Path) -> None:
    record, told = Record(path), io.StringIO()
    a_county(record.county)
    asked = {"county": record.county, "dry_run": True, "as_json": True}
    call_command("import_roster", str(path), **asked, stdout=told)
    said = json.loads(told.getvalue())
    held = {(f["sheet"], f["line"], f["rule"]) for f in said["findings"] if is_grave(f)}
    assert (said["people"], said["accepted"], said["held"]) == record.counts
    assert (held, said["repairs"]) == (record.held, record.repairs)
    assert ImportBatch.objects.count() == 0


def is_grave(finding: dict[str, Any]) -> bool:
    return bool(finding["severity"] == "block")


@pytest.mark.parametrize("path", the_rosters(), ids=name_of)
def test_the_page_judges_a_roster_as_its_record_says(path: Path, client: Client) -> None:
    record = Record(path)
    a_county(record.county)
    a_program()
    client.force_login(an_account("clerk", "county-clerk", record.county))
    given = {"file": SimpleUploadedFile(path.name, path.read_bytes()), "program": "skills"}
    answer = client.post(reverse("exchange:import-new"), given | {"region": record.county})
    batch = worked(ImportBatch.objects.get())
    page = reverse("exchange:import-detail", args=[batch.public_id])
    assert answer.headers["Location"] == page
    shown = client.get(page)
    preview = shown.context["preview"]
    assert (batch.people, batch.accepted, batch.held) == record.counts
    assert preview.lines == record.people + batch.not_data
    assert batch.repairs == record.repairs | TIDIED.get(path.name, {})
    lines = {(sheet, line) for sheet, line, _rule in record.held}
    assert held_lines(client, batch) == lines
    for number in (preview.lines, *record.counts[1:], batch.not_data):
        assert f"<dd>{number:,}</dd>" in re.sub(r"\s*(</?dd>)\s*", r"\1", shown.content.decode())


def held_lines(client: Client, batch: ImportBatch) -> set[tuple[str, int]]:
    """Sheet and line of every held row, page after page."""
    found: set[tuple[str, int]] = set()
    after = "0-0"
    while after:
        address = reverse("exchange:import-held", args=[batch.public_id])
        context = client.get(address, {"after": after}).context
        found |= {(row.sheet, row.line) for row in context["held"]}
        after = context["more_held"]
    return found


@pytest.mark.skipif(not FOLDER.is_dir(), reason="no rosters here (PORTAL_ROSTERS names them)")
def test_the_copies_are_the_rosters_themselves() -> None:
    for copy in COPIES.iterdir():
        assert copy.read_bytes() == (FOLDER / copy.name).read_bytes()


def test_what_a_record_may_call_a_reason_has_a_rule() -> None:
    assert set(RULES.values()) <= kind_of("training").all_rules().keys()


def the_hostile_files() -> list[Path]:
    here = Path(__file__).parent / "files" / "fixtures" / "hostile"
    folders = [folder for folder in (here, FOLDER / "hostile") if folder.is_dir()]
    found = {path.name: path for folder in folders for path in folder.iterdir()}
    return [path for name, path in sorted(found.items()) if not name.endswith(".txt")]


@pytest.mark.parametrize("path", the_hostile_files(), ids=name_of)
def test_a_hostile_file_is_refused_or_held_and_the_job_says_so(path: Path) -> None:
    a_county("621022")
    batch = worked(brought_in(path.read_bytes(), name=path.name))
    is_refused = batch.state == ImportBatch.State.FAILED and batch.attempt <= 1
    asks = (batch.state, batch.step) == (ImportBatch.State.WAITING, ImportBatch.Step.MATCH)
    is_held = batch.people is not None and batch.accepted == 0
    assert is_refused or asks or is_held
    assert bool(batch.error_sentence) == (is_refused or asks)
    assert Enrollment.objects.count() == 0


def test_an_offices_own_workbook_comes_back_with_the_right_cells_marked() -> None:
    """Each trouble that its record names is colored and explained on its cell; all else stays."""
    path = COPIES / "08-wrong-ids-and-duplicates.xlsx"
    record = Record(path)
    a_county(record.county)
    clerk = an_account("clerk", "county-clerk", record.county)
    batch = worked(brought_in(path.read_bytes(), name=path.name, county=record.county, by=clerk))
    _name, content = annotated(batch, by=clerk)
    before, after = (
        openpyxl.load_workbook(each)["培训台账"] for each in (path, io.BytesIO(content))
    )
    heads = [cell.value for cell in after[1]]
    cells = [cell for row in after.iter_rows() for cell in row]
    wrong_sex = "talent.sex_agrees_with_id_number"
    assert {(cell.row, heads[cell.column - 1]) for cell in cells if cell.comment} == {
        (line, "性别" if rule == wrong_sex else "身份证号码") for _sheet, line, rule in record.held
    }
    assert {cell.fill.fgColor.rgb for cell in cells if cell.comment} == {"00FFC7CE"}
    assert [cell.value for cell in cells] == [c.value for row in before.iter_rows() for c in row]
