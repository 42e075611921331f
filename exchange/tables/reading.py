"""A file of APP/data/tables, read into a Table. What is wrong is told with the file and the line."""

from __future__ import annotations

import datetime
import hashlib
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from exchange.papers.values import day_in_words
from exchange.reports.forms import NOT_YET_NUMBERED, Form
from exchange.tables import checks, declared
from exchange.tables.declared import LEVELS, PERIODS, Column, Due, Line, Stem, Table
from exchange.tables.grammar import Order, RelationUnreadable, parse, parse_formula
from exchange.tables.relations import Relation
from exchange.workbooks import Kind

KINDS = {
    each.value: each for each in (Kind.INTEGER, Kind.DECIMAL, Kind.WAN, Kind.PERCENT, Kind.TEXT)
}
SIGNATURES = ("单位负责人", "统计负责人", "填表人", "联系电话", "报出日期")
KEYS = {
    "table": "key title name levels periods unit paper landscape closed_months due form stem"
    " line column relation notes signatures",
    "form": "table_number issued_by approved_by document_number valid_from valid_to needs_checking",
    "stem": "lines titles line_codes",
    "line": "code title total program category measures empty",
    "column": "code title kind from group width levels required required_when needs",
    "relation": "text severity over columns",
}
NEEDED = {
    "table": "key title name levels periods unit form stem column",
    "form": "",
    "stem": "lines titles",
    "line": "code title",
    "column": "code title kind from",
    "relation": "text",
}


def read_folder(folder: Path) -> tuple[Table, ...]:
    """Every table of a folder."""
    return tuple(load(path) for path in sorted(folder.glob("*.toml")))


def load(path: Path) -> Table:
    """Read one declaration. Raises ImproperlyConfigured with the file and the line."""
    return read(path.read_text("utf-8"), str(path))


