"""What an import wrote leaves its tables again: all that it registered and nobody refers to.

Which rows others refer to is asked of the database's own foreign keys, so that tables of
apps that are not known here count like any other. What is decided is only what goes; the
keys themselves have the last word when it does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction
from django.utils.translation import gettext_noop

from exchange import rollups
from exchange.jobs import JobRefused
from exchange.models import ImportBatch

POINTING_AT = """
SELECT conrelid::regclass::text, attname FROM pg_constraint
JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
WHERE contype = 'f' AND confrelid = %s::regclass ORDER BY 1, 2
"""
ROWS_USED = gettext_noop(
    "%(number)s rows of this import are used elsewhere in the portal. Remove what uses them first."
)


@dataclass(frozen=True)
class Part:
    """Rows of one table that an import brought in.

    `where` is SQL over the table's columns, with the params batch and county.
    """

    model: type[models.Model]
    where: str

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def key(self) -> str:
        return f"{self.table}.{self.model._meta.pk.column}"

    @property
    def going(self) -> str:
        """The temporary table of the rows that go."""
        return f"going_{self.table}"


@dataclass(frozen=True)
class Removal:
    """How a kind's imports are taken back: see `exchange.imports.kinds.Undo`.

    `parts` stand in the order in which they go, what refers before what is referred to; the
    first are the rows of the roster. `touched` is SQL over those, each with the sentence that
    refuses: rows that are no longer as they were written. `lock` waits for whoever writes.
    """

    parts: tuple[Part, ...]
    touched: tuple[tuple[str, str], ...]
    lock: str

    def hold(self, batch: ImportBatch) -> None:
        """Let nobody write to the county, or change the batch's rows, until the end."""
        rows = self.parts[0]
        with connection.cursor() as cursor:
            cursor.execute(self.lock, _facts(batch))
            cursor.execute(
                f"SELECT count(*) FROM (SELECT FROM {rows.table} WHERE {rows.where} FOR UPDATE)"
                " AS held",
                _facts(batch),
            )

    def hindrance(self, batch: ImportBatch) -> JobRefused | None:
        """Rows of the roster that are not as they were written, or that others refer to."""
        rows = self.parts[0]
        with connection.cursor() as cursor:
            used = " OR ".join(_pointing_at(cursor, rows, ())) or "false"
            for condition, sentence in (*self.touched, (used, ROWS_USED)):
                cursor.execute(
                    f"SELECT count(*) FROM {rows.table} WHERE ({rows.where}) AND ({condition})",
                    _facts(batch),
                )
                (number,) = cursor.fetchone()
                if number:
                    return JobRefused(sentence, number=number)
        return None

    @transaction.atomic
    def would_go(self, batch: ImportBatch) -> dict[type[models.Model], int]:
        """How many rows of each table would go if the import were taken back now."""
        with connection.cursor() as cursor:
            return dict(self._going(cursor, batch))

    def remove(self, batch: ImportBatch) -> dict[type[models.Model], int]:
        """Delete the rows and take them off the figures, within the caller's transaction."""
        with connection.cursor() as cursor:
            gone = dict(self._going(cursor, batch))
            for part in self.parts:
                column = part.model._meta.pk.column
                cursor.execute(
                    f"DELETE FROM {part.table} USING {part.going} AS going"
                    f" WHERE {part.key} = going.{column}"
                )
                rollups.move(part.model, gone=part.going)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        return gone

    def _going(self, cursor: Any, batch: ImportBatch) -> Iterator[tuple[type[models.Model], int]]:
        """Fill the temporary tables of what goes, part by part."""
        for place, part in enumerate(self.parts):
            used = _pointing_at(cursor, part, self.parts[:place])
            free = "".join(f" AND NOT {each}" for each in used)
            cursor.execute(f"DROP TABLE IF EXISTS {part.going}")
            cursor.execute(
                f"CREATE TEMP TABLE {part.going} ON COMMIT DROP AS"
                f" SELECT {part.table}.* FROM {part.table} WHERE ({part.where}){free}",
                _facts(batch),
            )
            cursor.execute(f"ANALYZE {part.going}")
            cursor.execute(f"SELECT count(*) FROM {part.going}")
            yield part.model, cursor.fetchone()[0]


def _facts(batch: ImportBatch) -> dict[str, Any]:
    return {"batch": batch.pk, "county": batch.region_code}


def _pointing_at(cursor: Any, part: Part, gone: tuple[Part, ...]) -> list[str]:
    """Conditions of a part's rows: one for each foreign key by which a row that stays names them."""
    going = {each.table: each for each in gone}
    cursor.execute(POINTING_AT, [part.table])
    return [_named_by(part, table, column, going.get(table)) for table, column in cursor.fetchall()]


def _named_by(part: Part, table: str, column: str, gone: Part | None) -> str:
    if gone is None:
        return f"EXISTS (SELECT FROM {table} AS other WHERE other.{column} = {part.key})"
    pk = gone.model._meta.pk.column
    return (
        f"EXISTS (SELECT FROM {table} AS other LEFT JOIN {gone.going} AS gone USING ({pk})"
        f" WHERE other.{column} = {part.key} AND gone.{pk} IS NULL)"
    )
