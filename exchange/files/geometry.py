"""How far a worksheet reaches, from its raw XML: a cell in a far corner costs a parser gigabytes.

Regular expressions over chunks, not an XML parser: this runs beside the reading process and must
be faster. Who writes XML to deceive it only meets the limits of that process instead.
"""

import re
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from typing import IO, Any

from exchange.files.limits import Limits
from exchange.files.refusals import FileRefused

_CHUNK = 1 << 20
_ROOT = re.compile(rb"<(\w+:)?worksheet[\s>]")
PLACE = re.compile(rb"\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
_RANGE = re.compile(rb"\bref=[\"']([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})[\"']")
_HIDDEN = re.compile(rb' hidden="(?:1|true)"')
_ROW_NUMBER = re.compile(rb"\br=[\"']([0-9]{1,7})[\"']")
_ERROR_TYPE = re.compile(rb" t=[\"']e[\"']")
_LONGEST_TAG = 400
_LONGEST_ROW = 4 << 20
_FORMATTED_ROWS = 1 << 20  # some programs write an empty row for each line a sheet can have
_LEAST_AREA = 60  # what a merged range counts for at least: so 100,000 of them are the most


class Patterns:
    """Expressions for one namespace prefix (most programs write none) and one set of limits.

    None can be made to backtrack: what repeats stops at the next bracket, attributes are looked
    at later.
    """

    def __init__(self, prefix: bytes, limits: Limits) -> None:
        far_column = _beyond(column_letters(limits.max_columns + 1).encode(), b"A", b"Z", longest=3)
        far_row = _beyond(str(limits.max_rows + 1).encode(), b"0", b"9", longest=9)
        self.far = re.compile(rb'r="(?:(?:%s)[0-9]|%s)' % (far_column, far_row))
        self.row_end = b"</%srow>" % prefix
        self.row_tag = b"<%srow " % prefix
        self.cell_tag = b"<%sc " % prefix
        self.merge_tag = b"<%smergeCell " % prefix
        self.formula_tag = re.compile(rb"<%sf[\s>/]" % prefix)
        self.filled = re.compile(rb"<%sc ([^<>]*)>(?!</)" % prefix)
        self.merge = re.compile(rb"<%smergeCell ([^<>]*)>" % prefix)
        self.row = re.compile(rb"<%srow ([^<>]*)>" % prefix)
        self.formula = re.compile(rb"<%sc ([^<>]*)>\s*<%sf([^<>]*)>([^<]*)" % (prefix, prefix))
        self.error = re.compile(
            rb"<%sc ([^<>]*)>\s*(?:<%sf[^<>]*>(?:[^<]*</[^<>]*>)?\s*)?<%sv>([^<]*)"
            % ((prefix,) * 3)
        )

    def formulas(self, chunk: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
        """Attributes of the cell, attributes of the formula and its text, as written."""
        return self._cells(chunk, self.formula_tag, self.formula)

    def errors(self, chunk: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Attributes of the cell and the error value."""
        return self._cells(chunk, _ERROR_TYPE, self.error)

    def _cells(
        self, chunk: bytes, sign: re.Pattern[bytes], cell: re.Pattern[bytes]
    ) -> Iterator[Any]:
        """Cells with a sign in them: trying the expression on all the others would cost more."""
        for hit in sign.finditer(chunk):
            start = chunk.rfind(self.cell_tag, max(hit.start() - _LONGEST_TAG, 0), hit.start())
            if start >= 0 and (found := cell.match(chunk, start)):
                yield found.groups()

    def is_special(self, chunk: bytes) -> bool:
        """True if the piece holds what `details` reads. Plain searches first: they cost a tenth."""
        if self.formula_tag.search(chunk) or b' t="e"' in chunk:
            return True
        return bool(_HIDDEN.search(chunk)) and bool(self.hidden_lines(chunk))

    def hidden_lines(self, chunk: bytes) -> list[int]:
        """Numbers of the rows in the piece that are not shown."""
        rows = [row for row in self.row.findall(chunk) if _HIDDEN.search(row)]
        return [int(number[1]) for row in rows if (number := _ROW_NUMBER.search(row))]


_patterns = lru_cache(maxsize=8)(Patterns)


def scan_sheet(package: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> bool:
    """Raise FileRefused where a worksheet part reaches beyond the limits.

    True if it holds what `details` must look for: formulas, error values, hidden rows.
    """
    rows = cells = area = 0
    special = False
    with package.open(entry) as part:
        for patterns, chunk in sheet_chunks(part, limits):
            rows += chunk.count(patterns.row_tag)
            cells += chunk.count(patterns.cell_tag)
            area += _merged_area(patterns, chunk, limits)
            special = special or patterns.is_special(chunk)
            limits.check(rows=rows - _FORMATTED_ROWS, columns=0, cells=cells)
            if area > limits.max_cells:
                raise FileRefused("merges")
            if patterns.far.search(chunk):
                _check_reach(patterns, chunk, limits)
    return special


def sheet_chunks(part: IO[bytes], limits: Limits) -> Iterator[tuple[Patterns, bytes]]:
    """Pieces of about 1 MB that end between two rows, or two tags where a row is very long."""
    rest = part.read(_CHUNK)
    root = _ROOT.search(rest)
    patterns = _patterns((root and root[1]) or b"", limits)
    while more := part.read(_CHUNK):
        rest += more
        cut = rest.rfind(patterns.row_end)
        if cut <= 0 and len(rest) < _LONGEST_ROW:
            continue
        cut = cut if cut > 0 else rest.rfind(b"<")
        if cut <= 0:
            raise FileRefused("unreadable")
        yield patterns, rest[:cut]
        rest = rest[cut:]
    yield patterns, rest


def column_number(letters: bytes) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def column_letters(number: int) -> str:
    """A for 1, AA for 27."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _beyond(first: bytes, low: bytes, high: bytes, *, longest: int) -> bytes:
    """Expression for what is as long as `first` and starts no lower, or is longer."""
    same = b"[%s-%s][%s-%s]{%d}" % (first[:1], high, low, high, len(first) - 1)
    if len(first) >= longest:
        return same
    return b"%s|[%s-%s]{%d,%d}" % (same, low, high, len(first) + 1, longest)


def _check_reach(patterns: Patterns, chunk: bytes, limits: Limits) -> None:
    """Formatted but empty cells may stand anywhere: only filled ones count."""
    for attributes in patterns.filled.findall(chunk):
        if not attributes.endswith(b"/") and (place := PLACE.search(attributes)):
            limits.check(rows=int(place[2]), columns=column_number(place[1]), cells=0)


def _merged_area(patterns: Patterns, chunk: bytes, limits: Limits) -> int:
    """Cells under the merged ranges of the piece, as far as the limits reach."""
    if patterns.merge_tag not in chunk:
        return 0
    area = 0
    for attributes in patterns.merge.findall(chunk):
        if found := _RANGE.search(attributes):
            left, right = (min(column_number(found[at]), limits.max_columns) for at in (1, 3))
            top, bottom = (min(int(found[at]), limits.max_rows) for at in (2, 4))
            area += max((abs(right - left) + 1) * (abs(bottom - top) + 1), _LEAST_AREA)
    return area
