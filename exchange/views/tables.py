"""Official tables: which are due and where they are, one filled as of now, and their burden."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.access import Permission, admits
from core.models import Region, User
from core.rules import RuleBook
from exchange.models import TableFiling
from exchange.periods import Period
from exchange.table_forms import BurdenFilters, PlaceAndPeriod, kinds_of
from exchange.tables import duties
from exchange.tables.burden import burden_of
from exchange.tables.declared import Table, all_tables, table_of
from exchange.tables.filling import fill
from exchange.tables.findings import due_on, findings_of
from exchange.tables.heads import form_of
from exchange.tables.relations import Place
from exchange.tables.shown import Marks, shown
from exchange.tables.sources import Cell
from exchange.views.jobs import Request

HERE = "exchange/tables"
TONES = {"draft": "warning", "filed": "info", "returned": "danger", "accepted": "success"}
State = TableFiling.State
NEWEST = 10


@admits(Permission.SEE_FIGURES)
@require_safe
def table_list(request: Request) -> HttpResponse:
    """Every table that the region files, and those of the offices that answer to it."""
    filters = PlaceAndPeriod(request.GET, user=request.user)
    region = filters.place
    context: dict[str, Any] = {"filters": filters, "region": region}
    if region is not None:
        own = [(t, kinds_of(t, filters.meant())) for t in tables_for(region)]
        context |= {
            "period": filters.meant(),
            "rows": _own(region, own),
            "counts": _counts(region, filters.meant()),
            "beneath": _beneath(region, filters.meant()),
            "newest": [] if "period" in filters.chosen else _newest(request.user, region),
        }
    return render(request, f"{HERE}/list.html", context)


def tables_for(region: Region) -> list[Table]:
    """The tables that a region of this level files."""
    return [table for table in all_tables() if len(region.code) in table.levels]


def _own(region: Region, asked: list[tuple[Table, Period]]) -> list[dict[str, Any]]:
    book, today = RuleBook.load(), timezone.localdate()
    newest = {
        (filing.table, filing.period): filing
        for filing in TableFiling.objects.filter(region_code=region.code).newest()
    }
    rows = []
    for table, period in asked:
        filing, due = newest.get((table.key, period.text)), due_on(table, region.code, period, book)
        waits = filing is None or filing.state in (State.DRAFT, State.RETURNED)
        rows.append(
            {
                "table": table,
                "period": period,
                "due": due,
                "late": waits and due is not None and due < today,
                "filing": filing,
                "tone": TONES[filing.state] if filing else "",
            }
        )
    return rows


def _answering(region: Region) -> set[str]:
    """Codes of the regions whose tables come up to this one."""
    within = Region.objects.within(region.code).filter(level__lte=Region.Level.COUNTY)
    codes = within.filter(statistical_only=False).values_list("code", flat=True)
    return {code for code in codes if duties.above(code) == region.code}


def _filed_beneath(region: Region, period: Period) -> list[TableFiling]:
    """The newest filings of the offices right beneath, of each table's period."""
    periods = {table.key: kinds_of(table, period).text for table in all_tables()}
    answering = _answering(region)
    found = TableFiling.objects.within(region.code).filter(period__in=set(periods.values()))
    return [
        filing
        for filing in found.newest().order_by("table", "region_code")
        if filing.region_code in answering and periods.get(filing.table) == filing.period
    ]


def _counts(region: Region, period: Period) -> list[dict[str, Any]]:
    """How many offices right beneath are where with each table."""
    answering = _answering(region)
    states = Counter((f.table, f.state) for f in _filed_beneath(region, period))
    rows = []
    for table in all_tables():
        places = [code for code in answering if len(code) in table.levels]
        numbers = [states[table.key, state] for state in State.values]
        if places:
            begun = sum(numbers)
            rows.append(
                {
                    "table": table,
                    "period": kinds_of(table, period),
                    "numbers": [len(places), len(places) - begun, *numbers],
                }
            )
    return rows


def _beneath(region: Region, period: Period) -> list[dict[str, Any]]:
    filings = _filed_beneath(region, period)
    names = Region.objects.in_bulk({filing.region_code for filing in filings})
    return [row for row in listed(filings, names) if row["filing"].state != State.DRAFT]


