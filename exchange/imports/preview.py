"""What a judged import looks like before anybody decides: counts, findings, rows.

Everything is read from beside the batch, which the caller has fetched within the
user's scope.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.repairs import Repair
from core.rules import Severity, say
from exchange.imports import shown, staging
from exchange.imports.columns import Column
from exchange.imports.kinds import ImportKind, kind_of
from exchange.imports.understood import SheetShown
from exchange.imports.worklist import HeldRow, held_rows
from exchange.models import ImportBatch, ImportFinding, StagedPage

FIRST, AT_ONCE = 5, 50
REPAIRS: dict[str, str | Promise] = {
    Repair.FULL_WIDTH: _("full-width letters and digits made half-width"),
    Repair.SPACES: _("superfluous spaces removed"),
    Repair.ZERO_WIDTH: _("invisible marks removed"),
    Repair.APOSTROPHE: _("apostrophes before numbers removed"),
    Repair.LOWER_CASE_X: _("lower-case x of ID numbers made upper-case"),
    Repair.NAME_DOT: _("dots in names made the standard one"),
    Repair.DISABILITY_CERTIFICATE: _("ID numbers taken from disability-certificate numbers"),
    Repair.PHONE_SEPARATOR: _("separators and country codes in mobile numbers removed"),
    Repair.CAPITALS: _("lower-case letters of codes made capitals"),
}
Accepted = tuple[str, int, list[str]]
GRAVITY = {severity.value: order for order, severity in enumerate(Severity)}


@dataclass(frozen=True)
class FoundLine:
    """A finding as it is shown: where, in the file's own words, and what to do."""

    pk: int
    sheet: str
    number: int
    line: int
    column: str
    message: str
    has_row: bool


@dataclass(frozen=True)
class Group:
    """The findings of one rule: how many, the first of them, and where the rule comes from."""

    rule: str
    name: str | Promise
    severity: str
    citation: str
    count: int
    first: list[FoundLine]


@dataclass
class Preview:
    """A batch as its reader may see it; `in_full` tells whether personal numbers are shown."""

    batch: ImportBatch
    in_full: bool = False
    severity: str = ""
    kind: ImportKind = field(init=False)

    def __post_init__(self) -> None:
        self.kind = kind_of(self.batch.kind)
        self.titles = {column.name: column.title for column in self.kind.columns}
        self.names = {sheet["number"]: sheet["name"] for sheet in self.batch.sheets}

    @property
    def lines(self) -> int:
        """All lines of the file: its rows, and what is no data."""
        return (self.batch.people or 0) + (self.batch.not_data or 0)

    @property
    def entered_meanwhile(self) -> int:
        """Accepted rows that another had entered before these were written."""
        return (self.batch.accepted or 0) - (self.batch.written or 0)

    @property
    def several_sheets(self) -> bool:
        return len(self.names) > 1

    @property
    def repairs(self) -> list[tuple[str | Promise, int]]:
        return [(REPAIRS.get(kind, kind), count) for kind, count in self.batch.repairs.items()]

    @cached_property
    def sheets(self) -> list[SheetShown]:
        """What was understood of each sheet."""
        return [SheetShown(self.kind, sheet, self.in_full) for sheet in self.batch.sheets]

    @property
    def doubtful(self) -> list[SheetShown]:
        """Sheets with lines that were not understood."""
        return [sheet for sheet in self.sheets if any(each.is_doubtful for each in sheet.passed)]

    @cached_property
    def counts(self) -> dict[tuple[str, str], int]:
        """How many findings there are of each (rule, severity)."""
        rows = self.batch.findings.order_by().values_list("rule", "severity")
        return {(rule, severity): n for rule, severity, n in rows.annotate(n=Count("pk"))}

    def found(self, severity: str = "") -> int:
        """How many findings of a severity, or of all."""
        return sum(n for (_rule, of), n in self.counts.items() if severity in {"", of})

    @cached_property
    def groups(self) -> list[Group]:
        """Findings by rule, the gravest first, then the most frequent."""
        asked = [key for key in self.counts if self.severity in {"", key[1]}]
        asked.sort(key=lambda key: (GRAVITY[key[1]], -self.counts[key], key))
        nth = Window(
            RowNumber(),
            partition_by=[F("rule"), F("severity")],
            order_by=["sheet", "line", "pk"],
        )
        first: dict[tuple[str, str], list[ImportFinding]] = {}
        for found in self.batch.findings.annotate(nth=nth).filter(nth__lte=FIRST):
            first.setdefault((found.rule, found.severity), []).append(found)
        return [self._group(*key, first[key]) for key in asked]

    def _group(self, key: str, severity: str, first: Iterable[ImportFinding]) -> Group:
        rule = self.kind.all_rules().get(key)
        name, citation = (rule.name, rule.citation) if rule else (key, "")
        return Group(key, name, severity, citation, self.counts[key, severity], self.told(first))

    def told(self, findings: Iterable[ImportFinding]) -> list[FoundLine]:
        return [
            FoundLine(
                pk=found.pk,
                sheet=self.names.get(found.sheet, str(found.sheet)),
                number=found.sheet,
                line=found.line,
                column=self.titles.get(found.column, found.column),
                message=str(found),
                # Accepted rows are looked at until they are written.
                has_row=self.batch.takes_advice
                or (self.batch.takes_mends and found.severity == Severity.BLOCK),
            )
            for found in findings
        ]

    def of_rule(self, rule: str, after: int) -> list[FoundLine]:
        """AT_ONCE findings of a rule from the one with this number on, in the file's order."""
        return self.told(self.batch.findings.filter(rule=rule)[after : after + AT_ONCE])

    def held(self, after: str = "") -> list[HeldRow]:
        """AT_ONCE held rows that follow a place written SHEET-LINE, in the file's order."""
        rows = self.batch.rows.order_by("sheet", "line")
        sheet, _dash, line = after.partition("-")
        if sheet.isdecimal() and line.isdecimal():
            rows = rows.after(int(sheet), int(line))
        return held_rows(list(rows[:AT_ONCE]), lambda batch: self.in_full)

    @cached_property
    def read_before(self) -> str:
        """What to do where accepted rows, read before an upgrade, cannot be shown or written."""
        return "" if staging.fits(self.batch) else say(staging.READ_BEFORE_UPGRADE, {})

    @property
    def naming(self) -> Column:
        return shown.naming(self.kind)

    @cached_property
    def accepted_columns(self) -> list[shown.Source]:
        return shown.sources(self.kind)

    @cached_property
    def accepted(self) -> list[Accepted]:
        """The first accepted rows."""
        page = self.batch.pages.first()
        return self.accepted_of(page)[:FIRST] if page else []

    def accepted_of(self, page: StagedPage) -> list[Accepted]:
        """A page's rows: sheet, line in the file, and the cells of `accepted_columns`."""
        if self.read_before:
            return []
        rows = staging.rows_of(page)
        cells = self.cells_of(rows)
        return [
            (self.names.get(int(sheet), sheet), int(line), each)
            for (sheet, line, *_cells), each in zip(rows, cells, strict=True)
        ]

    def cells_of(self, rows: Sequence[Sequence[str]]) -> list[list[str]]:
        """The cells of accepted rows, in the order of `accepted_columns`."""
        return shown.rows_accepted(self.accepted_columns, rows)