def read(text: str, file: str = "") -> Table:
    """Read the text of a declaration; `file` names it in what is told."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ImproperlyConfigured(f"{file}: {error}") from None
    return _Reading(file, text, said).table()


class _Reading:
    def __init__(self, path: str, text: str, said: dict[str, Any]) -> None:
        self.path, self.text, self.said = path, text, said
        self.codes = Order(
            [str(each.get("code", "")) for each in said.get("column", ())],
            [str(each.get("code", "")) for each in said.get("line", ())],
        )

    def trouble(self, said: str, at: object) -> ImproperlyConfigured:
        """The sentence with the file and the line: that of a code, or the first that holds it."""
        lines = list(enumerate(self.text.splitlines(), 1))
        coded = [n for n, line in lines if line.strip() == f'code = "{at}"']
        found = coded[::-1] or [n for n, line in lines if str(at) and str(at) in line] or [1]
        return ImproperlyConfigured(f"{self.path}, line {found[0]}: {said}")

    def known(self, part: str, said: Mapping[str, Any]) -> Mapping[str, Any]:
        """What was said, if it has all that it needs and nothing that has no meaning."""
        at = said.get("code") or said.get("text") or ""
        free = part == "stem"  # what a kind of lines wants to be told, it says itself
        if (strange := [key for key in said if key not in KEYS[part].split()]) and not free:
            raise self.trouble(f"{part} has no {', '.join(strange)}", at or strange[0])
        if missing := [key for key in NEEDED[part].split() if key not in said]:
            raise self.trouble(f"{part} {at} lacks {', '.join(missing)}", at or f"[{part}]")
        return said

    def table(self) -> Table:
        said = self.known("table", self.said)
        table = Table(
            key=said["key"],
            title=said["title"],
            name=said["name"],
            levels=self.levels(said["levels"]),
            periods=self.each_of(said["periods"], PERIODS, "period"),
            unit=said["unit"],
            paper=self.one_of(said.get("paper", "A4"), ("A4", "A3"), "paper"),
            landscape=bool(said.get("landscape", True)),
            closed_months=bool(said.get("closed_months", True)),
            due=self.read(lambda: Due.read(said.get("due", {})), "due ="),
            form=self.form(said["form"]),
            stem=self.stem(said["stem"]),
            columns=tuple(self.column(each) for each in said["column"]),
            lines=tuple(self.line(each) for each in said.get("line", ())),
            relations=tuple(self.relation(each) for each in said.get("relation", ())),
            notes=tuple(said.get("notes", {}).get("text", ())),
            signatures=tuple(said.get("signatures", {}).get("line", SIGNATURES)),
            digest=hashlib.sha256(self.text.encode()).hexdigest(),
            text=self.text,
            file=self.path,
        )
        checks.check_shape(table, self.trouble)
        return table

    def one_of(self, value: Any, known: Sequence[str], what: str) -> Any:
        if value not in known:
            raise self.trouble(f"{what} {value!r} is none of {', '.join(known)}", value)
        return value

    def each_of(self, values: Sequence[Any], known: Sequence[str], what: str) -> tuple[Any, ...]:
        return tuple(self.one_of(value, known, what) for value in values)

    def levels(self, names: Sequence[str]) -> frozenset[int]:
        return frozenset(LEVELS[name] for name in self.each_of(names, tuple(LEVELS), "level"))

    def form(self, said: Mapping[str, Any]) -> Form:
        known = dict(self.known("form", said))
        last = known.get("valid_to")
        for name in ("valid_from", "valid_to"):
            if name in known and type(known[name]) is not datetime.date:
                raise self.trouble(f"{name} is no day", name)
        until = day_in_words(last) if last else ""
        return Form(**{"table_number": NOT_YET_NUMBERED, "valid_until": until} | known)

    def stem(self, said: Mapping[str, Any]) -> Stem:
        known = self.known("stem", said)
        options = {key: value for key, value in known.items() if key not in KEYS["stem"].split()}
        return Stem(
            lines=known["lines"],
            titles=tuple(known["titles"]),
            line_codes=bool(known.get("line_codes", False)),
            options=options,
        )

    def line(self, said: Mapping[str, Any]) -> Line:
        known = self.known("line", said)
        return Line(
            code=known["code"],
            title=known["title"],
            total=bool(known.get("total", False)),
            programs=frozenset(known.get("program", ())),
            categories=frozenset(known.get("category", ())),
            measures=dict(known.get("measures", {})),
            empty=frozenset(known.get("empty", ())),
        )

    def column(self, said: Mapping[str, Any]) -> Column:
        known = self.known("column", said)
        at = known["code"]
        source, asked, options = self.source(known["from"], at)
        return Column(
            code=at,
            title=known["title"],
            kind=KINDS[self.one_of(known["kind"], tuple(KINDS), "kind")],
            source=source,
            asked=asked,
            options=options,
            group=known.get("group", ""),
            width=known.get("width"),
            levels=self.levels(known["levels"])
            if "levels" in known
            else frozenset(LEVELS.values()),
            required=bool(known.get("required", False)),
            required_when=self.condition(known.get("required_when", "")),
            formula=self.read(lambda: parse_formula(asked, self.codes), asked)
            if source == "formula"
            else None,
            needs=tuple(known.get("needs", ())),
        )

    def source(self, said: Any, at: str) -> tuple[str, Any, Mapping[str, Any]]:
        """Exactly one source: `"typed"`, or a key with what it is asked for and options."""
        if isinstance(said, str):
            return said, "", {}
        first, *more = said
        return first, said[first], {key: said[key] for key in more}

    def condition(self, text: str) -> Relation | None:
        return self.read(lambda: parse(text, self.codes), text) if text else None

    def relation(self, said: Mapping[str, Any]) -> Relation:
        known = self.known("relation", said)
        text = known["text"]
        severity = self.one_of(
            known.get("severity", declared.BLOCK), (declared.BLOCK, declared.EXPLAIN), "severity"
        )
        over = self.one_of(known.get("over", ""), ("", "parts"), "over")
        columns = tuple(known.get("columns", ()))
        found: Relation = self.read(
            lambda: parse(text, self.codes, severity=severity, over=over, columns=columns), text
        )
        return found

    def read(self, read: Callable[[], Any], at: str) -> Any:
        try:
            return read()
        except (RelationUnreadable, ValueError) as error:
            raise self.trouble(str(error), at) from None
