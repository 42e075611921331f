"""Between the file and the tables: clean rows as text, personal numbers sealed."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef

from core import rules
from core.rules import Finding
from core.sealing import seal_many
from exchange.imports.kinds import ImportKind
from exchange.imports.reading import Roster
from exchange.models import ImportBatch

PARTED = "\x1f"
AS_READ_FIELD = "exchange.StagedRow.as_read"
_COPY_ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))
_ESCAPES = str.maketrans(dict(_COPY_ESCAPES))


@dataclass
class Judged:
    """A roster with all that was found in it, row by row."""

    roster: Roster
    findings: list[Finding]
    held: set[int]

    @property
    def people(self) -> int:
        return self.roster.batch.size

    @property
    def accepted(self) -> list[int]:
        """The rows that nothing mandatory speaks against, in the order of the file."""
        return [row for row in range(self.people) if row not in self.held]


def judge(roster: Roster) -> Judged:
    """Resolve the roster's rows and put them before all rules of its kind."""
    roster.batch.columns["line"] = roster.line
    roster.kind.resolve(roster.batch, roster.reading)
    findings = roster.reading.findings + rules.judge(roster.batch, roster.kind.rules)
    findings.sort(key=lambda finding: finding.row)
    return Judged(roster, findings, rules.held_rows(findings))


def clean_lines(judged: Judged) -> Iterator[str]:
    """COPY lines (sheet, line, cells) of the accepted rows."""
    roster, rows = judged.roster, judged.accepted
    columns = roster.kind.clean(roster.batch, rows, roster.reading)
    parted = map(PARTED.join, zip(*map(_escaped, columns), strict=True))
    for row, cells in zip(rows, parted, strict=True):
        yield f"{roster.sheet[row]}\t{roster.line[row]}\t{cells}\n"


def _escaped(column: Sequence[str | None]) -> list[str]:
    cells = [cell or "" for cell in column]
    joined = PARTED.join(cells)
    if not any(mark in joined for mark in "\\\t\n\r"):
        return cells
    # One pass over the whole column: sealed columns have a backslash in every cell.
    for mark, escape in _COPY_ESCAPES:
        joined = joined.replace(mark, escape)
    return joined.split(PARTED)


def copy_in(table: str, columns: str, lines: Iterable[str]) -> None:
    """COPY text lines into a table."""
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", _Lines(lines))


class _Lines(io.TextIOBase):
    """Lines as the file that COPY reads, some at a time, so that memory stays flat."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._rest = ""

    def read(self, size: int | None = -1) -> str:
        parts, length = [self._rest], len(self._rest)
        while size is None or size < 0 or length < size:
            line = next(self._lines, "")
            if not line:
                break
            parts.append(line)
            length += len(line)
        whole = "".join(parts)
        if size is None or size < 0:
            size = len(whole)
        self._rest = whole[size:]
        return whole[:size]


def clear(batch: ImportBatch) -> None:
    """Take away what was staged of a batch before."""
    batch.rows.all().delete()
    batch.findings.all().delete()


def clear_held(batch: ImportBatch) -> None:
    """Take away a batch's held rows and what was found in them."""
    held = batch.rows.filter(is_held=True)
    same_line = held.filter(sheet=OuterRef("sheet"), line=OuterRef("line"))
    batch.findings.filter(Exists(same_line)).delete()
    held.delete()


def stage(batch: ImportBatch, judged: Judged) -> None:
    """Put a judged roster beside its batch: clean rows, held rows, findings."""
    key = batch.pk
    batch.mends.update(is_checked=True)
    accepted = (f"{key}\tf\t{line}" for line in clean_lines(judged))
    copy_in("exchange_stagedrow", "batch_id, is_held, sheet, line, cells", accepted)
    copy_in(
        "exchange_stagedrow",
        "batch_id, is_held, cells, sheet, line, as_read",
        _held_lines(key, judged),
    )
    copy_in(
        "exchange_importfinding",
        'batch_id, sheet, line, "column", rule, severity, sentence, params',
        _finding_lines(key, judged),
    )


def _held_lines(key: int, judged: Judged) -> Iterator[str]:
    roster, rows = judged.roster, sorted(judged.held)
    as_read = [
        json.dumps({name: cells[row] for name, cells in roster.cells.items()}, ensure_ascii=False)
        for row in rows
    ]
    for row, sealed in zip(rows, seal_many(as_read, AS_READ_FIELD), strict=True):
        place = f"{roster.sheet[row]}\t{roster.line[row]}"
        yield f"{key}\tt\t\t{place}\t\\\\x{sealed.hex()}\n"


def _finding_lines(key: int, judged: Judged) -> Iterator[str]:
    sheet, line = judged.roster.sheet, judged.roster.line
    for found in judged.findings:
        params = json.dumps(found.params, ensure_ascii=False).translate(_ESCAPES)
        place = f"{sheet[found.row]}\t{line[found.row]}\t{found.column}"
        sentence = found.sentence.translate(_ESCAPES)
        yield f"{key}\t{place}\t{found.rule}\t{found.severity}\t{sentence}\t{params}\n"


def open_incoming(kind: ImportKind, batch: ImportBatch) -> None:
    """Make the temporary table `incoming` from a batch's accepted rows."""
    _create_incoming(
        kind,
        "SELECT sheet, line, string_to_array(cells, chr(31), '') AS c FROM exchange_stagedrow"
        " WHERE batch_id = %s AND NOT is_held",
        [batch.pk],
    )


def open_incoming_from(kind: ImportKind, lines: Iterable[str]) -> None:
    """Make the temporary table `incoming` from COPY lines, for rows that come without a file."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS incoming_lines")
        cursor.execute(
            "CREATE TEMP TABLE incoming_lines (sheet int, line int, cells text) ON COMMIT DROP"
        )
    copy_in("incoming_lines", "sheet, line, cells", lines)
    _create_incoming(
        kind, "SELECT sheet, line, string_to_array(cells, chr(31), '') AS c FROM incoming_lines", []
    )


def _create_incoming(kind: ImportKind, rows: str, params: list[int]) -> None:
    typed = ", ".join(
        f"c[{place}]::{column.sql_type} AS {column.name}"
        for place, column in enumerate(kind.staged, start=1)
    )
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS incoming")
        cursor.execute(
            "CREATE TEMP TABLE incoming ON COMMIT DROP AS"
            # Materialized, or the cells would be parted again for each column.
            f" WITH staged AS MATERIALIZED ({rows}) SELECT sheet, line, {typed} FROM staged",
            params,
        )
        # A look at some rows is enough for the plans, and ten times as quick.
        cursor.execute("SET LOCAL default_statistics_target = 10")
        cursor.execute("ANALYZE incoming")
        cursor.execute("RESET default_statistics_target")
