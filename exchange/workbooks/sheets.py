"""One sheet, written as its rows come: what stands before the rows, the rows, what follows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from exchange.workbooks.behind import Sink
from exchange.workbooks.cells import BodyRows
from exchange.workbooks.frame import (
    Band,
    foot_bands,
    head_bands,
    heading_bands,
    page_footer_xml,
)
from exchange.workbooks.parts import DECLARATION, MAIN
from exchange.workbooks.pictures import reference
from exchange.workbooks.specs import HeadLabels, Kind, SheetSpec
from exchange.workbooks.texts import column_letters
from exchange.workbooks.widths import column_widths

CHUNK = 500
ASIDE = 24  # characters
PAPERS = {"A4": 9, "A3": 8}
MARGINS = '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'


class Feed:
    """Rows of `width` values drawn once, a chunk at a time, the next chunk always in sight."""

    def __init__(self, rows: Iterable[Sequence[Any]], width: int) -> None:
        self.rows = iter(rows)
        self.width = width
        self.ahead: list[Sequence[Any]] = []
        self._look()

    def take(self, most: int = CHUNK) -> list[Sequence[Any]]:
        chunk, self.ahead = self.ahead[:most], self.ahead[most:]
        self._look()
        return chunk

    def _look(self) -> None:
        if not self.ahead:
            self.ahead = list(islice(self.rows, CHUNK))
            if any(len(row) != self.width for row in self.ahead):
                raise ValueError(f"Every row must have {self.width} values, one for each column.")


@dataclass(frozen=True)
class Plan:
    """What is the same on every sheet a table runs over."""

    spec: SheetSpec
    labels: HeadLabels
    widths: Sequence[float]
    beside: Sequence[float]
    head: Sequence[Band]
    headings: Sequence[Band]
    foot: Sequence[Band]

    @classmethod
    def of(cls, spec: SheetSpec, labels: HeadLabels, sample: Sequence[Sequence[Any]]) -> Plan:
        widths = column_widths(spec.columns, sample, spec.head, labels)
        beside = [each.width or ASIDE for each in spec.aside]
        return cls(
            spec,
            labels,
            widths,
            beside,
            head=head_bands(spec.head, labels, widths),
            headings=heading_bands(spec.columns, widths, spec.aside, beside),
            foot=foot_bands(spec.foot, labels, widths),
        )

    @property
    def all_widths(self) -> Sequence[float]:
        return (*self.widths, *self.beside)

    @property
    def repeated(self) -> tuple[int, int]:
        """First and last line of the column headings."""
        return len(self.head) + 1, len(self.head) + len(self.headings)

    def opening(self, selected: bool) -> str:
        spec = self.spec
        columns = "".join(
            f'<col min="{number}" max="{number}" width="{width:g}" customWidth="1"/>'
            for number, width in enumerate(self.all_widths, 1)
        )
        return (
            f'{DECLARATION}<worksheet xmlns="{MAIN}">'
            '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<sheetViews><sheetView tabSelected="{int(selected)}" workbookViewId="0">'
            f"{_pane(self.repeated[1], spec.freeze)}</sheetView></sheetViews>"
            f'<sheetFormatPr defaultRowHeight="16.5"/><cols>{columns}</cols><sheetData>'
        )

    def closing(self, merges: Sequence[str], lines: int, *, has_picture: bool) -> str:
        merged = "".join(f'<mergeCell ref="{each}"/>' for each in merges)
        if merged:
            merged = f'<mergeCells count="{len(merges)}">{merged}</mergeCells>'
        orientation = "landscape" if self.spec.landscape else "portrait"
        return (
            f'</sheetData>{merged}<printOptions horizontalCentered="1"/>{MARGINS}'
            f'<pageSetup paperSize="{PAPERS[self.spec.paper]}" orientation="{orientation}"'
            f' fitToWidth="1" fitToHeight="0"/>{page_footer_xml(self.labels)}'
            f"{self._text_numbers(lines)}{reference() if has_picture else ''}</worksheet>"
        )

    def _text_numbers(self, lines: int) -> str:
        # An ID is a number written as text on purpose: no green corner on every one of them.
        first = self.repeated[1] + 1
        letters = [
            column_letters(index)
            for index, each in enumerate(self.spec.columns)
            if each.kind is Kind.TEXT
        ]
        if not letters or lines < first:
            return ""
        areas = " ".join(f"{each}{first}:{each}{lines}" for each in letters)
        ignored = f'<ignoredError sqref="{areas}" numberStoredAsText="1"/>'
        return f"<ignoredErrors>{ignored}</ignoredErrors>"


def _pane(lines: int, columns: int) -> str:
    corner = f"{column_letters(columns)}{lines + 1}"
    split = f' xSplit="{columns}"' if columns else ""
    place = "bottomRight" if columns else "bottomLeft"
    return (
        f'<pane{split} ySplit="{lines}" topLeftCell="{corner}" activePane="{place}"'
        f' state="frozen"/><selection pane="{place}" activeCell="{corner}" sqref="{corner}"/>'
    )


class SheetPart:
    """Writes one sheet into an open part of the package; counts lines and bytes."""

    def __init__(self, out: Sink, plan: Plan, selected: bool) -> None:
        self.out = out
        self.plan = plan
        self.lines = 0
        self.bytes = 0
        self.merges: list[str] = []
        self._write(plan.opening(selected).encode())
        self.bands([*plan.head, *plan.headings])

    def bands(self, bands: Sequence[Band]) -> None:
        for band in bands:
            self.lines += 1
            self.merges += band.merges(self.lines)
            self._write(band.xml(self.lines).encode())

    def rows(self, body: BodyRows, rows: Sequence[Sequence[Any]]) -> None:
        if rows:
            self._write(body.xml(rows, self.lines + 1))
            self.lines += len(rows)

    def close(self, *, has_picture: bool = False) -> None:
        closing = self.plan.closing(self.merges, self.lines, has_picture=has_picture)
        self._write(closing.encode())

    def _write(self, data: bytes) -> None:
        self.bytes += len(data)
        self.out.write(data)
