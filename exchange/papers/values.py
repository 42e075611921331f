"""Values as they are printed in a cell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from exchange.workbooks.formulas import Check, Formula
from exchange.workbooks.specs import CellUnwritable, Column, Kind
from exchange.workbooks.texts import clean


def day_in_words(day: date) -> str:
    """A day as Chinese papers write it: 2019年3月5日."""
    return f"{day.year}年{day.month}月{day.day}日"


CENTERED = {Kind.DATE, Kind.MONTH}

_SHOWN: dict[Kind, Callable[[Any], str]] = {
    Kind.TEXT: str,
    Kind.INTEGER: lambda value: f"{value:.0f}",
    Kind.DECIMAL: lambda value: f"{value:.2f}",
    Kind.WAN: lambda value: f"{Decimal(value).scaleb(-4):.2f}",
    Kind.PERCENT: lambda value: f"{value:.2%}",
    Kind.DATE: day_in_words,
    Kind.MONTH: lambda value: f"{value.year}年{value.month}月",
}


def shown(column: Column, value: Any, line: int) -> str:
    """The text of a cell, as the workbook's format would show it; raises CellUnwritable."""
    if isinstance(value, Formula | Check):
        value = value.value
    if value is None:
        return ""
    if isinstance(value, str) or column.kind is Kind.TEXT:
        return clean(str(value)).replace("\r", "").replace("\t", " ")
    wanted = (date,) if column.kind in CENTERED else (int, float, Decimal)
    if not isinstance(value, wanted) or isinstance(value, bool):
        raise CellUnwritable(column.title, line, value)
    return _SHOWN[column.kind](value)
