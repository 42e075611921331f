"""The burden of official tables: how many cells came without a key pressed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from exchange.models import TableCell
from exchange.periods import Period
from exchange.querysets import TableFilingQuerySet
from exchange.tables.declared import Table, all_tables

Origin = TableCell.Origin


@dataclass(frozen=True)
class Burden:
    """The cells of the filed tables of one declaration, by where they came from."""

    table: Table
    filings: int
    ledger: int
    formula: int
    typed: int
    explained: int

    @property
    def cells(self) -> int:
        """Cells that hold something; those that do not apply are nobody's burden."""
        return self.ledger + self.formula + self.typed

    @property
    def share(self) -> float | None:
        """The part of the cells that nobody typed; None before anything is filed."""
        return (self.ledger + self.formula) / self.cells if self.cells else None


def burden_of(filings: TableFilingQuerySet, period: Period | None = None) -> list[Burden]:
    """The burden of each declared table over these filings, those of a period where one is named.

    Each region and period counts once, by its newest round; a draft is not counted yet.
    """
    rows = filings.filter(state__in=["filed", "accepted"])
    if period is not None:
        rows = rows.filter(period=period.text)
    held = Q(cells__value__isnull=False) | ~Q(cells__text="")
    found = {
        row["table"]: row
        for row in rows.order_by()
        .values("table")
        .annotate(
            filings=Count("pk", distinct=True),
            ledger=Count("cells", filter=held & Q(cells__origin=Origin.LEDGER)),
            formula=Count("cells", filter=held & Q(cells__origin=Origin.FORMULA)),
            typed=Count("cells", filter=held & Q(cells__origin=Origin.TYPED)),
            explained=Count("cells", filter=~Q(cells__explanation="")),
        )
    }
    return [_burden(table, found.get(table.key, {})) for table in all_tables()]


def _burden(table: Table, row: dict[str, int]) -> Burden:
    names = ("filings", "ledger", "formula", "typed", "explained")
    return Burden(table, **{name: row.get(name, 0) for name in names})
