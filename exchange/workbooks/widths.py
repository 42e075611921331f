"""Widths of columns, from their kinds, their titles and the first rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from exchange.workbooks.formulas import Check, Formula
from exchange.workbooks.frame import least_width
from exchange.workbooks.specs import Column, Head, HeadLabels, Kind
from exchange.workbooks.texts import display_width

PADDING, WIDEST = 2, 42
LIMIT = 255  # of a column in any spreadsheet
TITLE_ON_ONE_LINE = 12  # a longer title may break into two lines
LEAST = {Kind.TEXT: 6, Kind.DATE: 14, Kind.MONTH: 10}  # others: 8
BY_CONTENT = (Kind.TEXT, Kind.INTEGER)  # shown as they are
WITH_PLACES = (Kind.DECIMAL, Kind.WAN)


def column_widths(
    columns: Sequence[Column], rows: Sequence[Sequence[Any]], head: Head | None, labels: HeadLabels
) -> list[float]:
    """A width for each column, in characters; together wide enough for the head.

    `rows` are the first ones of the table: enough to see what names and numbers look like.
    """
    widths = [_width(each, [row[index] for row in rows]) for index, each in enumerate(columns)]
    missing = least_width(head, labels) - sum(widths)
    free = sum(each.width is None for each in columns)
    if missing <= 0 or not free:
        return widths
    share = math.ceil(missing / free)
    return [
        min(width + share, LIMIT) if each.width is None else width
        for each, width in zip(columns, widths, strict=True)
    ]


def _width(column: Column, values: Sequence[Any]) -> float:
    if column.width is not None:
        return column.width
    title = display_width(str(column.title))
    if title > TITLE_ON_ONE_LINE:
        title = max(TITLE_ON_ONE_LINE, math.ceil(title / 2) + 1)
    needed = max(title, display_width(column.code), LEAST.get(column.kind, 8))
    shown = (_shown(column.kind, value) for value in values if value is not None)
    return min(math.ceil(max([needed, *map(display_width, shown)])), WIDEST) + PADDING


def _shown(kind: Kind, value: Any) -> str:
    """The value about as the sheet shows it; nothing where the format alone gives the width."""
    if isinstance(value, Formula | Check):
        value = value.value
    if value is None:
        return ""
    if isinstance(value, str) or kind in BY_CONTENT:
        return str(value)
    if kind in WITH_PLACES and isinstance(value, (int, float, Decimal)):
        return f"{value:.2f}"
    return ""
