"""How relations are written.

`(3)` is a column of the same line, `[02]` a line of the same column, `[02](4)` one cell. On
lines that are generated `[whole]` is the line of the whole and `[each]` every other one;
`sum[each]` adds them up. `...` between two references goes on in the declared order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from exchange.tables.relations import Node, Number, Op, Ref, Relation

OPERATORS = ("=", "<=", ">=", "<", ">")
TOKEN = re.compile(
    r"\s*(?:(?P<sum>sum\s*\[each\](?:\(\d+\))?)|(?P<ref>\[\w+\](?:\(\d+\))?|\(\d+\))"
    r"|(?P<dots>\.\.\.|…)|(?P<op><=|>=|[=<>+\-*/()])|(?P<number>\d+(?:\.\d+)?))"
)


class RelationUnreadable(ValueError):
    """A relation that cannot be read; the message says what stands where and what should."""


@dataclass(frozen=True)
class Order:
    """The codes of a table's columns and lines, as declared: what `...` goes along."""

    columns: Sequence[str]
    lines: Sequence[str] = ()

    def between(self, first: Ref, last: Ref) -> list[Ref]:
        """References after the first one up to the last one, in the declared order."""
        name = "column" if first.line == last.line else "line"
        codes = list(self.columns if name == "column" else self.lines)
        if name == "line" and first.column != last.column:
            raise RelationUnreadable("... goes along columns or along lines, not both")
        try:
            start, end = (codes.index(getattr(ref, name)) for ref in (first, last))
        except ValueError:
            raise RelationUnreadable("... stands between codes that are not declared") from None
        if end <= start:
            raise RelationUnreadable("... goes forward in the declared order")
        found = codes[start + 1 : end + 1]
        if name == "line":
            return [replace(last, line=code) for code in found]
        return [replace(last, column=code) for code in found]


def parse(text: str, order: Order, **more: object) -> Relation:
    """Read a relation: two sides with one of = <= >= < > between. Raises RelationUnreadable."""
    reader = _Reader(text, order)
    left = reader.side()
    operator = reader.take("op")
    if operator not in OPERATORS:
        raise reader.trouble("one of = <= >= < >")
    right = reader.side()
    reader.end()
    return Relation(text, left, operator, right, **more)  # type: ignore[arg-type]


def parse_formula(text: str, order: Order) -> Node:
    """Read one side, as a formula's. Raises RelationUnreadable."""
    reader = _Reader(text, order)
    node = reader.side()
    reader.end()
    return node


class _Reader:
    """Reads a text from left to right; * and / bind before + and -."""

    def __init__(self, text: str, order: Order) -> None:
        self.text, self.order = text, order
        self.tokens = list(self._tokens())
        self.next = 0

    def _tokens(self) -> Iterator[tuple[str, str]]:
        place, text = 0, self.text.rstrip()
        while place < len(text):
            found = TOKEN.match(text, place)
            if not found or not found.lastgroup:
                raise RelationUnreadable(f"“{self.text}”: cannot read “{text[place:]}”")
            place = found.end()
            yield found.lastgroup, found.group().strip()

    def trouble(self, wanted: str) -> RelationUnreadable:
        rest = " ".join(token for _kind, token in self.tokens[self.next :]) or "the end"
        return RelationUnreadable(f"“{self.text}”: {wanted} expected before “{rest}”")

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.next] if self.next < len(self.tokens) else ("", "")

    def take(self, kind: str) -> str:
        found, token = self.peek()
        if found != kind:
            raise self.trouble("an operator" if kind == "op" else "a cell")
        self.next += 1
        return token

    def end(self) -> None:
        if self.next < len(self.tokens):
            raise self.trouble("nothing more")

    def side(self) -> Node:
        node = last = self.term()
        while self.peek()[1] in ("+", "-"):
            sign = self.take("op")
            if self.peek()[0] == "dots":
                node, last = self.go_on(node, last, sign)
            else:
                last = self.term()
                node = Op(sign, node, last)
        return node

    def go_on(self, node: Node, first: Node, sign: str) -> tuple[Node, Node]:
        """`(2) + ... + (7)`: what stands between them is added in the declared order."""
        self.take("dots")
        if self.take("op") != sign:
            raise self.trouble(f"{sign} after ...")
        last = self.term()
        if not (isinstance(first, Ref) and isinstance(last, Ref)):
            raise self.trouble("a cell on both sides of ...")
        *passed, _last = self.order.between(first, last)
        for ref in passed:
            node = Op(sign, node, ref, passed=True)
        return Op(sign, node, last), last

    def term(self) -> Node:
        node = self.factor()
        while self.peek()[1] in ("*", "/"):
            node = Op(self.take("op"), node, self.factor())
        return node

    def factor(self) -> Node:
        kind, text = self.peek()
        if text != "(" and kind not in ("number", "ref", "sum"):
            raise self.trouble("a cell or a number")
        self.next += 1
        if kind == "number":
            return Number(Decimal(text))
        if kind != "op":
            return _ref(text, summed=kind == "sum")
        node = self.side()
        if self.take("op") != ")":
            raise self.trouble(")")
        return node


def _ref(text: str, *, summed: bool) -> Ref:
    line = re.search(r"\[(\w+)\]", text)
    column = re.search(r"\(\d+\)", text)
    named = line[1] if line else ""
    return Ref("" if summed else named, column[0] if column else "", summed=summed)
