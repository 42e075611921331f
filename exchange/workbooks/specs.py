"""What a workbook is made of, as data. Nothing here knows XML, a database or a language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Literal

STEMS = "甲乙丙丁戊己庚辛壬癸"  # codes of the columns that hold words, not figures

Row = Sequence[object]
Totals = Sequence[Row] | Callable[[], Sequence[Row]]


class Kind(Enum):
    """How the values of a column are written and shown. `None` is an empty cell in every kind.

    A `str` in a column of numbers or dates is written as text, so that "—" may stand for
    'does not apply'. Any other value of the wrong type raises CellUnwritable.
    """

    TEXT = "text"  # anything, by str(); keeps leading zeros and all 18 digits of an ID
    INTEGER = "integer"
    DECIMAL = "decimal"  # shown with 2 places, stored whole
    WAN = "wan"  # value in yuan, stored and shown in 万元 (value / 10,000) with 2 places
    PERCENT = "percent"  # value is a ratio: 0.5 is shown as 50.00%
    DATE = "date"  # datetime.date, shown as 2019年12月1日
    MONTH = "month"  # datetime.date, shown as 2019年12月


@dataclass(frozen=True)
class Column:
    """One column. Neighbors with the same `group` get one merged heading above their titles."""

    title: str
    kind: Kind = Kind.TEXT
    width: float | None = None  # in characters of the body font; None: from title and content
    group: str = ""
    code: str = ""  # 甲, 乙, (1), (2): a row of codes is printed when any column has one


@dataclass(frozen=True, kw_only=True)
class Head:
    """Head of an official table; an empty field prints nothing, not even its label."""

    title: str
    reporting_office: str = ""  # 填报单位, left above the table
    period: str = ""  # center
    unit: str = ""  # 计量单位, right
    table_number: str = ""  # 表号 and the four below it: block at the top right
    issued_by: str = ""  # 制定机关
    approved_by: str = ""  # 批准机关
    document_number: str = ""  # 文号
    valid_until: str = ""  # 有效期至


@dataclass(frozen=True, kw_only=True)
class HeadLabels:
    """The words around the values of a head, in the reader's language."""

    table_number: str
    issued_by: str
    approved_by: str
    document_number: str
    valid_until: str
    reporting_office: str
    unit: str
    page_footer: str = "&P / &N"  # printed below each page: &P is the page, &N their number
    undrawn: str = "No font has these characters: "  # before the list of them; PDF only
    undrawn_at: str = "{character} in line {line}, {column}"
    colon: str = "："


@dataclass(frozen=True)
class Foot:
    """Lines of (label, value) pairs spread over the width, then notes over the whole width.

    `picture` is a PNG that stands under them, 20 mm square.
    """

    lines: Sequence[Sequence[tuple[str, str]]] = ()
    notes: Sequence[str] = ()
    picture: bytes = b""


@dataclass(frozen=True)
class SheetSpec:
    """One sheet; `rows` is drawn once, a chunk at a time.

    `totals` are printed bold, before or after the rows. A callable is asked when they are
    written, so that totals that stand last may be summed while the rows pass by. Columns of
    `aside` stand to the right of what is printed, as the balance checks of a table; each row
    holds their values too. Formulas stand on the first sheet of a table only.
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Row]
    head: Head | None = None
    foot: Foot | None = None
    totals: Totals = ()
    totals_at: Literal["first", "last"] = "first"
    paper: Literal["A4", "A3"] = "A4"
    landscape: bool = True
    freeze: int = 0  # columns that stay in sight when scrolling to the right
    aside: Sequence[Column] = ()

    @property
    def all_columns(self) -> Sequence[Column]:
        return (*self.columns, *self.aside)


@dataclass(frozen=True)
class WorkbookInfo:
    """What was written: rows of data by sheet name (totals not counted), bytes, hash.

    `cut` counts texts longer than a cell may hold (32,767 UTF-16 units), cut to that length.
    """

    rows: Mapping[str, int] = field(default_factory=dict)
    size: int = 0
    sha256: str = ""
    cut: int = 0


class CellUnwritable(ValueError):
    """A value that its column cannot show. Says where and of what type, never the value itself."""

    def __init__(self, column: str, line: int, value: object) -> None:
        super().__init__(f"Column {column!r}, line {line}: cannot write a {type(value).__name__}.")
        self.column = column
        self.line = line


class WorkbookDamaged(OSError):
    """The written file did not read back whole; nothing was put under its name."""


def with_codes(columns: Sequence[Column], letters: str = STEMS) -> tuple[Column, ...]:
    """Code the columns as official tables do: 甲, 乙... for labels, (1), (2)... for figures."""
    labels = iter(letters)
    numbers = iter(range(1, len(columns) + 1))
    worded = (Kind.TEXT, Kind.DATE, Kind.MONTH)
    return tuple(
        replace(each, code=next(labels, "") if each.kind in worded else f"({next(numbers)})")
        for each in columns
    )