def _newest(user: User, region: Region) -> list[dict[str, Any]]:
    """What was begun or filed last here and beneath, whatever its period; drafts of here only."""
    filings = TableFiling.objects.visible_to(user).within(region.code).newest()
    found = filings.filter(~Q(state=State.DRAFT) | Q(region_code=region.code))
    newest = list(found.order_by("-pk")[:NEWEST])
    return listed(newest, Region.objects.in_bulk({filing.region_code for filing in newest}))


def listed(filings: Iterable[TableFiling], names: dict[str, Region]) -> list[dict[str, Any]]:
    """Filings as lists show them."""
    tables = {table.key: table for table in all_tables()}
    return [
        {
            "filing": filing,
            "table": tables.get(filing.table, filing.table),
            "region": names.get(filing.region_code, filing.region_code),
            "period": Period.parse(filing.period),
            "tone": TONES[filing.state],
        }
        for filing in filings
    ]


@admits(Permission.SEE_FIGURES)
@require_safe
def table(request: Request, key: str) -> HttpResponse:
    """A table filled as of now; every figure leads to its address."""
    try:
        found = table_of(key)
    except KeyError:
        raise Http404 from None
    filters = PlaceAndPeriod(request.GET, user=request.user)
    if filters.errors.get("region"):
        raise Http404
    region = filters.place
    if region is None or len(region.code) not in found.levels:
        return render(request, f"{HERE}/preview.html", {"table": found, "filters": filters})
    period = kinds_of(found, filters.meant(found.periods[0]))
    return render(
        request, f"{HERE}/preview.html", _preview(request, found, region, period, filters)
    )


def _preview(
    request: Request, found: Table, region: Region, period: Period, filters: PlaceAndPeriod
) -> dict[str, Any]:
    filled = fill(found, region, period)
    form = form_of(filled)
    findings = findings_of(filled, form, timezone.localdate(), {})
    newest = TableFiling.objects.of(found.key, region.code, period.text).first()
    stands = newest is not None and newest.state != State.RETURNED
    return {
        "table": found,
        "filters": filters,
        "region": region,
        "period": period,
        "form": form,
        "shown": shown(filled, figure_url, Marks({each.place for each in findings})),
        "findings": place_names(filled, findings),
        "filing": newest,
        "may_begin": duties.may_fill(request.user, region.code)
        and not stands
        and period.last_day < timezone.localdate(),
    }


def figure_url(_place: Place, cell: Cell) -> str:
    """Where a figure leads: to its address, or to the page of what it is made of."""
    return cell.figure.url() if cell.figure else cell.page


def place_names(filled: Any, findings: Iterable[Any]) -> list[dict[str, Any]]:
    """Findings with the words of their line and column."""
    titles = {line.code: " ".join(filter(None, line.titles)).strip() for line in filled.lines}
    columns = {column.code: f"{column.code} {column.title}" for column in filled.columns}
    return [
        {
            "finding": each,
            "severity": each.severity.value,
            "line": titles.get(each.place.line, "") or _("the table as a whole"),
            "column": columns.get(each.place.column, ""),
        }
        for each in findings
    ]


@admits(Permission.SEE_FIGURES)
@require_safe
def burden(request: Request) -> HttpResponse:
    """How many cells of each table were filled without a key pressed."""
    filters = BurdenFilters(request.GET, user=request.user)
    region, period = filters.place, filters.chosen.get("period")
    rows: list[Any] = []
    if region is not None:
        filings = TableFiling.objects.visible_to(request.user).within(region.code)
        rows = burden_of(filings, period)
    context = {"filters": filters, "region": region, "period": period, "rows": rows}
    context["whole"] = _whole(rows)
    return render(request, f"{HERE}/burden.html", context)


def _whole(rows: list[Any]) -> dict[str, Any]:
    names = ("filings", "cells", "ledger", "formula", "typed", "explained")
    sums = {name: sum(getattr(row, name) for row in rows) for name in names}
    untyped = sums["ledger"] + sums["formula"]
    return sums | {"share": untyped / sums["cells"] if sums["cells"] else None}
