"""The workbook as a whole: its tables in turn, then the parts that name them, then the proof."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import BinaryIO

from exchange.workbooks.aside import Target, write_aside
from exchange.workbooks.behind import behind
from exchange.workbooks.names import SheetNames
from exchange.workbooks.parts import (
    DECLARATION,
    MAIN,
    WrittenSheet,
    content_types_xml,
    core_xml,
    root_relations_xml,
    workbook_relations_xml,
    workbook_xml,
)
from exchange.workbooks.pictures import MEDIA, parts_of
from exchange.workbooks.specs import HeadLabels, SheetSpec, WorkbookDamaged, WorkbookInfo
from exchange.workbooks.styles import styles_xml
from exchange.workbooks.tables import Limits, Table

# Raised by hand whenever equal input makes other bytes than before.
VERSION = 1
MAX_ROWS = 1_048_576  # lines of a sheet
# Excel offers to repair files with ZIP64 records, and zipfile needs them for parts over 2 GiB:
# a table goes on on the next sheet well before that.
MAX_BYTES = 2**31 - 2**26
# Level 6 makes files a sixth smaller and takes three times as long to deflate.
LEVEL = 2
READ = 1 << 18
ROW = b"<row "

Progress = Callable[[int], None]


def write_workbook(
    target: Target,
    sheets: Iterable[SheetSpec],
    *,
    labels: HeadLabels,
    progress: Progress | None = None,
    created: datetime | None = None,
    max_rows: int = MAX_ROWS,
    max_bytes: int = MAX_BYTES,
) -> WorkbookInfo:
    """Write sheets into an xlsx file at a path, or into an open binary file.

    Memory stays flat: rows are drawn from the iterator of each sheet once, a chunk at a time,
    the sheets in turn. A table of more lines than a sheet holds goes on on sheets NAME(2),
    NAME(3)... with its head repeated. `progress` is told the rows written so far and may raise
    to stop. `created` (aware) goes into the properties; equal input makes equal bytes.

    The file is written aside, synced, read back whole and only then put in place (readable by
    its owner alone); on any error nothing stands under its name. Raises CellUnwritable for a
    value its column cannot show, ValueError for a sheet without columns or a row of the wrong
    length, OSError when the disk is full, WorkbookDamaged when the file does not read back,
    zipfile.LargeZipFile beyond 2 GiB.
    """
    book = _Book(labels, Limits(max_rows, max_bytes), progress)
    stamp = write_aside(target, lambda file: book.fill(file, sheets, created), book.check)
    rows = {sheet.name: sheet.rows for sheet in book.written}
    return WorkbookInfo(rows=rows, size=stamp.size, sha256=stamp.sha256, cut=book.cut)


class _Book:
    def __init__(self, labels: HeadLabels, limits: Limits, progress: Progress | None) -> None:
        self.labels, self.limits, self.progress = labels, limits, progress
        self.names = SheetNames()
        self.written: list[WrittenSheet] = []
        self.cut = 0
        self.done = 0

    def fill(self, file: BinaryIO, sheets: Iterable[SheetSpec], created: datetime | None) -> None:
        """Write the package; the parts that list the sheets can only come last."""
        # Without ZIP64: a file that would need it fails here and not on the reader's desk.
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, False, LEVEL) as archive:
            _add(archive, "_rels/.rels", root_relations_xml())
            _add(archive, "docProps/core.xml", core_xml(created))
            _add(archive, "xl/styles.xml", styles_xml(MAIN))
            for spec in sheets:
                self._table(archive, spec)
            if not self.written:
                raise ValueError("A workbook needs at least one sheet.")
            _add(archive, "xl/workbook.xml", workbook_xml(self.written))
            _add(archive, "xl/_rels/workbook.xml.rels", workbook_relations_xml(self.written))
            _add(archive, "[Content_Types].xml", content_types_xml(self.written))

    def check(self, file: BinaryIO) -> None:
        """Read every part back: sums right, and as many rows as were written."""
        try:
            lines = _count_lines(file)
        except Exception as error:  # a damaged zip may raise nearly anything
            raise WorkbookDamaged(f"The workbook does not read back: {error}") from error
        for sheet in self.written:
            if lines.get(sheet.part) != sheet.lines:
                raise WorkbookDamaged(f"{sheet.part}: {sheet.lines} lines were written.")

    def _table(self, archive: zipfile.ZipFile, spec: SheetSpec) -> None:
        table = Table(spec, self.labels, self.limits, self._told)
        while not table.finished:
            part = f"xl/worksheets/sheet{len(self.written) + 1}.xml"
            with archive.open(part, "w") as out, behind(out) as ahead:
                sheet, rows = table.write_sheet(ahead, selected=not self.written)
            self.written.append(
                WrittenSheet(
                    self.names.take(str(spec.name)),
                    part,
                    columns=len(spec.columns),
                    lines=sheet.lines,
                    repeated=table.plan.repeated,
                    rows=rows,
                    has_picture=bool(table.picture),
                )
            )
            if table.picture:
                self._place(archive, table.picture, sheet.lines)
        self.cut += table.cut

    def _place(self, archive: zipfile.ZipFile, picture: bytes, line: int) -> None:
        """Put a picture on the last line of the sheet just written."""
        for name, content in parts_of(len(self.written), line).items():
            _add(archive, name, content)
        if MEDIA not in archive.namelist():
            with archive.open(MEDIA, "w") as part:
                part.write(picture)

    def _told(self, rows: int) -> None:
        self.done += rows
        if self.progress:
            self.progress(self.done)


def _add(archive: zipfile.ZipFile, name: str, content: str) -> None:
    # Not writestr(), which stamps the time of day on the part.
    with archive.open(name, "w") as part:
        part.write((DECLARATION + content).encode())


def _count_lines(file: BinaryIO) -> dict[str, int]:
    """Rows in each part, all of them read to the end so that their checksums are compared."""
    with zipfile.ZipFile(file) as archive:
        return {name: _count(archive, name) for name in archive.namelist()}


def _count(archive: zipfile.ZipFile, name: str) -> int:
    count, tail = 0, b""
    with archive.open(name) as part:
        while data := part.read(READ):
            count += data.count(ROW) + (tail + data[: len(ROW) - 1]).count(ROW)
            tail = (tail + data[1 - len(ROW) :])[1 - len(ROW) :]
    return count
