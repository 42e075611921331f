"""One cell of a filing: what was filed, where it comes from, and what the same figure is now."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import trail
from core.access import Permission, admits
from core.models import User
from exchange.figures import Figure
from exchange.models import Restatement, TableFiling
from exchange.tables.declared import Column
from exchange.tables.filing import notes_of
from exchange.tables.filling import Filled
from exchange.tables.relations import At, Place, printed, refs_of
from exchange.tables.shown import number_of, text_of
from exchange.tables.sources import Origin, fitting
from exchange.views.jobs import Request
from exchange.views.table_filings import now, visible
from exchange.views.tables import HERE

MOST = 50  # restatements on a page


@admits(Permission.SEE_FIGURES)
@require_safe
def table_cell(request: Request, public_id: uuid.UUID, line: str, column: int) -> HttpResponse:
    found = visible(request, public_id)
    filled, _findings = now(found)
    place = Place(line, f"({column})")
    cell = filled.cells.get(place)
    if cell is None:
        raise Http404
    note = notes_of(found).get(place)
    of = filled.table.column(place.column)
    context = {
        "filing": found,
        "filled": filled,
        "line": next(each for each in filled.lines if each.code == line),
        "column": of,
        "text": text_of(of, cell),
        "unit": filled.table.unit,
        "origin": Origin(cell.origin).label,
        "typed_by": User.objects.filter(pk=note.typed_by).first() if note else None,
        "typed_at": note.typed_at if note else None,
        "explanation": note.explanation if note else "",
        "terms": _terms(filled, of, place),
        "formula": printed(of.formula) if of.formula else "",
    }
    context["page"] = cell.page
    if cell.figure is not None:
        context |= _figure(found, of, cell.figure, cell.value)
        context["url"] = trail.onward(request, cell.figure.url())
    return render(request, f"{HERE}/cell.html", context)


def _terms(filled: Filled, column: Column, place: Place) -> list[dict[str, Any]]:
    """The cells a formula is computed of."""
    if column.formula is None:
        return []
    found = []
    for ref in refs_of(column.formula):
        term = At(line=place.line).places(ref)[0]
        of = filled.table.column(term.column)
        found.append(
            {
                "column": of,
                "number": int(term.column.strip("()")),
                "text": text_of(of, filled.cells[term]),
            }
        )
    return found


def _figure(found: TableFiling, column: Column, figure: Figure, filed: Any) -> dict[str, Any]:
    """What the figure of the cell says now, and what moved it since it was filed."""
    current = fitting(column, figure.value())
    differs = found.filled_at is not None and current != filed
    gap = (current or 0) - (filed or 0)
    return {
        "measure": figure.declared,
        "now": number_of(column, current) if current is not None else _("nothing"),
        "differs": differs,
        "gap": number_of(column, gap) if differs else "",
        "restatements": _moved(found, figure) if found.filled_at else [],
    }


def _moved(found: TableFiling, figure: Figure) -> list[Restatement]:
    """What moved the figure since it was filed, as far as its months were closed."""
    rows = Restatement.objects.within(figure.region_code).filter(
        measure=figure.measure,
        month__gte=figure.period.first_day,
        month__lte=figure.period.last_day,
        at__gt=found.filled_at,
    )
    if figure.programs:
        rows = rows.filter(program__in=figure.programs)
    if figure.categories:
        rows = rows.filter(category__in=figure.categories)
    return list(rows.order_by("-at")[:MOST])
