"""Workbooks in one XML file, as spreadsheet programs of 2003 write them and others still do."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, BinaryIO
from xml.parsers import expat

from exchange.files.encodings import decode_markup
from exchange.files.grids import Grid, blocks_of
from exchange.files.limits import Limits
from exchange.files.refusals import FileRefused
from exchange.files.sheets import Packing

_SPACE = "urn:schemas-microsoft-com:office:spreadsheet "
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_FARTHEST = 1 << 20

Attributes = Mapping[str, str]


def read(
    file: BinaryIO, *, name: str, limits: Limits, block_rows: int, go: Callable[[], list[str]]
) -> Iterator[Packing]:
    """Blocks of every worksheet; raises FileRefused("unsafe") for a document type."""
    text = _DECLARATION.sub("", decode_markup(file.read()))
    go()
    book = _Book(limits)
    try:
        book.parser.Parse(text, True)
    except expat.ExpatError as error:
        raise FileRefused("unreadable") from error
    yield from blocks_of(book.grids, limits, block_rows)


class _Book:
    """The worksheets of a book while it is parsed."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.grids: list[Grid] = []
        self.cell: Attributes = {}
        self.kind = ""
        self.pieces: list[str] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _refuse(self, *_: object) -> None:
        raise FileRefused("unsafe")

    def _start(self, element: str, attrs: dict[str, str]) -> None:
        tag = element.removeprefix(_SPACE)
        given = {name.removeprefix(_SPACE): value for name, value in attrs.items()}
        if tag == "Worksheet":
            self.grids.append(Grid(self.limits, name=given.get("Name", "")))
        elif not self.grids:
            return
        elif tag == "Row":
            row = _number(given, "Index", 1) - 1
            self.grids[-1].start_row(row, hidden=given.get("Hidden") == "1")
        elif tag == "Cell":
            self.cell, self.kind, self.pieces = given, "", []
        elif tag == "Data" and not self.kind:
            self.kind = given.get("Type", "String")

    def _end(self, element: str) -> None:
        tag = element.removeprefix(_SPACE)
        if tag == "Data" and self.kind:
            self.kind = "-" + self.kind  # what follows in the cell is a comment
        elif tag == "Cell" and self.grids and self.grids[-1].row >= 0:
            self._add("".join(self.pieces), self.kind[1:])

    def _text(self, data: str) -> None:
        if self.kind and not self.kind.startswith("-"):
            self.pieces.append(data)

    def _add(self, text: str, kind: str) -> None:
        grid, column = self.grids[-1], _number(self.cell, "Index", 1) - 1
        if kind == "Error":
            grid.add_error(text, column=column)
            return
        grid.add(
            _value(text, kind),
            column=column,
            across=_number(self.cell, "MergeAcross", 0) + 1,
            down=_number(self.cell, "MergeDown", 0) + 1,
            formula=self.cell.get("Formula", ""),
        )


def _value(text: str, kind: str) -> Any:
    """The text where it is not what its type says."""
    try:
        if kind == "Number":
            return float(text)
        if kind == "DateTime":
            return datetime.fromisoformat(text)
    except ValueError:
        return text
    return text == "1" if kind == "Boolean" else text


def _number(attributes: Attributes, name: str, least: int) -> int:
    written = attributes.get(name, "")[:9]
    return min(max(int(written), least), _FARTHEST) if written.isdecimal() else least
