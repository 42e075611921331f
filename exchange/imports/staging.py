"""Between the file and the tables: clean rows as text, personal numbers sealed."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_noop

from core import rules
from core.paging import ROWS
from core.rules import Finding
from core.sealing import seal_many
from exchange.imports.kinds import ImportKind, kind_of
from exchange.imports.reading import Roster
from exchange.models import ImportBatch, StagedPage

AS_READ_FIELD = "exchange.StagedRow.as_read"
# Rows cleaned at a time (whole pages), bytes COPY is given at a time, pages fetched at a time.
AT_ONCE, READ_AT_ONCE, PAGES_AT_ONCE = 5_000, 1 << 18, 100
READ_BEFORE_UPGRADE = gettext_noop(
    "The portal was upgraded after this file was read, and rosters of this kind have other columns "
    "now. Nothing was written. Choose “Try again”: the kept file is read once more, with the "
    "columns matched and the rows mended so far. Then look at it and confirm."
)
PLACE_OF_ROW = "sheet", "line"  # before a kind's own columns
T = TypeVar("T")
_COPY_ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))
_MEANT = {escape: mark for mark, escape in _COPY_ESCAPES}
_escape = re.compile(r"\\[\\tnr]")


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
    roster.batch.columns.setdefault("line", roster.line)
    roster.kind.resolve(roster.batch, roster.reading)
    findings = roster.reading.findings + rules.judge(roster.batch, roster.kind.rules)
    findings.sort(key=lambda finding: finding.row)
    return Judged(roster, findings, rules.held_rows(findings))


def clean_lines(judged: Judged) -> Iterator[tuple[list[int], list[str]]]:
    """The accepted rows, some at a time, with the lines of a COPY that they are."""
    roster = judged.roster
    for rows in batched(judged.accepted, AT_ONCE):
        places = (map(str, map(each.__getitem__, rows)) for each in (roster.sheet, roster.line))
        columns = roster.kind.clean(roster.batch, rows, roster.reading)
        cells = zip(*places, *map(_escaped, columns), strict=True)
        yield rows, list(map("\t".join, cells))


def batched(every: Iterable[T], size: int) -> Iterator[list[T]]:
    each = iter(every)
    while some := list(islice(each, size)):
        yield some


def _escaped(column: Sequence[str | None]) -> Sequence[str]:
    cells = [cell or "" for cell in column]
    joined = "\0".join(cells)
    if not any(mark in joined for mark in "\\\t\n\r"):
        return cells
    # One pass over the whole column: sealed columns have a backslash in every cell.
    return escaped(joined).split("\0")


def escaped(text: str) -> str:
    """Text as a cell of a COPY holds it."""
    for mark, escape in _COPY_ESCAPES:
        text = text.replace(mark, escape)
    return text


def copy_in(table: str, columns: str, lines: Iterable[str], *, null: str = "\\N") -> None:
    """COPY text lines into a table; `null` is what stands for unknown."""
    with connection.cursor() as cursor:
        statement = f"COPY {table} ({columns}) FROM STDIN WITH (NULL '{null}')"
        cursor.copy_expert(statement, _Lines(lines), READ_AT_ONCE)


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
    clear_rows(batch)
    batch.findings.all().delete()


def clear_rows(batch: ImportBatch) -> None:
    """Take away a batch's staged rows; what was found in them stays."""
    batch.pages.all().delete()
    batch.rows.all().delete()


def clear_held(batch: ImportBatch) -> None:
    """Take away a batch's held rows and what was found in them."""
    same_line = batch.rows.filter(sheet=OuterRef("sheet"), line=OuterRef("line"))
    batch.findings.filter(Exists(same_line)).delete()
    batch.rows.all().delete()


def stage(batch: ImportBatch, judged: Judged) -> None:
    """Put a judged roster beside its batch: clean rows, held rows, findings."""
    key = batch.pk
    batch.staged_as = judged.roster.kind.shape
    batch.save(update_fields=["staged_as"])
    batch.mends.update(is_checked=True)
    copy_in("exchange_stagedpage", "batch_id, sheet, line, lines", _pages(key, judged))
    copy_in("exchange_stagedrow", "batch_id, sheet, line, as_read", _held_lines(key, judged))
    copy_in(
        "exchange_importfinding",
        'batch_id, sheet, line, "column", rule, severity, sentence, params',
        _finding_lines(key, judged),
    )


