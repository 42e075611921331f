"""What is wrong with a declaration: looked at when the portal starts, told with file and line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from django.core.exceptions import ImproperlyConfigured

from exchange.tables.declared import LEVELS, Column, Table
from exchange.tables.relations import EACH, WHOLE, Node, Ref, Relation, divides, refs_of
from exchange.workbooks import Kind

Told = Callable[[str, object], ImproperlyConfigured]


class Wrong(NamedTuple):
    """A sentence, and the text of the file that it is about."""

    said: str
    at: object


def check_shape(table: Table, told: Told) -> None:
    """What the file alone tells. Raises for the first thing that is wrong."""
    for look in (_codes, _columns, _formulas, _relations):
        for wrong in look(table):
            raise told(*wrong)


def _codes(table: Table) -> Iterator[Wrong]:
    for what, codes in (
        ("column", [c.code for c in table.columns]),
        ("line", [line.code for line in table.lines]),
    ):
        for code in codes:
            if codes.count(code) > 1:
                yield Wrong(f"{what} {code} is declared twice", code)
    if not table.columns:
        yield Wrong("a table needs columns", "[form]")
    for code in (c.code for c in table.columns):
        if not (code.startswith("(") and code.endswith(")") and code[1:-1].isdigit()):
            yield Wrong(f"column code {code} is not written (1), (2)...", code)
    if bool(table.lines) != (table.stem.lines == "fixed"):
        yield Wrong("lines are declared when the stem is fixed, and only then", table.stem.lines)


def _columns(table: Table) -> Iterator[Wrong]:
    known = set(table.order.columns)
    for column in table.columns:
        if strange := set(column.needs) - known:
            yield Wrong(f"column {column.code} needs unknown {sorted(strange)}", column.code)
        if column.source == "typed" and column.kind in (Kind.WAN, Kind.PERCENT):
            yield Wrong(f"column {column.code} is typed: it holds numbers or words", column.code)
        if column.source != "typed" and (column.required or column.required_when):
            yield Wrong(f"column {column.code} is not typed: nobody fills it in", column.code)
        if column.required_when:
            yield from _known_refs(table, column.required_when.refs, column.required_when.text)
    for line in table.lines:
        if strange := (set(line.empty) | set(line.measures)) - known:
            yield Wrong(f"line {line.code} names unknown {sorted(strange)}", line.code)


def _formulas(table: Table) -> Iterator[Wrong]:
    for column in table.columns:
        if column.formula is None:
            continue
        yield from _known_refs(table, list(refs_of(column.formula)), column.asked)
        for ref in refs_of(column.formula):
            if ref.line or ref.summed:
                yield Wrong("a formula of a column stays in its line", column.asked)
        yield from _of_one_unit(table, column)
        yield from _of_its_levels(table, column)
    if circle := circle_of(table.columns):
        yield Wrong(
            f"columns {' '.join(circle)} are computed in a circle", table.column(circle[0]).asked
        )


def _of_one_unit(table: Table, column: Column) -> Iterator[Wrong]:
    """Money is computed from money only; anything else would mix yuan and 万元."""
    if column.formula is None:
        return
    kinds = {table.column(ref.column).kind for ref in refs_of(column.formula) if ref.column}
    if Kind.TEXT in kinds:
        yield Wrong("words cannot be computed with", column.asked)
    if column.kind is Kind.WAN and (kinds != {Kind.WAN} or divides(column.formula)):
        yield Wrong("money is added up from money", column.asked)
    if column.kind is not Kind.WAN and Kind.WAN in kinds and kinds != {Kind.WAN}:
        yield Wrong("money and numbers are not computed together", column.asked)


def _of_its_levels(table: Table, column: Column) -> Iterator[Wrong]:
    for ref in refs_of(column.formula) if column.formula else ():
        if not column.levels <= table.column(ref.column).levels:
            yield Wrong(f"{ref.column} is not a column at every level of it", column.asked)


def circle_of(columns: Sequence[Column]) -> list[str]:
    """Codes of formulas that need each other, or none; else `in_order` has them all."""
    done = {c.code for c in in_order(columns)}
    return [c.code for c in columns if c.code not in done]


def in_order(columns: Sequence[Column]) -> list[Column]:
    """The columns so that each formula comes after what it needs."""
    left = list(columns)
    found: list[Column] = []
    while True:
        known = {column.code for column in found}
        ready = [c for c in left if c.formula is None or _needs(c.formula) <= known]
        if not ready:
            return found
        found += ready
        left = [column for column in left if column not in ready]


def _needs(formula: Node) -> set[str]:
    return {ref.column for ref in refs_of(formula)}


def _known_refs(table: Table, refs: Sequence[Ref], text: str) -> Iterator[Wrong]:
    columns, lines = set(table.order.columns), set(table.order.lines)
    named = {"", WHOLE, EACH} if not lines else {"", *lines}
    for ref in refs:
        if ref.column and ref.column not in columns:
            yield Wrong(f"no column is called {ref.column}", text)
        if ref.line not in named or (ref.summed and lines):
            yield Wrong(f"no line is called [{ref.line or EACH}]", text)


def _relations(table: Table) -> Iterator[Wrong]:
    for relation in table.relations:
        yield from _known_refs(table, relation.refs, relation.text)
        if relation.of_lines:
            yield from _of_lines(relation, set(table.order.columns))
        else:
            yield from _of_columns(relation)
        kinds = {table.column(ref.column).kind for ref in relation.refs if ref.column}
        if Kind.WAN in kinds and kinds != {Kind.WAN}:
            yield Wrong("money and numbers are not compared", relation.text)
        if Kind.TEXT in kinds:
            yield Wrong("words are not compared", relation.text)
        if relation.severity == "block" and _judges_less_than_it_says(table, relation):
            yield Wrong("a relation names columns that no level has together", relation.text)


def _of_columns(relation: Relation) -> Iterator[Wrong]:
    if relation.columns or relation.over:
        yield Wrong("columns and over are for relations of lines", relation.text)
    if any(not ref.column for ref in relation.refs):
        yield Wrong("a cell without a column", relation.text)


def _of_lines(relation: Relation, known: set[str]) -> Iterator[Wrong]:
    if strange := set(relation.columns) - known:
        yield Wrong(f"unknown columns {sorted(strange)}", relation.text)
    open_refs = [ref for ref in relation.refs if not ref.column]
    if open_refs and len(open_refs) < len(relation.refs):
        yield Wrong("either every cell names its column or none does", relation.text)
    if relation.columns and not open_refs:
        yield Wrong("the cells name their columns already", relation.text)
    if any(not ref.line and not ref.summed for ref in relation.refs):
        yield Wrong("a cell without a line among cells of lines", relation.text)


def _judges_less_than_it_says(table: Table, relation: Relation) -> bool:
    named = [table.column(ref.column).levels for ref in relation.refs if ref.column]
    together = frozenset(LEVELS.values()).intersection(*named) if named else table.levels
    return not together & table.levels
