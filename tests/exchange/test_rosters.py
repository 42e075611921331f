"""Whole files as offices send them, each judged as its record says: nobody lost, nobody guessed.

The copies beside this file are always there; ROSTERS_DIR names a folder with more of them.
"""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from exchange.imports.kinds import kind_of
from exchange.imports.services import judge_file
from exchange.imports.staging import Judged
from tests.factories.rosters import a_county

COPIES = Path(__file__).parent / "rosters"
FOLDER = Path(os.environ.get("ROSTERS_DIR") or Path(__file__).parents[3] / "shared" / "rosters")
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


def the_rosters() -> list[Any]:
    here = sorted(path for path in FOLDER.glob("*.truth.json"))
    files = [Path(str(path).removesuffix(".truth.json")) for path in here]
    return [pytest.param(path, id=path.name) for path in files]


def judged(path: Path, county: str) -> Judged:
    return judge_file(
        path, name=path.name, kind=kind_of("training"), region_code=county, progress=None
    )


def as_its_record_says(path: Path) -> None:
    truth = json.loads(Path(f"{path}.truth.json").read_text("utf-8"))
    a_county(truth["county"])
    found = judged(path, truth["county"])
    roster = found.roster
    names = {sheet.number: sheet.name for sheet in roster.sheets}
    held = {
        (names[roster.sheet[f.row]], roster.line[f.row], f.rule)
        for f in found.findings
        if f.severity == "block"
    }
    wanted = Counter(truth["repairs"])
    wanted.pop(NOT_IN_THE_FILE.get(path.name, ""), None)
    assert (found.people, len(found.accepted)) == (truth["people"], truth["good"])
    assert held == {(row["sheet"], row["line"], RULES[row["why"]]) for row in truth["held"]}
    assert len(found.held) == len(truth["held"])
    assert roster.reading.repairs == wanted


@pytest.mark.parametrize("name", sorted(path.name for path in COPIES.glob("*.xlsx")))
def test_the_copy_of_a_roster_is_judged_as_its_record_says(name: str, db: None) -> None:
    as_its_record_says(COPIES / name)


@pytest.mark.skipif(not the_rosters(), reason="no rosters here (ROSTERS_DIR names their folder)")
@pytest.mark.parametrize("path", the_rosters())
def test_a_roster_is_judged_as_its_record_says(path: Path, db: None) -> None:
    as_its_record_says(path)


def test_what_a_record_may_call_a_reason_has_a_rule() -> None:
    assert set(RULES.values()) <= kind_of("training").all_rules().keys()
