"""Tables of web pages, which many systems export under the name of a spreadsheet."""

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from exchange.files.encodings import decode_markup
from exchange.files.grids import Grid, blocks_of
from exchange.files.limits import Limits
from exchange.files.markup import Attributes, tags
from exchange.files.refusals import FileRefused
from exchange.files.sheets import Packing
from exchange.files.web_tables import Table, is_hidden, text

_LONGEST_NAME = 31
_MOST_NESTED = 20
_BREAKS = frozenset(
    ["br", "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "hr", "center", "form", "pre"]
    + [f"h{level}" for level in range(1, 7)]
)
_VOID = frozenset(["br", "hr", "img", "input", "col", "meta", "link", "wbr"])
_UNSEEN = frozenset(["title", "xml", "script", "style", "template", "noscript"])


def read(
    file: BinaryIO, *, name: str, limits: Limits, block_rows: int, go: Callable[[], list[str]]
) -> Iterator[Packing]:
    """Blocks of the page's tables, each its own sheet, named by its caption or its number.

    Text and tables of a single row become lines above the next table, or below the last.
    Raises FileRefused for a page with no table of two rows, or one that asks for a password.
    """
    source = decode_markup(file.read())
    go()
    page = _Page(limits)
    for before, tag, attributes in tags(source):
        page.take(before, tag, attributes)
    yield from blocks_of(page.sheets(), limits, block_rows)


class _Page:
    """What a page shows, in its order: tables and the lines of text between them."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.items: list[Table | str] = []
        self.open: list[Table] = []
        self.pieces: list[str] = []  # of text outside all cells
        self.caption: list[str] | None = None
        self.unseen = ""  # an element whose content is not shown
        self.depth = 0
        self.acts: dict[str, Callable[[Attributes], None]] = {
            "table": self._start_table,
            "caption": self._start_caption,
            "tr": self._start_row,
            "td": self._start_cell,
            "th": self._start_cell,
            "thead": self._between_rows,
            "tbody": self._between_rows,
            "tfoot": self._between_rows,
            "/td": self._end_cell,
            "/th": self._end_cell,
            "/tr": self._end_cell,
            "/table": self._end_table,
            "/caption": self._end_caption,
        }

    def take(self, before: str, tag: str, attributes: Attributes) -> None:
        """The next text and the tag it ends at."""
        if before and not self.unseen:
            self._pieces().append(before)
        if act := self.acts.get(tag):
            self.unseen = ""
            act(attributes)
        elif self.unseen:
            self._look_for_end(tag)
        elif tag in _UNSEEN or (is_hidden(attributes) and tag not in _VOID):
            self.unseen, self.depth = tag, 1
        elif tag.removeprefix("/") in _BREAKS:
            self._break()
        elif tag == "input" and attributes.get("type", "").lower() == "password":
            raise FileRefused("web-page")

    def sheets(self) -> list[Grid]:
        """The tables of data, with the other lines around them."""
        while self.open:
            self._end_table()
        self._end_line()
        grids: list[Grid] = []
        lines: list[list[Any]] = []
        for item in self.items:
            if isinstance(item, str):
                lines.append([item])
            elif item.is_text:
                continue
            elif item.is_data():
                lines += [[item.caption]] if item.caption else []
                item.grid.put_lines_above(lines)
                grids.append(item.grid)
                lines = []
            else:
                lines += [row for row in item.grid.rows if row]
        if not grids:
            raise FileRefused("web-page")
        grids[-1].rows += lines
        _name(grids)
        return grids

    def _look_for_end(self, tag: str) -> None:
        if tag.removeprefix("/") == self.unseen:
            self.depth += -1 if tag.startswith("/") else 1
            self.unseen = self.unseen if self.depth else ""

    def _pieces(self) -> list[str]:
        if self.caption is not None:
            return self.caption
        if self.open and self.open[-1].attributes is not None:
            return self.open[-1].pieces
        return self.pieces

    def _break(self) -> None:
        if self._pieces() is self.pieces:
            self._end_line()
        else:
            self._pieces().append("\x0b")  # no space of the page's source, so it stands

    def _end_line(self) -> None:
        if line := text(self.pieces):
            self.items.append(line)
            self.limits.check(rows=len(self.items), columns=0, cells=0)
        self.pieces = []

    def _start_table(self, attributes: Attributes) -> None:
        self._end_caption()
        self._end_line()
        if len(self.open) == _MOST_NESTED:
            raise FileRefused("unreadable")
        table = Table(Grid(self.limits, hidden=is_hidden(attributes)))
        self.items.append(table)
        self.open.append(table)

    def _start_caption(self, attributes: Attributes) -> None:
        self.caption = []

    def _start_row(self, attributes: Attributes) -> None:
        if not self.open:
            self._start_table({})
        self._between_rows()
        self.open[-1].grid.start_row(hidden=is_hidden(attributes))

    def _start_cell(self, attributes: Attributes) -> None:
        if not self.open or self.open[-1].grid.row < 0:
            self._start_row({})
        self._between_rows()
        self.open[-1].attributes = attributes

    def _between_rows(self, attributes: Attributes | None = None) -> None:
        self._end_caption()
        self._end_cell()

    def _end_cell(self, attributes: Attributes | None = None) -> None:
        if self.open:
            self.open[-1].end_cell()

    def _end_caption(self, attributes: Attributes | None = None) -> None:
        if self.caption is not None and self.open:
            self.open[-1].caption = self.open[-1].grid.name = text(self.caption)
        self.caption = None

    def _end_table(self, attributes: Attributes | None = None) -> None:
        """Close the innermost table; one in a cell that holds no more than a row is its text."""
        if not self.open:
            return
        self._between_rows()
        table = self.open.pop()
        if not self.open or self.open[-1].attributes is None:
            return
        if table.is_data():
            self.open[-1].has_table = True
        else:
            table.is_text = True
            self.open[-1].pieces += [f"{value} " for row in table.grid.rows for value in row]


def _name(grids: list[Grid]) -> None:
    taken: set[str] = set()
    for number, grid in enumerate(grids, 1):
        name = grid.name[:_LONGEST_NAME]
        grid.name = name if name and name not in taken else str(number)
        taken.add(grid.name)
