"""What was understood of a file's sheets: their tables, what stands above these, lines that are no data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from exchange.imports.headings import Names
from exchange.imports.kinds import ImportKind
from exchange.imports.lines import LineKind
from exchange.imports.shown import guarded
from exchange.imports.templates import sheets_beside

KINDS: dict[str, str | Promise] = {
    LineKind.OTHER: gettext_lazy("NOT UNDERSTOOD"),
    LineKind.TITLE: gettext_lazy("above the table"),
    LineKind.HEADING: gettext_lazy("headings"),
    LineKind.REPEATED: gettext_lazy("repeated headings"),
    LineKind.TOTAL: gettext_lazy("totals"),
    LineKind.SIGNATURE: gettext_lazy("signatures"),
    LineKind.NOTE: gettext_lazy("notes"),
    LineKind.BLANK: pgettext_lazy("lines", "blank"),
    LineKind.LEFT_OUT: gettext_lazy("left out by you"),
}
OF_TEMPLATE = gettext_lazy("on a sheet of the template")
WITHOUT_TABLE = gettext_lazy("on a sheet without a table")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Passed:
    """Lines of one kind that are no data: how many, and which."""

    name: str | Promise
    count: int
    lines: str
    is_doubtful: bool


@dataclass(frozen=True)
class SheetShown:
    """A sheet as it was understood, for a reader who may or may not see personal numbers."""

    kind: ImportKind
    report: dict[str, Any]
    in_full: bool = False

    @property
    def name(self) -> str:
        return str(self.report["name"])

    @property
    def is_hidden(self) -> bool:
        return bool(self.report["hidden"])

    @property
    def hidden_count(self) -> int:
        return int(self.report["hidden_count"])

    @property
    def hidden_lines(self) -> str:
        return told(self.report["hidden_lines"], self.hidden_count)

    @property
    def filled_down(self) -> int:
        return int(self.report["filled_down"])

    @property
    def passed(self) -> list[Passed]:
        """What is no data, kind by kind; what was not understood comes first."""
        found = self.report["passed"]
        other = OF_TEMPLATE if self.is_of_template else WITHOUT_TABLE
        names = KINDS if self.tables else KINDS | {LineKind.OTHER: other}
        return [
            Passed(name, count, told(lines, count), self._is_doubtful(kind))
            for kind, name in names.items()
            for count, lines in [found.get(kind, (0, []))]
            if count
        ]

    def _is_doubtful(self, kind: str) -> bool:
        return kind == LineKind.OTHER and not self.is_of_template

    @property
    def is_of_template(self) -> bool:
        """Whether it is a sheet that the portal's template carries beside its table."""
        return not self.tables and self.name in sheets_beside(self.kind)

    @property
    def tables(self) -> list[dict[str, Any]]:
        return list(self.report["tables"])

    @property
    def is_matched(self) -> bool:
        return any(table["matched"] for table in self.tables)

    @property
    def known(self) -> list[str]:
        """Titles of the columns that were found, as headings or above a table."""
        return [column.title for column in self.kind.columns if column.name in self._found]

    @property
    def absent(self) -> list[str]:
        """Titles of the columns of which nothing was found, not even as a part of another."""
        had = Names(self.kind.columns).given_by(self._found)
        return [
            column.title
            for column in self.kind.columns
            if column.name not in had and not (column.is_composite and had & set(column.parts))
        ]

    @property
    def _found(self) -> set[str]:
        return {name for table in self.tables for name in (*table["places"], *table["facts"])}

    @property
    def unknown(self) -> list[str]:
        """Headings that no column goes by, each once."""
        every = [title for table in self.tables for title in unknown_titles(table)]
        return list(dict.fromkeys(every))

    @property
    def facts(self) -> list[dict[str, str]]:
        """What holds for all rows of a table, and where it stands; line 0 is the user's own word."""
        titles = {column.name: column.title for column in self.kind.columns}
        found = [
            {
                "title": titles.get(name, name),
                "content": guarded(str(content), self.in_full),
                "cell": f"{letters(place)}{line}" if line else _("given by you"),
            }
            for table in self.tables
            for name, (line, place, _label, content) in table["facts"].items()
        ]
        return [fact for at, fact in enumerate(found) if fact not in found[:at]]


def unknown_titles(table: dict[str, Any]) -> list[str]:
    """Titles of a table's report that no column goes by."""
    taken = set(table["places"].values())
    return [title for place, title in table["titles"].items() if int(place) not in taken]


def letters(place: int) -> str:
    """A place counted from 0 as spreadsheet programs name its column: A, B, ..., AA."""
    name, place = "", place + 1
    while place:
        place, letter = divmod(place - 1, len(LETTERS))
        name = LETTERS[letter] + name
    return name


def told(lines: Iterable[int], count: int) -> str:
    """Numbers of lines, neighbors drawn together: 1-3、7; an ellipsis where there are more."""
    runs: list[list[int]] = []
    kept = sorted(set(lines))
    for line in kept:
        if runs and line == runs[-1][-1] + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    words = [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]
    return "、".join(words) + ("…" if count > len(kept) else "")
