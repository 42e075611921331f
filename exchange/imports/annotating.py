"""The office's own workbook, given back with the troubles of its held rows marked in it."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path, PurePath
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from core.models import User
from core.rules import Severity
from exchange.files import FileRefused, SheetBlock, preflight, read_blocks
from exchange.files import cells as marks
from exchange.files.copies import CopyFailed, Mark, marked_copy
from exchange.imports.advice import Advice
from exchange.imports.headings import Names
from exchange.imports.history import record
from exchange.imports.kinds import ImportKind, kind_of
from exchange.imports.matching import remembered
from exchange.imports.moves import ImportNotPossible
from exchange.imports.originals import may_take_out
from exchange.imports.services import FILE_GONE, folder, stored_path
from exchange.imports.tables import Sheet
from exchange.models import ImportBatch
from exchange.workbooks.names import SheetNames

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("import marks taken out"),)

NOTHING_HELD = gettext_noop("No row is held back, so there is nothing to mark.")
NOT_MARKED = gettext_noop(
    "The file with marks could not be made: it is too large. Mend the rows on the page instead."
)
# A larger workbook takes longer than its user waits; of it only the held rows are given back.
MOST_BYTES = 3 << 20
EXACT_DIGITS = 15
# Sheet and line; marks by the number of their sheet.
Places = Collection[tuple[int, int]]
Marks = dict[int, list[Mark]]
TEXT_FORMAT = "@"


def annotated(batch: ImportBatch, *, by: User) -> tuple[str, bytes]:
    """Name and content of a workbook in which held rows' troubles are colored and commented.

    Before anything is written it is the office's own workbook, as far as it is an .xlsx;
    otherwise, and afterwards, its lines without the accepted rows, so that it can be
    brought in again as it is. Raises PermissionError for who may not see the file,
    ImportNotPossible when there is nothing to mark.
    """
    if not may_take_out(batch, by):
        raise PermissionError
    path = stored_path(batch)
    if not path.exists() or not batch.held:
        raise ImportNotPossible(FILE_GONE if batch.held else NOTHING_HELD)
    try:
        held = set(batch.rows.values_list("sheet", "line"))
        found = marks_of(batch, held)
        content = _copied(batch, path, found) or _rewritten(batch, path, found, held)
    except CopyFailed:
        raise ImportNotPossible(NOT_MARKED) from None
    except FileRefused as refusal:
        raise ImportNotPossible(refusal.sentence) from refusal
    changes = {"name": batch.original_name, "held": batch.held}
    record(batch, "marks_taken_out", by=by, changes=changes)
    stem = PurePath(batch.original_name).stem
    return _("%(name)s (to be mended).xlsx") % {"name": stem}, content


def marks_of(batch: ImportBatch, held: Places) -> Marks:
    """What is to be marked in the file's held lines, by the number of the sheet."""
    kind, found = kind_of(batch.kind), dict[int, dict[tuple[int, int], list[Any]]]()
    sheets = {sheet["number"]: sheet for sheet in batch.sheets}
    for finding in batch.findings.order_by("sheet", "line", "id"):
        if (finding.sheet, finding.line) in held:
            place = place_of(kind, sheets[finding.sheet], finding.line, finding.column)
            said = found.setdefault(finding.sheet, {}).setdefault((finding.line, place), [])
            said.append(finding)
    return {
        sheet: [
            (
                line,
                place,
                any(f.severity == Severity.BLOCK for f in said),
                "\n".join(map(str, said)),
            )
            for (line, place), said in cells.items()
        ]
        for sheet, cells in found.items()
    }


def place_of(kind: ImportKind, sheet: Mapping[str, Any], line: int, column: str) -> int:
    """Where a row's column stands: its own place, one that holds it too, or the row's first."""
    above = [table for table in sheet["tables"] if table["line"] < line]
    places: dict[str, int] = above[-1]["places"] if above else {}
    holding = (c.name for c in kind.columns if column in c.parts and c.name in places)
    name = column if column in places else next(holding, None)
    return places[name] if name else min(places.values(), default=0)


def _copied(batch: ImportBatch, path: Path, found: Marks) -> bytes | None:
    """The workbook itself with marks, where it can be copied as it is."""
    if batch.written_at is not None or batch.size > MOST_BYTES:
        return None
    if preflight(path, name=batch.original_name) not in {"xlsx", "xlsm"}:
        return None
    try:
        return marked_copy(path, found, author=_("Check of the roster"))
    except CopyFailed:
        return None


def _rewritten(batch: ImportBatch, path: Path, found: Marks, held: Places) -> bytes:
    """The file's lines without the accepted rows, in a workbook of our own, with marks."""
    with tempfile.NamedTemporaryFile(dir=folder(), suffix=".xlsx") as file:
        moved = _write(_left(batch, path, held), file.name)
        there = {
            moved[sheet][0]: [
                (moved[sheet][line], place, is_grave, text) for line, place, is_grave, text in cells
            ]
            for sheet, cells in found.items()
        }
        return marked_copy(file.name, there, author=_("Check of the roster"))


def _write(blocks: Iterable[tuple[SheetBlock, set[int]]], target: str) -> dict[int, dict[int, int]]:
    """Write blocks but the lines left out; where each stands now, by sheet (its own under 0)."""
    book, names, moved = Workbook(write_only=True), SheetNames(), dict[int, dict[int, int]]()
    sheet: Any = None
    for block, away in blocks:
        if block.sheet_number not in moved:
            sheet = book.create_sheet(names.take(block.sheet))
            moved[block.sheet_number] = {0: len(moved) + 1}
        lines = moved[block.sheet_number]
        for line, row in enumerate(zip(*block.columns, strict=True), block.first_line):
            if line not in away:
                lines[line] = len(lines)
                sheet.append([_cell(sheet, cell) for cell in row])
    book.save(target)
    return moved


def _cell(sheet: Any, cell: str) -> Any:
    """A cell as it stood: a number, a day, or text that no program takes for a formula."""
    content = marks.content(cell)
    if marks.is_number(cell) and len(content) <= EXACT_DIGITS:
        return float(content) if "." in content else int(content)
    if not content:
        return None
    written = WriteOnlyCell(sheet, content)
    written.data_type, written.number_format = "s", TEXT_FORMAT
    return written


def _left(batch: ImportBatch, path: Path, held: Places) -> Iterator[tuple[SheetBlock, set[int]]]:
    """The file's blocks, each with the lines that are not given back: rows that are not held.

    One block is kept back, for what its last lines are can only the next one tell.
    """
    advice = Advice(remembered(batch), batch.given)
    names = Names(kind_of(batch.kind).columns, advice.matches, advice.given)
    before: tuple[SheetBlock, set[int]] | None = None
    sheet, away = None, set[int]()
    for block in read_blocks(path, name=batch.original_name):
        if sheet is None or sheet.number != block.sheet_number:
            sheet, away = Sheet(block, names), set()
        for piece in sheet.take(block):
            away.update(line for line in piece.lines if (sheet.number, line) not in held)
        if before:
            yield before
        before = block, away
    if before:
        yield before
