"""The form of a cell: always a string, never with a character that could do harm.

Text stands as stored. Everything else carries one marker in front, a control character that
text can no longer hold once it came through `clean`:

    NUMBER   \\x0290  \\x021.5  \\x02621022197003040000     shortest digits, no ".0"
    DATE     \\x032019-06-04  \\x032019-06-04T08:30:00  \\x0308:30:00 (a time of day alone)
    BOOL     \\x041  \\x040
    ERROR    \\x05#REF!
    FORMULA  \\x06=A1&B1  \\x06=… (its text is untold)     as text; it is never computed
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

NUMBER = "\x02"
DATE = "\x03"
BOOL = "\x04"
ERROR = "\x05"
FORMULA = "\x06"
MARKERS = frozenset((NUMBER, DATE, BOOL, ERROR, FORMULA))

LONGEST_TEXT = 2_000
CELL_END = "\x1f"  # between the cells of a joined column; in none of them
TOO_LONG = ERROR + "#TOO-LONG!"
NOT_A_NUMBER = ERROR + "#NUM!"

_marked = re.compile("[\x02-\x06]")
_BREAKS = re.compile("[\t\n\x0b\x0c\r\x85]+")
# C0 and C1 controls, surrogates, bidi overrides and isolates, and the two that XML forbids.
_HARM = "\x00-\x1e\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff"
_HARMFUL = re.compile(f"[{_HARM}]")
_UNSAFE = re.compile(f"[{_HARM}{CELL_END}]")
_EXACT_INTEGERS = 1e16
_LONGEST_WRITTEN_OUT = 1e22
_DAY = timedelta(days=1)


def is_text(cell: str) -> bool:
    """True for text and for the empty cell."""
    return cell[:1] not in MARKERS


def is_number(cell: str) -> bool:
    return cell.startswith(NUMBER)


def is_date(cell: str) -> bool:
    return cell.startswith(DATE)


def is_bool(cell: str) -> bool:
    return cell.startswith(BOOL)


def is_error(cell: str) -> bool:
    return cell.startswith(ERROR)


def is_formula(cell: str) -> bool:
    return cell.startswith(FORMULA)


def content(cell: str) -> str:
    """The cell without its marker: text, digits, an ISO date, 1 or 0, `#REF!`, `=A1`."""
    return cell if is_text(cell) else cell[1:]


def contents(cells: Sequence[str]) -> list[str]:
    """`content` of a column's cells; most have no marker, and a column without costs one look."""
    return list(map(content, cells)) if _marked.search("".join(cells)) else list(cells)


def clean(text: str) -> str:
    """Text without harm: breaks and tabs become one space, other controls and overrides vanish."""
    return _UNSAFE.sub("", _BREAKS.sub(" ", text))


def join_column(values: Sequence[Any]) -> tuple[str, list[int]]:
    """A column from a parser's values, cells parted by CELL_END; the rows that had to be cleaned.

    Written for millions of cells: each string is touched once, by the join; all looking for
    trouble is done on the joined text.
    """
    try:
        texts = joined = CELL_END.join(values)
    except TypeError:
        texts = CELL_END.join([value for value in values if type(value) is str])
        joined = CELL_END.join([_encode(value) for value in values])
    if _doubtful(texts) or joined.count(CELL_END) >= max(len(values), 1):
        return _cleaned(values)
    return joined, []


def _doubtful(texts: str) -> bool:
    """True if one of the joined texts may need cleaning or be too long.

    A text longer than the limit fills a window of half its length, where no cell ends.
    """
    window = LONGEST_TEXT // 2
    return bool(_HARMFUL.search(texts)) or any(
        texts.find(CELL_END, start, start + window) < 0
        for start in range(0, len(texts) - window, window)
    )


def _cleaned(values: Sequence[Any]) -> tuple[str, list[int]]:
    cells = [clean(value) if type(value) is str else _encode(value) for value in values]
    cells = [TOO_LONG if len(cell) > LONGEST_TEXT else cell for cell in cells]
    touched = [
        row
        for row, (cell, value) in enumerate(zip(cells, values, strict=True))
        if type(value) is str and cell != value
    ]
    return CELL_END.join(cells), touched


def _encode(value: Any) -> str:
    return value if type(value) is str else _ENCODERS[type(value)](value)


def _number(value: float) -> str:
    if -_EXACT_INTEGERS < value < _EXACT_INTEGERS:
        whole = int(value)
        return f"{NUMBER}{whole}" if whole == value else NUMBER + repr(value)
    if value - value != 0:  # infinite, or not a number at all
        return NOT_A_NUMBER
    if abs(value) >= _LONGEST_WRITTEN_OUT:
        return NUMBER + repr(value)
    # int() would invent digits where a float has none: 621022197003041000 became ...1024.
    return NUMBER + format(Decimal(repr(value)), "f")


def _moment(value: datetime) -> str:
    return DATE + (value.date() if value.time() == time() else value).isoformat()


_ENCODERS: dict[type, Callable[[Any], str]] = {
    type(None): lambda value: "",
    float: _number,
    int: lambda value: NUMBER + str(value),
    bool: lambda value: BOOL + str(int(value)),
    datetime: _moment,
    date: lambda value: DATE + value.isoformat(),
    time: lambda value: DATE + value.isoformat(),
    timedelta: lambda value: _number(value / _DAY),
}
