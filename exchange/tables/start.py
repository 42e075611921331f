"""The last look at all tables when the portal starts: what they ask for is declared somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from django.core.exceptions import ImproperlyConfigured

from exchange.tables import sources, stems
from exchange.tables.declared import Table, all_tables
from exchange.tables.judging import added_columns, is_distinct
from exchange.tables.sources import source_of


def check() -> None:
    """Once every app has declared measures, sources and tables. Raises ImproperlyConfigured."""
    for table in all_tables():
        for wrong in wrongs(table):
            raise ImproperlyConfigured(f"{table.file}: {wrong}")


def wrongs(table: Table) -> Iterator[str]:
    """What a table asks for and nobody has; what it adds up and does not add up."""
    if not stems.is_known(table.stem.lines):
        yield f"no stem is called {table.stem.lines}"
    for column in table.columns:
        if not sources.is_known(column.source):
            yield f"column {column.code}: no source is called {column.source}"
        elif column.source not in ("typed", "formula"):
            found = source_of(column.source).look(column, table)
            yield from (f"column {column.code}: {said}" for said in found)
    if all(sources.is_known(column.source) for column in table.columns):
        with suppress(KeyError):  # of a measure that nobody declares, which is told above
            yield from list(_added_up(table))


def _added_up(table: Table) -> Iterator[str]:
    """People do not add up over lines (ADR 14), and neither do rates."""
    distinct = {column.code for column in table.columns if is_distinct(column, table)}
    for relation in table.relations:
        if not relation.of_lines or relation.operator != "=":
            continue
        named = {ref.column for ref in relation.refs if ref.column}
        if wrong := (named or set(added_columns(relation, table))) & distinct:
            yield f"“{relation.text}” adds up people or rates in {', '.join(sorted(wrong))}"
