"""What stands above a table and holds for all its rows: class, institution, dates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exchange.files import cells as marks
from exchange.imports.headings import Names, folded

LABEL = re.compile(r"([^\s:：]{2,16})\s*[:：]")


@dataclass(frozen=True)
class Fact:
    """A cell's content for a whole table, and where it stands (line and place from 1 and 0)."""

    line: int
    place: int
    title: str
    cell: str

    def report(self) -> list[Any]:
        """Line, place, label and content, as they are kept beside the import."""
        return [self.line, self.place, self.title, marks.content(self.cell)]


def find_facts(lines: Sequence[tuple[int, Sequence[str]]], names: Names) -> dict[str, Fact]:
    """Facts by column in the lines above a table; of two contents the official label's counts.

    A fact is written `label: content`, several in one cell if need be, or as a label
    with its content in the next filled cell. Where labels with equal right say
    different things, none is taken.
    """
    found: dict[str, list[Fact]] = {}
    for line, row in lines:
        for fact in _facts_of(line, row, names.for_all):
            found.setdefault(names.for_all[folded(fact.title)], []).append(fact)
    chosen = {}
    for name, facts in found.items():
        rightful = [f for f in facts if folded(f.title) in names.official] or facts
        if len({fact.cell for fact in rightful}) == 1:
            chosen[name] = rightful[0]
    return chosen


def _facts_of(line: int, row: Sequence[str], names: Mapping[str, str]) -> Iterator[Fact]:
    filled = [(place, cell) for place, cell in enumerate(row) if cell.strip()]
    for at, (place, cell) in enumerate(filled):
        beside = filled[at + 1][1] if at + 1 < len(filled) else ""
        for label, content in _labelled(cell, names):
            content = content or ("" if _is_label(beside, names) else beside)
            if content:
                yield Fact(line, place, label, content)


def _labelled(cell: str, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The known labels of a cell, each with the text up to the next label."""
    text = marks.content(cell)
    if folded(text) in names:
        yield text, ""
        return
    labels = [m for m in LABEL.finditer(text) if _begins_label(text, m, names)]
    ends = [label.start() for label in labels[1:]] + [len(text)]
    for label, end in zip(labels, ends, strict=False):
        if folded(label[1]) in names:
            yield label[1], text[label.end() : end].strip(" ;；,，。")


def _begins_label(text: str, label: re.Match[str], names: Mapping[str, str]) -> bool:
    at = label.start()
    return folded(label[1]) in names or at == 0 or text[at - 1].isspace()


def _is_label(cell: str, names: Mapping[str, str]) -> bool:
    return folded(cell) in names or bool(LABEL.search(marks.content(cell)))
