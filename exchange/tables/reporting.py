"""Every official table as a report: made by order, for all offices beneath, kept once it is filed."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.functional import lazystr

from exchange.models import Format, TableFiling
from exchange.reports import Frozen, ReportContext, ReportKind
from exchange.tables import papers
from exchange.tables.declared import Table
from exchange.tables.filling import fill
from exchange.tables.heads import Signed, foot_of, form_of, head_of
from exchange.tables.sheets import sheet_of
from exchange.tables.stems import Context, lines_of
from exchange.workbooks import SheetSpec

State = TableFiling.State
# Of how a table is drawn of what was filed; raised with whatever changes the bytes of its file.
VERSION = "2"
STANDING = (State.DRAFT, State.FILED, State.ACCEPTED)


def report_of(table: Table) -> ReportKind:
    """The report of a table: as it was filed where it is, else filled as of now, as a draft."""

    def sheets(context: ReportContext) -> Iterator[SheetSpec]:
        filing = standing(table, context)
        if filing is not None:
            yield papers.sheet(filing, filing.filled_at or context.as_of)
            return
        filled = fill(table, context.region, context.period)
        form, nobody = form_of(filled), Signed()
        foot = foot_of(filled, form, nobody, context.as_of)
        yield sheet_of(filled, head_of(filled, form, nobody), foot)

    return ReportKind(
        key=table.key,
        name=lazystr(table),
        title=table.title,
        form=table.form,
        sheets=sheets,
        size=lambda context: len(lines_of(Context(table, context.region, context.period))),
        levels=table.levels,
        periods=frozenset(table.periods),
        formats=frozenset(Format.values),
        version=VERSION,
        frozen=lambda context: frozen(table, context),
    )


def standing(table: Table, context: ReportContext) -> TableFiling | None:
    """The filing of the region and period that holds, or that is being filled in."""
    place = {"region_code": context.region.code, "period": context.period.text}
    found: TableFiling | None = TableFiling.objects.filter(
        table=table.key, **place, state__in=STANDING
    ).first()
    return found


def frozen(table: Table, context: ReportContext) -> Frozen | None:
    """What a filed table is drawn from, whatever became of the ledger."""
    filing = standing(table, context)
    if filing is None or filing.state == State.DRAFT or filing.filled_at is None:
        return None
    return Frozen(f"{filing.code} {filing.digest}", filing.filled_at)
