"""The pages of a printed table, drawn from top to bottom."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from exchange.papers import faces, tables, texts, values
from exchange.papers.tables import (
    BODY,
    LEADING,
    MARGIN,
    PADDING,
    TITLE,
    Align,
    Cell,
    Table,
    Undrawn,
)
from exchange.papers.texts import Line
from exchange.workbooks.aside import Target, write_aside
from exchange.workbooks.specs import Head, HeadLabels, Kind, SheetSpec, WorkbookDamaged

NUMBER_OF_PAGES = "number-of-pages"  # drawings that all pages of a paper show, made last
FOOTER = 8 * 72 / 25.4  # the page's number stands this many points above the paper's edge
TOLD_EVERY = 100  # rows
THIN = 0.5
PICTURE = 20 * 72 / 25.4  # points of a picture's side
ALIGNED: dict[Kind, Align] = {
    Kind.INTEGER: "right",
    Kind.DECIMAL: "right",
    Kind.WAN: "right",
    Kind.PERCENT: "right",
    Kind.DATE: "center",
    Kind.MONTH: "center",
}


# Raised by hand whenever equal input makes other bytes than before.
VERSION = 2


def write_paper(
    target: Target,
    *sheets: SheetSpec,
    labels: HeadLabels,
    progress: Callable[[int], None] | None = None,
) -> tables.PaperInfo:
    """Print sheets as one PDF to a path or into an open binary file.

    A sheet is the one a workbook is written from; its columns share the paper's width by
    their widths, and its heading stands on every page. Each character is drawn from the first
    font that has it; one that no font has is shown as its code and named below the table.
    Pages are counted through all sheets, each on its own paper. `progress` is told the rows
    printed so far. Equal input makes equal bytes. Raises CellUnwritable, ValueError for a row
    of the wrong length, OSError when the disk is full.
    """
    printer = _Printer(sheets, labels, progress)
    stamp = write_aside(target, printer.fill, _check)
    return tables.PaperInfo(
        tuple(printer.counted), printer.page, stamp.size, stamp.sha256, tuple(printer.undrawn)
    )


def _check(file: BinaryIO) -> None:
    whole = file.read()
    if not (whole.startswith(b"%PDF") and whole.rstrip().endswith(b"%%EOF")):
        raise WorkbookDamaged("The file does not read back whole.")


@dataclass
class _Printer:
    sheets: Sequence[SheetSpec]
    labels: HeadLabels
    progress: Callable[[int], None] | None = None

    def __post_init__(self) -> None:
        self.undrawn: list[Undrawn] = []
        self.counted: list[int] = []  # rows of the sheets that are done
        self.page = 0
        self.turn_to(self.sheets[0])

    def turn_to(self, sheet: SheetSpec) -> None:
        """The sheet that is printed from now on."""
        self.sheet, self.table = sheet, Table(sheet)
        self.known_undrawn = len(self.undrawn)
        self.is_first_page = True
        self.rows = 0
        self.y = 0.0

    def fill(self, file: BinaryIO) -> None:
        main = faces.main().fontName
        self.canvas: Any = Canvas(
            file, self.table.paper, invariant=1, pageCompression=1, initialFontName=main
        )
        self.canvas.setTitle(self.sheet.head.title if self.sheet.head else self.sheet.name)
        for sheet in self.sheets:
            self.turn_to(sheet)
            self.begin_page()
            self.heading()
            self.body()
            self.foot()
            self.end_page()
            self.counted.append(self.rows)
        self.count_pages()
        self.canvas.save()

    # Pages

    def begin_page(self) -> None:
        self.page += 1
        self.canvas.setPageSize(self.table.paper)
        self.canvas.setLineWidth(THIN)
        self.y = self.table.paper[1] - MARGIN
        if self.is_first_page and self.sheet.head:
            self.head(self.sheet.head)
        self.is_first_page = False

    def end_page(self) -> None:
        before, _mark, _after = self.labels.page_footer.partition("&N")
        text = before.replace("&P", str(self.page))
        self.one_line(text, MARGIN, FOOTER, self.table.width, "center")
        self.canvas.doForm(self.number_of_pages())
        self.canvas.showPage()

    def count_pages(self) -> None:
        """The number of pages, put beside each page's own where its text ends."""
        before, mark, after = self.labels.page_footer.partition("&N")
        own = faces.main().width(before.replace("&P", str(self.page))) * BODY
        for sheet in {Table(sheet).paper[0]: sheet for sheet in self.sheets}.values():
            self.turn_to(sheet)
            self.canvas.beginForm(self.number_of_pages(), 0, 0, *self.table.paper)
            x = MARGIN + self.table.width / 2 + own / 2
            self.one_line(f"{self.page}{after}" if mark else "", x, FOOTER, 0, "left")
            self.canvas.endForm()

    def number_of_pages(self) -> str:
        """The drawing for paper of this sheet's width."""
        return f"{NUMBER_OF_PAGES}-{self.table.paper[0]:.0f}"

    def make_room(self, height: float, *, heading: bool = True) -> None:
        """Turn the page unless there is room above the bottom margin."""
        if self.y - height < MARGIN:
            self.end_page()
            self.begin_page()
            if heading:
                self.heading()

    # Above the table

    def head(self, head: Head) -> None:
        labels = self.labels
        numbered = [
            (labels.table_number, head.table_number),
            (labels.issued_by, head.issued_by),
            (labels.approved_by, head.approved_by),
            (labels.document_number, head.document_number),
            (labels.valid_until, head.valid_until),
        ]
        self.line_of(head.title, size=TITLE, align="center")
        for label, value in numbered:
            if value:
                self.line_of(f"{label}{labels.colon}{value}", align="right")
        self.facts(head)

    def facts(self, head: Head) -> None:
        """Who files, the period and the unit: left, center and right of one line."""
        labels = self.labels
        self.y -= BODY * LEADING
        for label, value, align in (
            (labels.reporting_office, head.reporting_office, "left"),
            ("", head.period, "center"),
            (labels.unit, head.unit, "right"),
        ):
            if value:
                text = f"{label}{labels.colon}{value}" if label else value
                self.one_line(text, MARGIN, self.y, self.table.width, align)
        self.y -= PADDING * 2

    # The table

    def heading(self) -> None:
        rows = self.table.heading()
        broken = [[self.table.broken(cell) for cell in row] for row in rows]
        heights = [
            tables.height_of([b for b, c in zip(bs, cs, strict=True) if c.down == 1])
            for bs, cs in zip(broken, rows, strict=True)
        ]
        for n, (cells, texts_of) in enumerate(zip(rows, broken, strict=True)):
            for cell, found in zip(cells, texts_of, strict=True):
                self.box(cell, found, sum(heights[n : n + cell.down]))
            self.y -= heights[n]

    def body(self) -> None:
        first = self.sheet.totals_at == "first"
        if first:
            self.totals()
        for row in self.sheet.rows:
            self.rows += 1
            self.row(row)
            if self.progress and self.rows % TOLD_EVERY == 0:
                self.progress(sum(self.counted) + self.rows)
        if not first:
            self.totals()

    def totals(self) -> None:
        totals = self.sheet.totals
        for row in totals() if callable(totals) else totals:
            self.row(row)

    def row(self, row: Sequence[object]) -> None:
        cells = list(self.cells(row))
        broken = [self.table.broken(cell) for cell in cells]
        for part in tables.sliced(broken, self.most_lines):
            height = tables.height_of(part)
            self.make_room(height)
            for cell, found in zip(cells, part, strict=True):
                self.box(cell, found, height)
            self.y -= height

    @property
    def most_lines(self) -> int:
        """Lines of a row that surely fit on a page below its heading."""
        return int((self.table.paper[1] - 2 * MARGIN) / 2 / (BODY * LEADING))

    def cells(self, row: Sequence[object]) -> Iterable[Cell]:
        pairs = list(zip(self.sheet.all_columns, row, strict=True))
        for n, (column, value) in enumerate(pairs[: len(self.sheet.columns)]):
            text = values.shown(column, value, self.rows)
            for character in texts.undrawable(text):
                self.undrawn.append(Undrawn(character, self.rows, column.title))
            yield Cell(text, n, n, ALIGNED.get(column.kind, "left"))

    def box(self, cell: Cell, found: Sequence[Line], height: float) -> None:
        left, right = self.table.edges[cell.first], self.table.edges[cell.last + 1]
        self.canvas.rect(left, self.y - height, right - left, height)
        top = self.y - (height - len(found) * BODY * LEADING) / 2
        for n, line in enumerate(found):
            base = top - (n + 1) * BODY * LEADING + (LEADING - 0.88) * BODY
            self.put(line, left + PADDING, base, right - left - 2 * PADDING, cell.align)

    # Below the table

    def foot(self) -> None:
        self.y -= PADDING
        foot = self.sheet.foot
        lines = foot.lines if foot else ()
        # Those who sign stand together on one page.
        self.make_room(len(lines) * 2 * BODY * LEADING, heading=False)
        for pairs in lines:
            self.signatures(pairs)
        notes = [*(foot.notes if foot else ()), *self.told_undrawn()]
        for note in notes:
            self.line_of(note)
        if foot and foot.picture:
            self.picture(foot.picture)

    def picture(self, png: bytes) -> None:
        """A square picture under all that is written."""
        self.make_room(PICTURE + PADDING, heading=False)
        self.y -= PICTURE + PADDING
        self.canvas.drawImage(ImageReader(io.BytesIO(png)), MARGIN, self.y, PICTURE, PICTURE)

    def told_undrawn(self) -> list[str]:
        if len(self.undrawn) == self.known_undrawn:
            return []
        places = (
            self.labels.undrawn_at.format(
                character=f"U+{ord(each.character):04X}", line=each.line, column=each.column
            )
            for each in self.undrawn[self.known_undrawn :]
        )
        return [self.labels.undrawn + "；".join(places)]

    def signatures(self, pairs: Sequence[tuple[str, str]]) -> None:
        height = 2 * BODY * LEADING
        self.make_room(height, heading=False)
        self.y -= height
        lines = [
            texts.lines(f"{label}{self.labels.colon}{value}", float("inf"))[0]
            for label, value in pairs
        ]
        widths = [texts.width(line) * BODY for line in lines]
        x, share = MARGIN, self.table.width / len(lines)
        gap = (self.table.width - sum(widths)) / max(len(lines) - 1, 1)
        for line, width in zip(lines, widths, strict=True):
            self.put(line, x, self.y + PADDING, width, "left")
            # What is longer than its share moves the others on.
            x += share if max(widths) + BODY <= share else width + gap

    # Lines of text

    def line_of(self, text: str, *, size: float = BODY, align: str = "left") -> None:
        """A text over the whole width, on as many lines as it takes."""
        for line in texts.lines(text, self.table.width / size):
            self.make_room(size * LEADING, heading=False)
            self.y -= size * LEADING
            self.put(line, MARGIN, self.y, self.table.width, align, size)

    def one_line(self, text: str, x: float, y: float, width: float, align: str) -> None:
        self.put(texts.lines(text, float("inf"))[0], x, y, width, align)

    def put(
        self, line: Line, x: float, y: float, width: float, align: str, size: float = BODY
    ) -> None:
        free = width - texts.width(line) * size
        x += {"left": 0.0, "center": free / 2, "right": free}[align]
        texts.draw(self.canvas, line, x, y, size)
