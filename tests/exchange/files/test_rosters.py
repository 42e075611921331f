"""The sample rosters: each opens with every cell on its line, each hostile one is refused."""

import json
import os
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from exchange.files import FileRefused, Limits, read_blocks

ROOT = Path(__file__).parents[3]
FOLDER = Path(os.environ.get("PORTAL_ROSTERS") or ROOT.parent / "shared" / "rosters")
REFUSED = {
    "corner-cell.xlsx": "too-many-rows",
    "empty.xlsx": "empty",
    "merged-everything.xlsx": "merges",
    "million-rows.xlsx": "too-many-rows",
    "path-escape.xlsx": "unsafe",
    "random.xls": "not-a-spreadsheet",
    "text-named-xlsx.xlsx": "not-a-spreadsheet",
    "truncated.xlsx": "unreadable",
    "xxe.xlsx": "unsafe",
    "zip-bomb-part.xlsx": "bomb",
}
HEAD_LINES = {
    "10-gb18030.csv": 1,
    "11-legacy.xls": 2,
    "12-open-document.ods": 1,
    "15-big-20k.xlsx": 1,
}

COPIES = Path(__file__).parent / "fixtures" / "hostile"
FOLDERS = [COPIES, FOLDER / "hostile"]
HOSTILE = [
    (folder / name, code)
    for folder in FOLDERS
    for name, code in REFUSED.items()
    if (folder / name).exists()
]
BOUNDS = Limits(memory=1200 << 20, cpu_seconds=5, wall_seconds=5)

needs_rosters = pytest.mark.skipif(
    not FOLDER.is_dir(),
    reason="the sample rosters are not here (PORTAL_ROSTERS names their folder)",
)


def names(pattern):
    return sorted(path.name for path in FOLDER.glob(pattern))


def filled_cells(name):
    """Cells as {(sheet, line, column): cell} without the empty ones."""
    cells = {}
    for block in read_blocks(FOLDER / name, name=name):
        for number, column in enumerate(block.columns, 1):
            for line, cell in enumerate(column, block.first_line):
                if cell:
                    cells[block.sheet, line, number] = cell
    return cells


def form_of(value):
    if isinstance(value, datetime):
        return "\x03" + value.date().isoformat()
    if isinstance(value, int | float):
        return f"\x02{Decimal(repr(float(value))).normalize():f}"
    return value.replace("\u202d", "")


@needs_rosters
@pytest.mark.parametrize("name", [name for name in names("*.xlsx") if name not in HEAD_LINES])
def test_workbooks_equal_what_another_library_reads(name):
    book = openpyxl.load_workbook(FOLDER / name, read_only=True)
    cells = {}
    for sheet in book.worksheets:
        for line, values in enumerate(sheet.iter_rows(values_only=True), 1):
            for number, value in enumerate(values, 1):
                if value not in (None, ""):
                    cells[sheet.title, line, number] = form_of(value)
    book.close()
    assert filled_cells(name) == cells


@needs_rosters
@pytest.mark.parametrize("name", HEAD_LINES)
def test_other_kinds_have_a_line_for_each_person(name):
    truth = json.loads((FOLDER / f"{name}.truth.json").read_text())
    lines = {line for _, line, _ in filled_cells(name)}
    assert lines == set(range(1, HEAD_LINES[name] + truth["people"] + 1))


@pytest.mark.parametrize(("path", "code"), HOSTILE, ids=lambda value: str(value))
def test_hostile_files_are_refused(path, code):
    with pytest.raises(FileRefused) as refused:
        list(read_blocks(path, name=path.name, limits=BOUNDS))
    assert refused.value.code == code


@pytest.mark.parametrize("folder", [folder for folder in FOLDERS if folder.is_dir()], ids=str)
def test_the_formulas_open_as_text(folder):
    (block,) = read_blocks(folder / "formulas.xlsx", name="formulas.xlsx", limits=BOUNDS)
    held = [column[1] for column in block.columns if column[1].startswith("\x06")]
    assert held == ['\x06=cmd|"/c calc"!A1', '\x06=HYPERLINK("http://127.0.0.1","x")']


@needs_rosters
def test_no_hostile_file_is_forgotten():
    assert set(names("hostile/*.xls*")) == {*REFUSED, "formulas.xlsx"}
