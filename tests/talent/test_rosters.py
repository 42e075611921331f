"""Real-life rosters: what is repaired in them, and which numbers are in trouble."""

import csv
import io
import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from core.repairs import repair_text_column
from talent.identity import IdNumberTrouble, judge_id_numbers, repair_id_column
from talent.names import judge_names, repair_name_column

# Rosters as county offices keep them, each with a record of what may be repaired and what is held.
ROSTERS = Path(os.environ.get("PORTAL_ROSTERS", Path(__file__).parents[3] / "shared" / "rosters"))
ID_HEADS = ("身份证号码", "身份证号", "身份证", "公民身份号码")
NAME_HEADS = ("姓名", "学员姓名")
DATE_HEADS = ("开班时间", "结业时间", "培训起止时间")
ID_WHYS = {trouble.value for trouble in IdNumberTrouble}


def _sheets(file: Path) -> Iterator[list[list[str]]]:
    if file.suffix == ".csv":
        yield list(csv.reader(io.StringIO(file.read_bytes().decode("gb18030"))))
        return
    book = CalamineWorkbook.from_path(str(file))
    for sheet in book.sheet_names:
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        yield [[_cell(value) for value in row] for row in rows]


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"\x02{value:.0f}"
    return value if isinstance(value, str) else f"\x03{value}"


def _people(rows: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """The headings and the rows that name a person; a sex tells them from totals."""
    heads: list[str] = []
    people = []
    for row in rows:
        compact = ["".join(cell.split()) for cell in row]
        if set(NAME_HEADS) & set(compact):
            heads = compact
        elif heads and row[heads.index("性别")] in {"男", "女"}:
            people.append(row)
    return heads, people


def _repaired(head: str, column: list[str]) -> tuple[list[str], dict[str, int]]:
    if head in ID_HEADS:
        return repair_id_column(column)
    if head in NAME_HEADS:
        return repair_name_column(column)
    return (column, {}) if head in DATE_HEADS else repair_text_column(column)


def _roster_names() -> list[str]:
    return sorted(file.name.removesuffix(".truth.json") for file in ROSTERS.glob("*.truth.json"))


@pytest.mark.skipif(not _roster_names(), reason="no rosters on this machine (PORTAL_ROSTERS)")
@pytest.mark.parametrize("roster", _roster_names())
def test_a_roster_is_repaired_and_judged_as_its_record_says(roster: str) -> None:
    truth = json.loads((ROSTERS / f"{roster}.truth.json").read_text("utf-8"))
    repairs: Counter[str] = Counter()
    troubles: Counter[str] = Counter()
    people_read = full_width = 0
    for rows in _sheets(ROSTERS / roster):
        heads, people = _people(rows)
        assert bool(set(ID_HEADS) & set(heads)) == bool(people)
        people_read += len(people)
        for head, column in zip(heads, zip(*people, strict=True), strict=False):
            full_width += sum(any("０" <= mark <= "９" for mark in cell) for cell in column)
            cells, counts = _repaired(head, list(column))
            repairs.update(counts)
            if head in ID_HEADS:
                troubles.update(t.value for t in judge_id_numbers(cells) if t is not None)
            if head in NAME_HEADS:
                assert judge_names(cells) == [None] * len(cells)
    assert people_read == truth["people"]
    expected = Counter(truth["repairs"])
    if not full_width:
        expected.pop("full-width", None)  # a record may speak of marks that its file does not hold
    assert repairs == expected
    assert troubles == Counter(held["why"] for held in truth["held"] if held["why"] in ID_WHYS)
