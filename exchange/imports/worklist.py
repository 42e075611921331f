"""Held rows as a work list: what speaks against each, its cells to be mended, how it stands now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Q, Sum
from django.http import QueryDict

from core.models import User
from core.rules import Severity, say
from exchange.imports import shown
from exchange.imports.columns import Column
from exchange.imports.fields import entry_for
from exchange.imports.kinds import Proposal, kind_of
from exchange.imports.mending import all_as_read, judge_apart, opened_mends
from exchange.models import ImportBatch, ImportFinding, Mend, StagedRow

Key = tuple[int, int, int]
NOTHING: tuple[None, dict[str, str]] = (None, {})
Sees = Callable[[ImportBatch], bool]


@dataclass(frozen=True)
class Reason:
    """What speaks against a row, and the column it speaks of."""

    column: str
    severity: str
    message: str


@dataclass(frozen=True)
class HeldRow:
    """A row that stays behind, as its reader may see it.

    `cells` are its contents by column, mended ones as they were mended; `mended` is None
    where nobody wrote over it since the last check. `in_full` shows personal numbers;
    `proposal` is what a damaged cell may mean.
    """

    batch: ImportBatch
    number: int
    line: int
    reasons: list[Reason]
    cells: Mapping[str, str]
    mended: Mapping[str, str] | None
    is_left_out: bool
    in_full: bool
    proposal: Proposal | None = None

    @property
    def place(self) -> str:
        return f"{self.number}-{self.line}"

    @property
    def sheet(self) -> str:
        names = {sheet["number"]: sheet["name"] for sheet in self.batch.sheets}
        return str(names.get(self.number, self.number))

    @property
    def state(self) -> str:
        """'held', or since the last check 'left-out', 'mended' or 'wrong' in spite of it."""
        if self.is_left_out:
            return "left-out"
        if self.mended is None:
            return "held"
        blocked = any(reason.severity == Severity.BLOCK for reason in self.reasons)
        return "wrong" if blocked else "mended"

    @cached_property
    def columns(self) -> list[Column]:
        """All columns that hold something of their own, composite ones only where filled."""
        every = kind_of(self.batch.kind).columns
        return [c for c in every if not c.is_composite or self.cells.get(c.name)]

    def content(self, column: Column) -> str:
        return shown.cell_as_read(column, self.cells.get(column.name, ""), self.in_full)

    @property
    def who(self) -> str:
        return self.content(shown.naming(kind_of(self.batch.kind)))

    @property
    def whole(self) -> list[tuple[str, str]]:
        """Title and content of every filled cell."""
        read = [(column.title, self.content(column)) for column in self.columns]
        return [(title, content) for title, content in read if content]

    @cached_property
    def troubled(self) -> list[Column]:
        """Columns that a reason speaks of, and those that were mended."""
        named = {reason.column for reason in self.reasons} | set(self.mended or ())
        return [column for column in self.columns if column.name in named]

    @property
    def stood(self) -> list[tuple[str, str]]:
        """Title and content of the cells that a reason speaks of."""
        return [(column.title, self.content(column)) for column in self.troubled]

    @property
    def form(self) -> RowForm:
        return RowForm(self, self.troubled)

    @property
    def whole_form(self) -> RowForm:
        return RowForm(self, self.columns)


class RowForm(forms.Form):
    """Cells of a held row. What the reader may not see is empty, and stays when left so."""

    fields: dict[str, Any]

    def __init__(self, row: HeldRow, columns: Iterable[Column], data: QueryDict | None = None):
        super().__init__(data, auto_id=f"row-{row.batch.pk}-{row.place}-%s")
        bad = {reason.column for reason in row.reasons if reason.severity == Severity.BLOCK}
        for column in columns:
            field = self.fields[column.name] = entry_for(column)
            content = row.content(column)
            if content != shown.cell_as_read(column, row.cells.get(column.name, ""), True):
                field.widget.attrs["placeholder"] = content
            else:
                self.initial[column.name] = content
                if isinstance(field, forms.ChoiceField):
                    field.choices = with_content(field.choices, content)
            field.widget.attrs |= {"autocomplete": "off"} | (
                {"aria-invalid": "true"} if column.name in bad else {}
            )

    @property
    def changed(self) -> dict[str, str]:
        """The cells that were written over, once the form is clean."""
        given = {name: self.cleaned_data[name] for name in self.fields if name in self.data}
        return {name: text for name, text in given.items() if text != self.initial.get(name, "")}


def with_content(choices: Any, content: str) -> list[Any]:
    """Choices with what stands in the file, which may be none of them."""
    every = list(choices)
    known = content in {value for value, _label in every}
    return every if known else [(content, content), *every]


def held_rows_of(user: User) -> int:
    """How many rows wait to be mended where the user may bring in files."""
    waiting = ImportBatch.objects.visible_to(user).with_held_rows()
    held: int | None = waiting.aggregate(held=Sum("held"))["held"]
    return held or 0


def held_rows(rows: Sequence[StagedRow], sees: Sees) -> list[HeldRow]:
    """Held rows of one or several imports, each with its batch at hand; `sees` tells which in full."""
    mends, reasons = mends_of_rows(rows), reasons_of(rows)
    cells = {
        key_of(row): read | mends.get(key_of(row), NOTHING)[1]
        for row, read in zip(rows, all_as_read(rows), strict=True)
    }
    since = {key: mend for key, (mend, _cells) in mends.items() if mend and not mend.is_checked}
    fresh = [row for row in rows if key_of(row) in since and not since[key_of(row)].is_left_out]
    reasons |= judged_anew(fresh, cells)
    proposals = proposed(rows, cells)
    return [
        HeldRow(
            batch=row.batch,
            number=row.sheet,
            line=row.line,
            reasons=reasons.get(key, []),
            cells=cells[key],
            mended=mends[key][1] if key in since else None,
            is_left_out=key in since and since[key].is_left_out,
            in_full=sees(row.batch),
            proposal=proposals.get(key),
        )
        for row in rows
        for key in [key_of(row)]
    ]


def proposed(
    rows: Sequence[StagedRow], cells: Mapping[Key, Mapping[str, str]]
) -> dict[Key, Proposal | None]:
    """What damaged cells may mean, import by import."""
    found: dict[Key, Proposal | None] = {}
    for batch in {row.batch_id: row.batch for row in rows}.values():
        proposer = kind_of(batch.kind).proposer
        own = [key_of(row) for row in rows if row.batch_id == batch.pk]
        if proposer:
            looked = proposer.look(batch.region_code, [cells[key] for key in own])
            found |= dict(zip(own, looked, strict=True))
    return found


def key_of(row: StagedRow | Mend | ImportFinding) -> Key:
    return row.batch_id, row.sheet, row.line


def at_places(rows: Iterable[StagedRow]) -> Q:
    """The lines of these rows, and perhaps the same lines of other sheets."""
    return Q(batch__in={row.batch_id for row in rows}, line__in={row.line for row in rows})


def mends_of_rows(rows: Sequence[StagedRow]) -> dict[Key, tuple[Mend, dict[str, str]]]:
    mends = list(Mend.objects.filter(at_places(rows)))
    cells = opened_mends(mends)
    return {key_of(mend): (mend, each) for mend, each in zip(mends, cells, strict=True)}


def reasons_of(rows: Sequence[StagedRow]) -> dict[Key, list[Reason]]:
    """What was found in the rows when they were judged last."""
    reasons: dict[Key, list[Reason]] = {}
    for found in ImportFinding.objects.filter(at_places(rows)).order_by("id"):
        told = Reason(found.column, found.severity, str(found))
        reasons.setdefault(key_of(found), []).append(told)
    return reasons


def judged_anew(
    rows: Sequence[StagedRow], cells: Mapping[Key, Mapping[str, str]]
) -> dict[Key, list[Reason]]:
    """What the rules say now of rows that were written over, import by import."""
    reasons: dict[Key, list[Reason]] = {key_of(row): [] for row in rows}
    for batch in {row.batch_id: row.batch for row in rows}.values():
        own = [row for row in rows if row.batch_id == batch.pk]
        judged = judge_apart(batch, [(row, cells[key_of(row)]) for row in own])
        for found in judged.findings:
            told = Reason(found.column, found.severity, say(found.sentence, found.params))
            reasons[key_of(own[found.row])].append(told)
    return reasons
