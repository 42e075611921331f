"""Columns of a roster: the headings they go by, and how their cells are read.

A reader takes a column's cells as they stand in the file (see `exchange.files` for
how numbers and dates are marked) and returns as many typed values, None where a
cell is empty or unreadable. What it mended is counted, what it could not read is a
finding; a cell is never guessed.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as N_

from core.rules import Finding, Rule, Severity
from exchange.files import cells as marks
from exchange.imports.cleaning import plain, tidy

CELL_IS_FILLED = Rule(
    key="exchange.required_cell_is_filled",
    name=_("A required cell is filled in"),
    severity=Severity.BLOCK,
    citation="填表说明：必填项不得为空",
)
DATE_EXISTS = Rule(
    key="exchange.date_exists",
    name=_("A date is a day of the calendar"),
    severity=Severity.BLOCK,
    citation="GB/T 7408",
)
CHOICE_IS_LISTED = Rule(
    key="exchange.choice_is_listed",
    name=_("A choice stands in the list"),
    severity=Severity.BLOCK,
    citation="填表说明：代码项按所列内容填写",
)
NUMBER_IS_PLAUSIBLE = Rule(
    key="exchange.number_is_plausible",
    name=_("A number is a number of the right size"),
    severity=Severity.BLOCK,
    citation="填表说明：数值项填写数字",
)
NO_FORMULA = Rule(
    key="exchange.cell_is_no_formula",
    name=_("A cell holds a value, not a formula"),
    severity=Severity.BLOCK,
    citation="填表说明：上报文件不得含公式",
)
TEXT_FITS = Rule(
    key="exchange.text_fits",
    name=_("A text is not too long"),
    severity=Severity.BLOCK,
    citation="填表说明：文字长度",
)
SHAPE_RULES = (
    CELL_IS_FILLED,
    DATE_EXISTS,
    CHOICE_IS_LISTED,
    NUMBER_IS_PLAUSIBLE,
    NO_FORMULA,
    TEXT_FITS,
)


@dataclass
class Reading:
    """What reading one column, or the columns of one file, has found so far.

    `first_row` is the batch row of the first cell being read; `column` the column's
    name. `as_written` keeps a cell's own wording where a value has another official one.
    """

    column: str = ""
    title: str = ""
    first_row: int = 0
    repairs: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    as_written: dict[int, dict[str, str]] = field(default_factory=dict)

    def trouble(self, rule: Rule, row: int, sentence: str, **params: Any) -> None:
        """Note that the cell `row` of this column could not be read."""
        params = {"title": self.title} | params
        self.findings.append(
            rule.finding(self.first_row + row, self.column, sentence, params)
        )

    def keep_wording(self, row: int, wording: str) -> None:
        self.as_written.setdefault(self.first_row + row, {})[self.column] = wording


Reader = Callable[[Sequence[str], Reading], list[Any]]


@dataclass(frozen=True)
class Column:
    """A declared column: `title` is its official heading, `also` the other usual ones."""

    name: str
    title: str
    read: Reader
    also: tuple[str, ...] = ()
    required: bool = False


def text(max_length: int) -> Reader:
    """Cells as plain text, None when empty."""

    def read(cells: Sequence[str], reading: Reading) -> list[str | None]:
        values: list[str | None] = [value or None for value in tidy(cells, reading.repairs)]
        for row, value in enumerate(values):
            if value and len(value) > max_length:
                reading.trouble(TEXT_FITS, row, TOO_LONG, length=len(value), limit=max_length)
                values[row] = None
        return values

    return read


def choice(
    values: dict[str, str], *, official: dict[str, str], also: dict[str, str] | None = None
) -> Reader:
    """One of a list: `values` maps a wording to its value, `official` a value to its wording.

    `also` gives further wordings in use. A cell that uses one of those keeps it.
    """
    wordings = values | (also or {})

    def read(cells: Sequence[str], reading: Reading) -> list[str | None]:
        tidied = tidy(cells, reading.repairs)
        found = list(map(wordings.get, tidied))
        for row in [row for row, value in enumerate(found) if value is None and tidied[row]]:
            shown = plain(cells[row])[:20]
            reading.trouble(CHOICE_IS_LISTED, row, NOT_LISTED, value=shown)
        for row, value in enumerate(found):
            if value is not None and official[value] != tidied[row]:
                reading.keep_wording(row, tidied[row])
        return found

    return read


DATE_TEXT = re.compile(
    r"(?P<y>(?:19|20)\d\d)(?:[-./年])(?P<m>\d{1,2})(?:[-./月])(?P<d>\d{1,2})日?(?: 0?0:00(?::00)?)?"
    r"|(?P<y8>(?:19|20)\d\d)(?P<m8>\d\d)(?P<d8>\d\d)"
)
SERIAL_ORIGIN = datetime.date(1899, 12, 30)
# Serial 61 is 1 March 1900: before it the spreadsheet counts a day that never was.
FIRST_SOUND_SERIAL, LAST_SERIAL = 61, 73050


def date(cells: Sequence[str], reading: Reading) -> list[datetime.date | None]:
    """Days in any usual writing, serial numbers included."""
    seen: dict[str, datetime.date | None] = {"": None}
    values = []
    for row, cell in enumerate(cells):
        if cell not in seen:
            seen[cell] = one_date(cell)
        day = seen[cell]
        if day is None and plain(cell):
            reading.trouble(DATE_EXISTS, row, NO_SUCH_DATE, value=plain(cell)[:30])
        values.append(day)
    return values


def one_date(cell: str) -> datetime.date | None:
    """The day a cell stands for, or None."""
    shown = "".join(plain(cell).split()) if marks.is_text(cell) else plain(cell)
    if marks.is_date(cell):
        return datetime.date.fromisoformat(shown[:10])
    found = DATE_TEXT.fullmatch(shown) or DATE_TEXT.fullmatch(plain(cell))
    try:
        if found:
            year, month, day = (int(part) for part in found.groups() if part)
            return datetime.date(year, month, day)
        serial = float(shown)
    except ValueError:
        return None
    if serial != int(serial) or not FIRST_SOUND_SERIAL <= serial <= LAST_SERIAL:
        return None
    return SERIAL_ORIGIN + datetime.timedelta(days=int(serial))


def number(*, most: Decimal, places: int = 1) -> Reader:
    """A number from 0 to `most` with at most `places` decimals."""

    def read(cells: Sequence[str], reading: Reading) -> list[Decimal | None]:
        seen: dict[str, Decimal | None] = {"": None}
        values = []
        for row, cell in enumerate(cells):
            if cell not in seen:
                seen[cell] = one_number(cell, most, places)
            if seen[cell] is None and plain(cell):
                reading.trouble(NUMBER_IS_PLAUSIBLE, row, NO_NUMBER, value=plain(cell)[:20])
            values.append(seen[cell])
        return values

    return read


def one_number(cell: str, most: Decimal, places: int) -> Decimal | None:
    try:
        value = Decimal(plain(cell).removesuffix("学时"))
    except InvalidOperation:
        return None
    if not value.is_finite() or not 0 <= value <= most or value != round(value, places):
        return None
    return value


TOO_LONG = N_("“%(title)s” has %(length)s characters; at most %(limit)s fit. Shorten it.")
NOT_LISTED = N_("“%(value)s” is not in the list for “%(title)s”. Choose one of the listed words.")
NO_SUCH_DATE = N_("“%(value)s” in “%(title)s” is not a day of the calendar. Write it like 2019-06-04.")
NO_NUMBER = N_("“%(value)s” in “%(title)s” is not a number that can be. Write digits only.")
EMPTY = N_("“%(title)s” is empty. Fill it in.")
FORMULA = N_("“%(title)s” holds a formula. Replace it by its value.")
