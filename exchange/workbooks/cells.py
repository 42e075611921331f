"""Values to the XML of cells, one column of a chunk of rows at a time.

The body of a sheet is made by filling one template a row. A column whose chunk is plain (clean
text, finite numbers, dates that spreadsheets agree on) gives bare values to a narrow slot of the
template; any other chunk gives whole cells to an open slot. Nearly all chunks are plain, and
looking at a whole chunk at once costs a fraction of looking at each cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from xml.sax.saxutils import escape

from exchange.workbooks.specs import CellUnwritable, Column, Kind
from exchange.workbooks.styles import NUMBER_OF

CELL_LIMIT = 32_767  # UTF-16 units a cell may hold
TEXT_FORMAT_LIMIT = 255  # longer cells in text format are shown as ####
EPOCH = date(1899, 12, 30).toordinal()
# Before this day the programs disagree: Excel counts a 29 February 1900 that never was.
FIRST_DATE = date(1900, 3, 1)

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Spreadsheets read _x0041_ in a text as the letter A: the underscore is written by its own code.
_CODED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_SPECIAL = ("&", "<", ">", "_x", " |", "| ")
_ENTITIES = {"\r": "&#13;", '"': "&quot;"}


def clean(text: str) -> str:
    """The text without the characters that XML cannot carry (control characters, surrogates)."""
    return _ILLEGAL.sub("", text)


def xml_text(text: str) -> str:
    """Clean and escape a text for an element or an attribute in double quotes."""
    return escape(clean(text), _ENTITIES)


def cell_text(text: str) -> str:
    """Clean and escape a text for the string of a cell."""
    return escape(_CODED.sub("_x005F_", clean(text)), {"\r": "&#13;"})


def column_letters(index: int) -> str:
    """A for 0, Z for 25, AA for 26."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def text_cell(text: str, style: int) -> str:
    """The rest of a cell, after its reference, holding a text; an empty one for no text."""
    content = cell_text(text)
    if not content:
        return f' s="{style}"/>'
    return f' s="{style}" t="inlineStr"><is><t xml:space="preserve">{content}</t></is></c>'


def fitted(text: str) -> str:
    """The text cut to what a cell may hold."""
    if len(text) <= CELL_LIMIT // 2:
        return text
    units = clean(text).encode("utf-16-le")
    return units[: 2 * CELL_LIMIT].decode("utf-16-le", "ignore")


def _finite(value: object) -> bool:
    is_number = isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
    return is_number and Decimal(value).is_finite()  # type: ignore[arg-type]


def _number(value: object) -> str | None:
    if not _finite(value):
        return None
    return str(int(value)) if isinstance(value, int) else str(value)


def _ten_thousands(value: object) -> str | None:
    if not _finite(value):
        return None
    return str(Decimal(str(value)).scaleb(-4))


def _day(value: object) -> str | None:
    if not isinstance(value, date) or isinstance(value, datetime) or value < FIRST_DATE:
        return None
    return str(value.toordinal() - EPOCH)


def _plain_text(values: Sequence[object]) -> list[str] | None:
    texts = ["" if value is None else value for value in values]
    if set(map(type, texts)) != {str}:
        return None
    whole = "|".join(["", *texts, ""])  # type: ignore[list-item]
    if not whole.isprintable() or any(mark in whole for mark in _SPECIAL):
        return None
    return None if max(map(len, texts)) > TEXT_FORMAT_LIMIT else texts  # type: ignore[arg-type,return-value]


def _plain_numbers(values: Sequence[object]) -> list[str] | None:
    if not set(map(type, values)) <= {int, Decimal, float, type(None)}:
        return None
    texts = ["" if value is None else str(value) for value in values]
    # Only what is no finite number (nan, inf, Infinity, sNaN) has an N in its text.
    return None if "N" in "".join(texts).upper() else texts


def _plain_ten_thousands(values: Sequence[object]) -> list[str] | None:
    if not set(map(type, values)) <= {Decimal, type(None)}:
        return None
    return _plain_numbers([None if value is None else value.scaleb(-4) for value in values])  # type: ignore[attr-defined]


def _plain_days(values: Sequence[object]) -> list[str] | None:
    if not set(map(type, values)) <= {date, type(None)}:
        return None
    if min((value for value in values if value is not None), default=FIRST_DATE) < FIRST_DATE:  # type: ignore[type-var]
        return None
    return ["" if value is None else str(value.toordinal() - EPOCH) for value in values]  # type: ignore[attr-defined]


Plain = Callable[[Sequence[object]], "list[str] | None"]
_PLAIN: dict[Kind, Plain] = {
    Kind.TEXT: _plain_text,
    Kind.INTEGER: _plain_numbers,
    Kind.DECIMAL: _plain_numbers,
    Kind.WAN: _plain_ten_thousands,
    Kind.PERCENT: _plain_numbers,
    Kind.DATE: _plain_days,
    Kind.MONTH: _plain_days,
}
_ONE: dict[Kind, Callable[[object], str | None]] = {
    Kind.INTEGER: _number,
    Kind.DECIMAL: _number,
    Kind.WAN: _ten_thousands,
    Kind.PERCENT: _number,
    Kind.DATE: _day,
    Kind.MONTH: _day,
}
