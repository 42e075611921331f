"""Raw dumps as CSV that spreadsheets open in Chinese and in which no cell can act."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO

from exchange.workbooks.aside import Target, write_aside
from exchange.workbooks.sheets import Feed
from exchange.workbooks.specs import Column, Kind, WorkbookDamaged, WorkbookInfo
from exchange.workbooks.texts import clean

# First characters that make a program compute a cell, also after blanks; and those that end
# a cell or a line in programs that do not heed quotes.
_ACTS = re.compile(r"[\s\ufeff]*[=+\-@＝＋－＠]|[\t\r\n]")


def write_csv(
    target: Target,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    *,
    progress: Callable[[int], None] | None = None,
) -> WorkbookInfo:
    """Write rows as CSV: UTF-8 with BOM, every field quoted, the column titles first.

    A text that a spreadsheet might compute gets an apostrophe before it; numbers stay numbers,
    yuan of a WAN column are divided by 10,000, dates are ISO, None is an empty field. Written
    aside like a workbook. The number of rows stands under "csv" in what is returned.
    """
    dump = _Dump(columns, progress)
    stamp = write_aside(target, lambda file: dump.fill(file, Feed(rows, len(columns))), dump.check)
    return WorkbookInfo(rows={"csv": dump.rows}, size=stamp.size, sha256=stamp.sha256)


def harmless(text: str) -> str:
    """The clean text, with an apostrophe before it when a spreadsheet might compute it."""
    text = clean(text)
    return f"'{text}" if _ACTS.match(text) else text


def _shown(kind: Kind, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (int, float, Decimal)):
        return str(Decimal(str(value)).scaleb(-4) if kind is Kind.WAN else value)
    if isinstance(value, date):
        return value.isoformat()
    return harmless(str(value))


class _Dump:
    def __init__(self, columns: Sequence[Column], progress: Callable[[int], None] | None) -> None:
        self.columns, self.progress = columns, progress
        self.rows = 0
        self.size = 0

    def fill(self, file: BinaryIO, feed: Feed) -> None:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        sheet = csv.writer(text, quoting=csv.QUOTE_ALL)
        sheet.writerow([harmless(str(each.title)) for each in self.columns])
        kinds = [each.kind for each in self.columns]
        while chunk := feed.take():
            sheet.writerows(
                [_shown(kind, value) for kind, value in zip(kinds, row, strict=True)]
                for row in chunk
            )
            self.rows += len(chunk)
            if self.progress:
                self.progress(self.rows)
        text.flush()
        self.size = file.tell()
        text.detach()

    def check(self, file: BinaryIO) -> None:
        """All that was written is there."""
        if file.seek(0, io.SEEK_END) != self.size:
            raise WorkbookDamaged(f"{self.size} bytes were written.")
