"""A filled table as a sheet: the official head, live formulas, checks beside, signatures.

What stands on a table is Chinese, in every language of the interface.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exchange.tables import judging
from exchange.tables.filling import Filled
from exchange.tables.relations import (
    At,
    Node,
    Number,
    Place,
    Ref,
    Relation,
    divides,
    is_empty,
    value_of,
)
from exchange.tables.sources import Cell, Origin
from exchange.workbooks import (
    CellAt,
    Check,
    Column,
    Constant,
    Foot,
    Formula,
    Head,
    Join,
    Kind,
    SheetSpec,
    Sum,
)
from exchange.workbooks.formulas import Part

STEMS = "甲乙丙丁戊己"
LINE_CODE = "行次"
BALANCE = "平衡校验：{relation}"
MUST, ASKED = "栏目关系：", "核实关系（不成立的须填写说明）："
DIGITS = {Kind.INTEGER: 0, Kind.PERCENT: 4}


@dataclass(frozen=True)
class Layout:
    """Where the cells of a table stand on its sheet."""

    filled: Filled
    rows: Mapping[str, int]
    columns: Mapping[str, int]

    @classmethod
    def of(cls, filled: Filled) -> Layout:
        first = len(stem_columns(filled))
        return cls(
            filled,
            {line.code: row for row, line in enumerate(filled.lines)},
            {column.code: first + n for n, column in enumerate(filled.columns)},
        )

    def cell(self, place: Place) -> CellAt:
        cell = self.filled.cells[place]
        is_word = cell.value is None and (bool(cell.text) or cell.origin is Origin.FORMULA)
        return CellAt(self.rows[place.line], self.columns[place.column], is_word)

    def part(self, node: Node, at: At) -> Part:
        """A side of a relation, or a formula, over the cells of the sheet."""
        if isinstance(node, Number):
            return Constant(node.value)
        if isinstance(node, Ref):
            cells = tuple(self.cell(place) for place in at.places(node))
            return Sum(cells) if node.summed else cells[0]
        left, right = (self.part(each, at) for each in (node.left, node.right))
        return Join(node.sign, left, right)  # type: ignore[arg-type]


def sheet_of(filled: Filled, head: Head, foot: Foot) -> SheetSpec:
    """The sheet of a filled table; the first line is bold when it is the whole."""
    layout = Layout.of(filled)
    checks = _checks(layout)
    rows = [
        [*_stem(filled, row), *_figures(layout, row), *(each.get(row) for each in checks.values())]
        for row in range(len(filled.lines))
    ]
    bold = 1 if filled.lines and filled.lines[0].total else 0
    return SheetSpec(
        name=filled.table.title,
        columns=[*stem_columns(filled), *_columns(filled)],
        rows=rows[bold:],
        totals=rows[:bold],
        head=head,
        foot=foot,
        paper=filled.table.paper,
        landscape=filled.table.landscape,
        freeze=len(stem_columns(filled)),
        aside=[Column(BALANCE.format(relation=relation), width=18) for relation in checks],
    )


def stem_columns(filled: Filled) -> list[Column]:
    """甲, 乙, 丙, and the column of line codes."""
    titles, stem = filled.table.stem.titles, filled.table.stem
    widths = stem.options.get("widths", ())
    columns = [
        Column(title, width=widths[n] if n < len(widths) else None, code=STEMS[n])
        for n, title in enumerate(titles)
    ]
    if stem.line_codes:
        columns.append(Column(LINE_CODE, width=6, code=STEMS[len(titles)]))
    return columns


def line_number(row: int) -> str:
    """How a line is numbered in print: 01, 02."""
    return f"{row + 1:02}"


def _stem(filled: Filled, row: int) -> list[Any]:
    line = filled.lines[row]
    declared = filled.table.stem.lines == "fixed"
    number = [line.code if declared else line_number(row)]
    titles = [*line.titles, *[""] * (len(filled.table.stem.titles) - len(line.titles))]
    return [*titles, *(number if filled.table.stem.line_codes else [])]


def _columns(filled: Filled) -> list[Column]:
    return [
        Column(each.title, each.kind, each.width, each.group, each.code) for each in filled.columns
    ]


def _figures(layout: Layout, row: int) -> list[Any]:
    line = layout.filled.lines[row].code
    return [_value(layout, Place(line, column)) for column in layout.columns]


def _value(layout: Layout, place: Place) -> Any:
    """A number, words, or a live formula for what is computed and for totals that balance."""
    cell, column = layout.filled.cells[place], layout.filled.table.column(place.column)
    if cell.value is None:
        return cell.text or None
    if column.formula is not None:
        part = layout.part(column.formula, At(line=place.line))
        places = DIGITS.get(column.kind, 2) if divides(column.formula) else None
        return Formula(part, cell.value, places)
    total = _total(layout, place, cell)
    return cell.value if total is None else Formula(total, cell.value)


def _total(layout: Layout, place: Place, cell: Cell) -> Part | None:
    """The other side of a mandatory equation that this cell alone is one side of, if it holds."""
    filled = layout.filled
    for relation in filled.table.relations:
        if relation.operator != "=" or relation.severity != "block" or not relation.of_lines:
            continue
        if not isinstance(relation.left, Ref):
            continue
        for at in judging.places_of(relation, filled.table, filled.columns, filled.lines):
            if at.places(relation.left) != [place]:
                continue
            if value_of(relation.right, filled.numbers, at) == cell.value:
                return layout.part(relation.right, at)
    return None


def _checks(layout: Layout) -> dict[str, dict[int, Check]]:
    """The checks of each relation as it is printed, by row; of lines, each column's apart."""
    filled, numbers = layout.filled, layout.filled.numbers
    found: dict[str, dict[int, Check]] = {}
    for relation in filled.table.relations:
        for at in judging.places_of(relation, filled.table, filled.columns, filled.lines):
            if not is_empty([relation.left, relation.right], numbers, at):
                row = layout.rows[relation.told_at(at).line]
                checks = found.setdefault(relation.printed(at.column), {})
                checks[row] = _check(layout, relation, at)
    return found


def _check(layout: Layout, relation: Relation, at: At) -> Check:
    holds = relation.broken(layout.filled.numbers, at) is None
    left, right = (layout.part(node, at) for node in (relation.left, relation.right))
    return Check(left, relation.operator, right, holds)  # type: ignore[arg-type]


def notes_of(filled: Filled) -> list[str]:
    """The notes of the declaration, and its relations: those that must hold, then the others."""
    here = {column.code for column in filled.columns}
    told: dict[str, list[str]] = {MUST: [], ASKED: []}
    for relation in filled.table.relations:
        if {ref.column for ref in relation.refs if ref.column} <= here:
            label = MUST if relation.severity == "block" else ASKED
            told[label].append(relation.printed())
    return [*filled.table.notes, *(f"{label}{'；'.join(of)}。" for label, of in told.items() if of)]
