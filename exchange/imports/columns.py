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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.repairs import repair_text_column
from core.rules import Finding, Rule, Severity
from core.sealing import mask_stray_numbers
from exchange.files import cells as marks
from exchange.imports.dates import one_date

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
NO_ERROR = Rule(
    key="exchange.cell_is_no_error",
    name=_("A cell holds a value, not an error"),
    severity=Severity.BLOCK,
    citation="填表说明：上报文件不得含公式及错误值",
)
TEXT_FITS = Rule(
    key="exchange.text_fits",
    name=_("A text is not too long"),
    severity=Severity.BLOCK,
    citation="填表说明：文字长度",
)
NO_DITTO = Rule(
    key="exchange.cell_says_itself",
    name=_("A cell does not point to the line above"),
    severity=Severity.BLOCK,
    citation="填表说明：逐项填写，不得以“同上”代替",
)
SHAPE_RULES = (
    CELL_IS_FILLED,
    DATE_EXISTS,
    CHOICE_IS_LISTED,
    NUMBER_IS_PLAUSIBLE,
    NO_FORMULA,
    NO_ERROR,
    NO_DITTO,
    TEXT_FITS,
)


@dataclass
class Reading:
    """What reading one column, or the columns of one file, has found so far.

    `first_row` is the batch row of the first cell being read; `column` the column's
    name. `tidied` counts as `repairs` does, where only the manner of writing was changed
    that everybody writes otherwise. `as_written` keeps a cell's own wording where a value has another official one.
    """

    column: str = ""
    title: str = ""
    first_row: int = 0
    repairs: Counter[str] = field(default_factory=Counter)
    tidied: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    as_written: dict[int, dict[str, str]] = field(default_factory=dict)

    def trouble(self, rule: Rule, row: int, sentence: str, **params: Any) -> None:
        """Note that the cell `row` of this column could not be read.

        A finding is kept in clear, so a personal number in a wrong column is masked here.
        """
        shown = {k: mask_stray_numbers(v) if isinstance(v, str) else v for k, v in params.items()}
        params = {"title": self.title} | shown
        self.findings.append(rule.finding(self.first_row + row, self.column, sentence, params))

    def keep_wording(self, row: int, wording: str) -> None:
        self.as_written.setdefault(self.first_row + row, {})[self.column] = wording


Reader = Callable[[Sequence[str], Reading], list[Any]]
Split = Callable[[str], Sequence[str]]


@dataclass(frozen=True)
class Column:
    """A declared column: `title` is its official heading, `also` the other usual ones.

    `for_all` columns may also stand above a table, as a fact of all its rows. `parts`
    names the columns whose content this one may hold in one cell, itself among them if
    it is one of its own parts; where a part has no column of its own, `split` gives the
    parts' cells, or the rows are parted when the whole batch is resolved.
    """

    name: str
    title: str
    read: Reader
    also: tuple[str, ...] = ()
    required: bool = False
    for_all: bool = False
    parts: tuple[str, ...] = ()
    split: Split | None = None

    @property
    def is_composite(self) -> bool:
        """Whether it only holds what other columns are there for."""
        return bool(self.parts) and self.name not in self.parts


def texts(cells: Sequence[str], reading: Reading, *, compact: bool = False) -> list[str]:
    """Cells as repaired text without marks; `compact` also takes out the spaces inside."""
    repaired, counts = repair_text_column(list(cells), compact=compact)
    reading.repairs.update(counts)
    return marks.contents(repaired)


def text(max_length: int, *, compact: bool = False) -> Reader:
    """Cells as plain text, None when empty."""

    def read(cells: Sequence[str], reading: Reading) -> list[str | None]:
        read = texts(cells, reading, compact=compact)
        values: list[str | None] = [value or None for value in read]
        if max(map(len, read), default=0) > max_length:
            for row, value in enumerate(read):
                if len(value) > max_length:
                    reading.trouble(TEXT_FITS, row, TOO_LONG, length=len(value), limit=max_length)
                    values[row] = None
        return values

    return read