def fits(batch: ImportBatch) -> bool:
    """Whether staged rows, if there are any, have the columns that their kind has now.

    After an upgrade they may have others; no cell of theirs may be taken for another's then.
    """
    return not batch.pages.exists() or batch.staged_as == kind_of(batch.kind).shape


def _pages(key: int, judged: Judged) -> Iterator[str]:
    roster = judged.roster
    for rows, lines in clean_lines(judged):
        for start in range(0, len(rows), ROWS):
            first = rows[start]
            whole = escaped("\n".join(lines[start : start + ROWS]))
            yield f"{key}\t{roster.sheet[first]}\t{roster.line[first]}\t{whole}\n"


def rows_of(page: StagedPage) -> list[list[str]]:
    """The cells of a page's rows: PLACE_OF_ROW and the kind's staged columns; "" is unknown."""
    parted = (line.split("\t") for line in page.lines.split("\n"))
    return [[_unescaped(cell) for cell in cells] for cells in parted]


def row_at(batch: ImportBatch, sheet: int, line: int) -> list[str] | None:
    """The cells of one accepted row, if it is one."""
    page = batch.pages.starting_by(sheet, line).last() if fits(batch) else None
    rows = rows_of(page) if page else []
    place = [str(sheet), str(line)]
    return next((cells for cells in rows if cells[: len(place)] == place), None)


def _unescaped(cell: str) -> str:
    return _escape.sub(lambda found: _MEANT[found.group()], cell) if "\\" in cell else cell


def _held_lines(key: int, judged: Judged) -> Iterator[str]:
    roster, rows = judged.roster, sorted(judged.held)
    as_read = [json.dumps(cells, ensure_ascii=False) for cells in roster.cells_of(rows)]
    for row, sealed in zip(rows, seal_many(as_read, AS_READ_FIELD), strict=True):
        yield f"{key}\t{roster.sheet[row]}\t{roster.line[row]}\t\\\\x{sealed.hex()}\n"


def _finding_lines(key: int, judged: Judged) -> Iterator[str]:
    sheet, line = judged.roster.sheet, judged.roster.line
    for found in judged.findings:
        params = escaped(json.dumps(found.params, ensure_ascii=False))
        place = f"{sheet[found.row]}\t{line[found.row]}\t{found.column}"
        said = f"{escaped(found.sentence)}\t{params}"
        yield f"{key}\t{place}\t{found.rule}\t{found.severity}\t{said}\n"


def open_incoming(kind: ImportKind, batch: ImportBatch) -> None:
    """Make the temporary table `incoming` from a batch's accepted rows."""
    pages = batch.pages.order_by("sheet", "line").values_list("lines", flat=True)
    lines = (f"{of_page}\n" for of_page in pages.iterator(chunk_size=PAGES_AT_ONCE))
    fill_incoming(kind, batched(lines, PAGES_AT_ONCE))


def fill_incoming(kind: ImportKind, parts: Iterable[Iterable[str]]) -> None:
    """Make the temporary table `incoming` from lines of a COPY, and let the planner look at it.

    They come in parts, for while one is copied the connection can read no other.
    """
    columns = [(name, "int") for name in PLACE_OF_ROW]
    columns += [(staged.name, staged.sql_type) for staged in kind.staged]
    names = ", ".join(name for name, _type in columns)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS incoming")
        declared = ", ".join(map(" ".join, columns))
        cursor.execute(f"CREATE TEMP TABLE incoming ({declared}) ON COMMIT DROP")
        for lines in parts:
            copy_in("incoming", names, lines, null="")
        # A look at some rows is enough for the plans, and ten times as quick.
        cursor.execute("SET LOCAL default_statistics_target = 10")
        cursor.execute("ANALYZE incoming")
        cursor.execute("RESET default_statistics_target")
