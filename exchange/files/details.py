"""What the parser does not tell of a worksheet: formulas, error values, hidden rows."""

import re
import zipfile
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from xml.etree import ElementTree

from exchange.files.cells import ERROR, FORMULA, LONGEST_TEXT, clean
from exchange.files.geometry import PLACE, column_number, sheet_chunks
from exchange.files.limits import Limits

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_SHARED = re.compile(rb"\bsi=[\"']([0-9]+)[\"']")


@dataclass
class Details:
    """Cells by (row, column), both counted from 0; hidden lines as the spreadsheet counts.

    `merges`: first row, first column, last row, last column, counted from 0 too, where the parser
    does not tell them.
    """

    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_lines: set[int] = field(default_factory=set)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)

    @property
    def height(self) -> int:
        return 1 + max(self._columns_by_row, default=-1)

    @property
    def width(self) -> int:
        return 1 + max(map(max, self._columns_by_row.values()), default=-1)

    def by_column(self, start: int, rows: int) -> dict[int, list[int]]:
        """Rows of formulas and errors, counted from `start`, within the next `rows`, by column."""
        found: dict[int, list[int]] = {}
        for row in range(rows if self._columns_by_row else 0):
            for column in self._columns_by_row.get(start + row, ()):
                found.setdefault(column, []).append(row)
        return found

    def hidden_among(self, start: int, rows: int) -> list[int]:
        return sorted(self.hidden_lines.intersection(range(start + 1, start + rows + 1)))

    @cached_property
    def _columns_by_row(self) -> dict[int, list[int]]:
        grouped: dict[int, list[int]] = {}
        for row, column in self.formulas.keys() | self.errors.keys():
            grouped.setdefault(row, []).append(column)
        return grouped


def sheet_parts(package: zipfile.ZipFile) -> dict[str, str]:
    """Part of the package for each sheet's name."""
    relations = _parsed(package, "xl/_rels/workbook.xml.rels")
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    parts = {}
    for sheet in _parsed(package, "xl/workbook.xml").iterfind(".//{*}sheet"):
        target = targets.get(sheet.get(_RELATION) or sheet.get(_STRICT_RELATION), "")
        path = target if target.startswith("/") else "xl/" + target
        parts[sheet.get("name", "")] = path.lstrip("/")
    return parts


def read_details(package: zipfile.ZipFile, part: str, limits: Limits) -> Details:
    """Formulas, error values and hidden rows of one worksheet part.

    A cell that follows a shared formula shows the formula it shares.
    """
    details = Details()
    shared: dict[bytes, bytes] = {}
    with package.open(part) as stream:
        for patterns, chunk in sheet_chunks(stream, limits):
            for attributes, rest, text in patterns.formulas(chunk):
                _add_formula(details, shared, attributes, rest, text)
            for attributes, value in patterns.errors(chunk):
                if place := _place(attributes):
                    details.errors[place] = ERROR + _readable(value)
            details.hidden_lines.update(patterns.hidden_lines(chunk))
    return details


def _parsed(package: zipfile.ZipFile, part: str) -> ElementTree.Element:
    # Parts that declare entities were refused before; and this runs in the reading process only.
    return ElementTree.fromstring(package.read(part))  # noqa: S314


def _add_formula(
    details: Details, shared: dict[bytes, bytes], attributes: bytes, rest: bytes, text: bytes
) -> None:
    if number := _SHARED.search(rest):
        text = shared.setdefault(number[1], text)
    if place := _place(attributes):
        details.formulas[place] = f"{FORMULA}={_readable(text)}"


def _place(attributes: bytes) -> tuple[int, int] | None:
    found = PLACE.search(attributes)
    return (int(found[2]) - 1, column_number(found[1]) - 1) if found else None


def _readable(text: bytes) -> str:
    return clean(unescape(text.decode("utf-8", "replace")))[:LONGEST_TEXT]
