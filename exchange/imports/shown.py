"""Rows of an import as a reader may see them: held ones as they stood, accepted ones as they go in.

Personal numbers leave here masked unless the reader may see them in full.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.models import Region
from core.sealing import mask_id_number, mask_phone, mask_stray_numbers
from exchange.files import cells as marks
from exchange.imports.columns import Choice, Column
from exchange.imports.kinds import ImportKind
from exchange.imports.staging import PLACE_OF_ROW

# The stem begins the name of a column with a personal number; STEM_mask is staged beside it.
MASKS: dict[str, Callable[[str], str]] = {"id": mask_id_number, "phone": mask_phone}
# Columns of place names are staged as one code; each shows a part of it, so many digits long.
PLACE, PLACES = "region_code", {"township": 9, "village": 12}


def stem_of(column: Column) -> str | None:
    return next((stem for stem in MASKS if column.name.startswith(stem)), None)


def naming(kind: ImportKind) -> Column:
    """The column by which people tell a kind's rows apart: the name, else the first."""
    return next((column for column in kind.columns if column.name == "name"), kind.columns[0])


def has_numbers(kind: ImportKind) -> bool:
    """Whether personal numbers stand in files of the kind."""
    return any(stem_of(column) for column in kind.columns)


def guarded(text: str, in_full: bool) -> str:
    """Text in which a personal number may stand where none belongs."""
    return text if in_full else mask_stray_numbers(text)


def cell_as_read(column: Column, cell: str, in_full: bool) -> str:
    """A cell as it stood in the file, without the reader's marks."""
    content, stem = marks.content(cell), stem_of(column)
    return guarded(content, in_full) if in_full or stem is None else MASKS[stem](content)


@dataclass(frozen=True)
class Source:
    """Where an accepted row keeps what a column shows: the place among its staged cells."""

    column: Column
    place: int
    digits: int = 0

    def show(self, cells: Sequence[str], places: dict[str, str]) -> str:
        value, read = cells[self.place], self.column.read
        if self.digits:
            return places.get(value[: self.digits], "") if len(value) >= self.digits else ""
        return read.wordings.get(value, value) if isinstance(read, Choice) else value


def sources(kind: ImportKind) -> list[Source]:
    """The columns that accepted rows can show, in the kind's order."""
    staged = {each.name: place for place, each in enumerate(kind.staged, start=len(PLACE_OF_ROW))}
    found = []
    for column in kind.columns:
        stem, digits = stem_of(column), PLACES.get(column.name, 0)
        name = PLACE if digits else f"{stem}_mask" if stem else column.name
        if name in staged:
            found.append(Source(column, staged[name], digits))
    return found


def rows_accepted(shown: Sequence[Source], rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Accepted rows in the official wordings, personal numbers always masked."""
    codes = {(each[s.place], s.digits) for each in rows for s in shown if s.digits}
    wanted = {code[:digits] for code, digits in codes}
    places = dict(Region.objects.filter(code__in=wanted).values_list("code", "short_name"))
    return [[source.show(each, places) for source in shown] for each in rows]
