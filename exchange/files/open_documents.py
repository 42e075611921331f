"""What the parser does not tell of an .ods: formulas, errors, merged cells and hidden rows."""

import zipfile
from typing import BinaryIO
from xml.parsers import expat

from exchange.files.cells import ERROR, FORMULA, LONGEST_TEXT, clean
from exchange.files.details import Details
from exchange.files.limits import Limits
from exchange.files.refusals import FileRefused

_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_VALUE_TYPE = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"
_FARTHEST = 1 << 20


def look(file: BinaryIO, limits: Limits) -> list[Details]:
    """Details of each table, in order; raises FileRefused where formulas reach beyond the limits."""
    seen = _Seen(limits)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = seen.start
    parser.EndElementHandler = seen.end
    parser.CharacterDataHandler = seen.text
    with zipfile.ZipFile(file) as package, package.open("content.xml") as part:
        try:
            parser.ParseFile(part)
        except expat.ExpatError as error:
            raise FileRefused("unreadable") from error
    return seen.tables


class _Seen:
    """The tables while they are parsed; rows and columns count from 0."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.tables: list[Details] = []
        self.depth = 0  # a table may stand in a table's cell
        self.row = self.rows = self.column = 0
        self.error: list[str] | None = None

    def start(self, element: str, attrs: dict[str, str]) -> None:
        tag = element.removeprefix(_TABLE)
        if tag == "table":
            self.depth += 1
            if self.depth == 1:
                self.tables.append(Details())
                self.row = 0
        elif self.depth != 1:
            return
        elif tag == "table-row":
            self._start_row(attrs)
        elif tag in ("table-cell", "covered-table-cell"):
            self._cell(attrs)

    def end(self, element: str) -> None:
        tag = element.removeprefix(_TABLE)
        if tag == "table":
            self.depth -= 1
        elif self.depth == 1 and tag == "table-row":
            self.row += self.rows
        elif self.depth == 1 and tag == "table-cell" and self.error is not None:
            shown = ERROR + clean("".join(self.error))[:LONGEST_TEXT]
            self.tables[-1].errors[self.row, self.column - 1] = shown
            self.error = None

    def text(self, data: str) -> None:
        if self.error is not None:
            self.error.append(data)

    def _start_row(self, attrs: dict[str, str]) -> None:
        self.rows, self.column = _count(attrs, "number-rows-repeated"), 0
        if attrs.get(_TABLE + "visibility", "visible") != "visible":
            end = min(self.row + self.rows, self.limits.max_rows)
            self.tables[-1].hidden_lines.update(range(self.row + 1, end + 1))

    def _cell(self, attrs: dict[str, str]) -> None:
        columns = _count(attrs, "number-columns-repeated")
        if formula := attrs.get(_TABLE + "formula"):
            self._formula(formula, columns)
        across = _count(attrs, "number-columns-spanned")
        down = _count(attrs, "number-rows-spanned")
        if across > 1 or down > 1:
            last = self.row + down - 1, self.column + across - 1
            self.tables[-1].merges.append((self.row, self.column, *last))
        self.column += columns
        if attrs.get(_VALUE_TYPE) == "error":
            self.limits.check(rows=self.row + 1, columns=self.column, cells=0)
            self.error = []

    def _formula(self, written: str, columns: int) -> None:
        """A formula in each cell it is repeated in; written as "of:=SUM([.A1:.A9])"."""
        formulas = self.tables[-1].formulas
        self.limits.check(
            rows=self.row + self.rows,
            columns=self.column + columns,
            cells=len(formulas) + self.rows * columns,
        )
        shown = f"{FORMULA}={clean(written.partition('=')[2])[:LONGEST_TEXT]}"
        for row in range(self.row, self.row + self.rows):
            for column in range(self.column, self.column + columns):
                formulas[row, column] = shown


def _count(attrs: dict[str, str], name: str) -> int:
    written = attrs.get(_TABLE + name, "")[:9]
    return min(max(int(written), 1), _FARTHEST) if written.isdecimal() else 1
