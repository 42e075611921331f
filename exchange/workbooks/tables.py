"""One table on as many sheets as it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from exchange.workbooks.behind import Sink
from exchange.workbooks.cells import BodyRows
from exchange.workbooks.sheets import Feed, Plan, SheetPart
from exchange.workbooks.specs import HeadLabels, SheetSpec

Told = Callable[[int], None]


@dataclass(frozen=True)
class Limits:
    """Lines and bytes of XML after which a sheet is full."""

    lines: int
    bytes: int


class Table:
    """Writes the sheets of one table; `finished` after the one that holds its foot."""

    def __init__(self, spec: SheetSpec, labels: HeadLabels, limits: Limits, told: Told) -> None:
        if not spec.columns:
            raise ValueError(f"Sheet {spec.name!r} has no columns.")
        self.spec, self.limits, self.told = spec, limits, told
        self.feed = Feed(spec.rows, len(spec.all_columns))
        self.plan = Plan.of(spec, labels, self.feed.ahead)
        top = self.plan.repeated[1] + 1
        self.body = BodyRows(spec.all_columns, self.plan.all_widths, top=top)
        self.bold = BodyRows(spec.all_columns, self.plan.all_widths, bold=True, top=top)
        self.started = self.finished = False

    @property
    def cut(self) -> int:
        return self.body.cut + self.bold.cut

    def write_sheet(self, out: Sink, selected: bool) -> tuple[SheetPart, int]:
        """Write the next sheet; return it with the number of its rows of data."""
        part = SheetPart(out, self.plan, selected)
        if not self.started and self.spec.totals_at == "first":
            part.rows(self.bold, self._totals())
        self.started = True
        rows = sum(self._pass_rows(part))
        if not self.feed.ahead:
            self._finish(part, alone=not rows)
        part.close(has_picture=bool(self.picture))
        return part, rows

    @property
    def picture(self) -> bytes:
        """What stands under the foot of the sheet just written."""
        return self.spec.foot.picture if self.finished and self.spec.foot else b""

    def _pass_rows(self, part: SheetPart) -> Iterator[int]:
        most = max(self.limits.lines - part.lines, 1)
        while self.feed.ahead and most and part.bytes < self.limits.bytes:
            chunk = self.feed.take(most)
            part.rows(self.body, chunk)
            most -= len(chunk)
            self.told(len(chunk))
            yield len(chunk)

    def _finish(self, part: SheetPart, alone: bool) -> None:
        """Write what stands last, unless the sheet is too full: then the next one takes it."""
        totals = self._totals() if self.spec.totals_at == "last" else ()
        needed = len(totals) + len(self.plan.foot)
        if alone or part.lines + needed <= self.limits.lines:
            part.rows(self.bold, totals)
            part.bands(self.plan.foot)
            self.finished = True

    def _totals(self) -> Sequence[Sequence[Any]]:
        totals = self.spec.totals
        return totals() if callable(totals) else totals
