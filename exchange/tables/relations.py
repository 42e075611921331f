"""Relations and formulas over the cells of a table: read once, used three times.

The same tree judges cells, becomes a formula in the workbook and is printed under the table.
How they are written stands in `grammar`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

WHOLE, EACH = "whole", "each"
PLACES = Decimal("0.0001")


class Place(NamedTuple):
    """A cell: the code of its line and of its column."""

    line: str
    column: str


Cells = Mapping[Place, Decimal | None]


@dataclass(frozen=True)
class Ref:
    """A cell; what is '' is the line or column that the relation is looked at in."""

    line: str = ""
    column: str = ""
    summed: bool = False


@dataclass(frozen=True)
class Number:
    value: Decimal


@dataclass(frozen=True)
class Op:
    """Two sides put together by + - * or /."""

    sign: str
    left: Node
    right: Node
    passed: bool = False  # what `...` went over: printed as …


Node = Ref | Number | Op


@dataclass(frozen=True)
class At:
    """Where a relation is looked at: a line, a column, and the lines that `each` means there."""

    line: str = ""
    column: str = ""
    whole: str = ""
    each: Sequence[str] = ()

    def places(self, ref: Ref) -> list[Place]:
        """The cells that a reference means here; several only for a sum."""
        column = ref.column or self.column
        if ref.summed:
            return [Place(line, column) for line in self.each]
        line = self.whole if ref.line == WHOLE else ref.line
        return [Place(line if line and line != EACH else self.line, column)]


@dataclass(frozen=True)
class Relation:
    """Two sides that must compare. `severity` is 'block' or 'explain'.

    `over` says what `[whole]` and `[each]` are: '' the whole and all other lines, 'parts' each
    umbrella and its parts. `columns` are those that a relation of lines is looked at in.
    """

    text: str
    left: Node
    operator: str
    right: Node
    severity: str = "block"
    over: str = ""
    columns: Sequence[str] = ()

    @property
    def refs(self) -> list[Ref]:
        return [*refs_of(self.left), *refs_of(self.right)]

    @property
    def of_lines(self) -> bool:
        """Whether it relates lines, not the columns of one line."""
        return any(ref.line or ref.summed for ref in self.refs)

    def broken(self, cells: Cells, at: At) -> Broken | None:
        """What is wrong at a place, or None. Where all cells are empty, nothing is."""
        if is_empty([self.left, self.right], cells, at):
            return None
        left = rounded(value_of(self.left, cells, at))
        right = rounded(value_of(self.right, cells, at))
        if left is None or right is None:
            return None  # divided by nothing
        return None if COMPARE[self.operator](left, right) else Broken(self, at, left, right)

    def holds_of_filled(self, cells: Cells, at: At) -> bool:
        """Whether it is so; not so as soon as one of its cells is empty."""
        places = [place for ref in self.refs for place in at.places(ref)]
        if any(cells.get(place) is None for place in places):
            return False
        return self.broken(cells, at) is None

    def printed(self, column: str = "") -> str:
        """As it stands under the table: (1)=(2)+(3), [01]=[02]+[03]; or of one column alone."""
        sign = {"<=": "≤", ">=": "≥"}.get(self.operator, self.operator)
        said = f"{printed(self.left)}{sign}{printed(self.right)}"
        if self.over == "parts":
            said = said.replace("合计", "上级项目").replace("各行", "所属项目")
        columns = [column] if column else self.columns
        return f"{said}［{'、'.join(columns)}栏］" if columns else said

    def told_at(self, at: At) -> Place:
        """The cell beside which it is checked: in the line that `each` means, or the first named."""
        if any(ref.line == EACH and not ref.summed for ref in self.refs):
            return Place(at.line, at.column)
        return at.places(self.refs[0])[0]


@dataclass(frozen=True)
class Broken:
    """A relation that does not hold at a place, with what its sides come to."""

    relation: Relation
    at: At
    left: Decimal
    right: Decimal

    @property
    def place(self) -> Place:
        """The cell that it is told at: the first that the relation names."""
        first = self.relation.refs[0]
        return self.at.places(first)[0] if self.at.places(first) else Place(self.at.line, "")


COMPARE: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "=": lambda left, right: left == right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
}


def refs_of(node: Node) -> Iterator[Ref]:
    if isinstance(node, Ref):
        yield node
    elif isinstance(node, Op):
        yield from refs_of(node.left)
        yield from refs_of(node.right)


def divides(node: Node) -> bool:
    return isinstance(node, Op) and (node.sign == "/" or divides(node.left) or divides(node.right))


def is_empty(nodes: Iterable[Node], cells: Cells, at: At) -> bool:
    """Whether none of the cells that are named holds a number."""
    places = [place for node in nodes for ref in refs_of(node) for place in at.places(ref)]
    return bool(places) and all(cells.get(place) is None for place in places)


def value_of(node: Node, cells: Cells, at: At) -> Decimal | None:
    """What a side comes to; an empty cell counts as 0, a division by 0 is empty."""
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Ref):
        return sum((cells.get(place) or Decimal(0) for place in at.places(node)), Decimal(0))
    left, right = value_of(node.left, cells, at), value_of(node.right, cells, at)
    if left is None or right is None or (node.sign == "/" and right == 0):
        return None
    return {
        "+": lambda: left + right,
        "-": lambda: left - right,
        "*": lambda: left * right,
        "/": lambda: left / right,
    }[node.sign]()


def rounded(value: Decimal | None, places: Decimal = PLACES) -> Decimal | None:
    return None if value is None else value.quantize(places, rounding="ROUND_HALF_UP")


def printed(node: Node) -> str:
    if isinstance(node, Number):
        return str(node.value)
    if isinstance(node, Ref):
        line = {WHOLE: "合计", EACH: "各行"}.get(node.line, f"[{node.line}]" if node.line else "")
        return f"各行{node.column}之和" if node.summed else f"{line}{node.column}"
    return written(node, printed, {"*": "×", "/": "÷"})


BINDING = {"+": 1, "-": 1, "*": 2, "/": 2}


def written(node: Op, write: Callable[[Node], str], signs: Mapping[str, str]) -> str:
    """Both sides around the sign, in brackets where they bind less than it."""
    own, left = BINDING[node.sign], write(node.left)
    if node.passed:
        return left if left.endswith("…") else f"{left}{node.sign}…"
    right = write(node.right)
    if isinstance(node.left, Op) and BINDING[node.left.sign] < own:
        left = f"({left})"
    if isinstance(node.right, Op) and BINDING[node.right.sign] <= own and node.sign != "+":
        right = f"({right})"
    return f"{left}{signs.get(node.sign, node.sign)}{right}"
