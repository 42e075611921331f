"""Whether a filled table balances: every relation at every place that it speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exchange.tables.declared import Column, Table
from exchange.tables.relations import EACH, At, Broken, Cells, Relation
from exchange.tables.sources import source_of
from exchange.tables.stems import StemLine
from exchange.workbooks import Kind

NEVER_ADDED = (Kind.TEXT, Kind.PERCENT)


def broken(
    table: Table, columns: Sequence[Column], lines: Sequence[StemLine], cells: Cells
) -> list[Broken]:
    """Where relations do not hold, in the order of the declaration."""
    found = []
    for relation in table.relations:
        for at in places_of(relation, table, columns, lines):
            wrong = relation.broken(cells, at)
            if wrong is not None:
                found.append(wrong)
    return found


def places_of(
    relation: Relation, table: Table, columns: Sequence[Column], lines: Sequence[StemLine]
) -> Iterator[At]:
    """Where a relation is looked at. One that names a column the table has not is not."""
    here = {column.code for column in columns}
    if not {ref.column for ref in relation.refs if ref.column} <= here:
        return
    if not relation.of_lines:
        yield from (At(line=line.code) for line in lines)
        return
    named = all(ref.column for ref in relation.refs)
    across = [""] if named else [c for c in added_columns(relation, table) if c in here]
    for whole, each in _groups(relation, lines):
        for column in across:
            if any(ref.line == EACH and not ref.summed for ref in relation.refs):
                yield from (At(line, column, whole, each) for line in each)
            else:
                yield At(whole, column, whole, each)


def added_columns(relation: Relation, table: Table) -> list[str]:
    """The columns a relation of lines is looked at in: those it names, or all of figures."""
    if relation.columns:
        return list(relation.columns)
    return [column.code for column in table.columns if column.kind not in NEVER_ADDED]


def _groups(relation: Relation, lines: Sequence[StemLine]) -> Iterator[tuple[str, list[str]]]:
    """The whole with all other lines, or each umbrella with its parts."""
    if relation.over != "parts":
        whole = next((line.code for line in lines if line.total), "")
        yield whole, [line.code for line in lines if line.code != whole]
        return
    for line in lines:
        if parts := [each.code for each in lines if each.part_of == line.code]:
            yield line.code, parts


def is_distinct(column: Column, table: Table) -> bool:
    """Whether the column counts what does not add up over lines."""
    if column.source in ("typed", "formula"):
        return False
    return source_of(column.source).is_distinct(column, table)