@dataclass(frozen=True)
class Choice:
    """Reads one of a list: `wordings` maps a value to its official wording.

    `also` maps further wordings in use to their values. A cell that uses one of
    those keeps it, so that its office finds its own words again.
    """

    wordings: Mapping[Any, str]
    also: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, cells: Sequence[str], reading: Reading) -> list[str | None]:
        values = {wording: value for value, wording in self.wordings.items()} | dict(self.also)
        written = texts(cells, reading, compact=True)
        found = list(map(values.get, written))
        # Most rows use the official words, which ask for nothing.
        noted = set(written).difference(self.wordings.values(), ("",))
        for row in (row for row, word in enumerate(written) if word in noted) if noted else ():
            if found[row] is None:
                reading.trouble(CHOICE_IS_LISTED, row, NOT_LISTED, value=written[row][:20])
            else:
                reading.keep_wording(row, written[row])
        return found


def choice(wordings: Mapping[Any, str], *, also: Mapping[str, Any] | None = None) -> Choice:
    """One of a list, by its official wording or one of `also`."""
    return Choice(wordings, also or {})


DECIMAL = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def date(cells: Sequence[str], reading: Reading) -> list[datetime.date | None]:
    """Days in any usual writing, serial numbers included."""
    return _each_distinct(cells, reading, one_date, DATE_EXISTS, NO_SUCH_DATE, compact=False)


@dataclass(frozen=True)
class Number:
    """Reads a number from 0 to `most` with at most `places` decimals, or with one of `units`."""

    most: int
    places: int = 1
    units: tuple[str, ...] = ()

    def __call__(self, cells: Sequence[str], reading: Reading) -> list[Decimal | None]:
        return _each_distinct(cells, reading, self.one_number, NUMBER_IS_PLAUSIBLE, NO_NUMBER)

    def one_number(self, cell: str) -> Decimal | None:
        unit = next((unit for unit in self.units if cell.endswith(unit)), "")
        cell = cell.removesuffix(unit)
        if not (marks.is_number(cell) or DECIMAL.fullmatch(cell)):
            return None
        value = Decimal(marks.content(cell))
        fits = value.is_finite() and 0 <= value <= self.most and value == round(value, self.places)
        return value if fits else None


def number(*, most: int, places: int = 1, units: tuple[str, ...] = ()) -> Number:
    """A number from 0 to `most` with at most `places` decimals; one of `units` may follow."""
    return Number(most, places, units)


V = TypeVar("V")


def _each_distinct(
    cells: Sequence[str],
    reading: Reading,
    convert: Callable[[str], V | None],
    rule: Rule,
    sentence: str,
    *,
    compact: bool = True,
) -> list[V | None]:
    """Convert each distinct cell once; what cannot be converted is a finding, not an error."""
    written, counts = repair_text_column(list(cells), compact=compact)
    reading.repairs.update(counts)
    seen: dict[str, V | None] = {"": None}
    for cell in set(written) - seen.keys():
        try:
            seen[cell] = convert(cell)
        except (ValueError, ArithmeticError):
            seen[cell] = None
    values = list(map(seen.__getitem__, written))
    if any(value is None and cell for cell, value in seen.items()):
        for row, value in enumerate(values):
            if value is None and written[row]:
                reading.trouble(rule, row, sentence, value=marks.content(written[row])[:30])
    return values


TOO_LONG = gettext_noop("“%(title)s” has %(length)s characters; at most %(limit)s fit. Shorten it.")
NOT_LISTED = gettext_noop(
    "“%(value)s” is not in the list for “%(title)s”. Choose one of the listed words."
)
NO_SUCH_DATE = gettext_noop(
    "“%(value)s” in “%(title)s” is not a day of the calendar. Write it like 2019-06-04."
)
NO_NUMBER = gettext_noop(
    "“%(value)s” in “%(title)s” is not a number that can be. Write digits only."
)
EMPTY = gettext_noop("“%(title)s” is empty. Fill it in.")
FORMULA = gettext_noop("“%(title)s” holds a formula. Replace it by its value.")
SAME_AS_ABOVE = gettext_noop(
    "“%(value)s” in “%(title)s” points to the line above. Write the content itself."
)
ERROR_VALUE = gettext_noop(
    "“%(title)s” holds the error %(value)s. Put the right content in its place."
)
MUCH_TOO_LONG = gettext_noop("“%(title)s” has more than %(limit)s characters. Shorten it.")
