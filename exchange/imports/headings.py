"""Finding the heading of a table and which column is which."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from core.repairs import half_width
from core.sealing import mask_stray_numbers
from exchange.files import cells as marks
from exchange.imports.columns import Column

MOST_LINES = 3
LONGEST_TITLE = 40
MARKS = re.compile(r"[\s*＊:：()（）\[\]【】、，,。./_\-]+")
# Beside a title in brackets: how its cells are written, which does not change what they are.
ADVICE = re.compile(
    r"[(（\[【]\s*(?:非?必[填须]项?|选填|可不填|万?元|天|个?[学课]时|小时|人|\d+位|文本|格式|yyyy|全称|下拉"
    r"|盖章|公章|签[字章]|年\W?月\W?日|[如例])[^()（）\[\]【】]*[)）\]】]",
    re.IGNORECASE,
)
# By the digest of a heading, its keys to columns; "" for a title that is passed over.
Matches = Mapping[str, Mapping[str, str]]


def folded(heading: str) -> str:
    """A heading as it is compared: no spaces, brackets, colons, asterisks or advice."""
    return MARKS.sub("", half_width(ADVICE.sub("", marks.content(heading)))).lower()


def keys_of(titles: Mapping[int, str]) -> dict[int, str]:
    """What stands for the title of each place: folded, numbered where another has the same.

    A file without a heading may show a person in its place, so numbers are masked.
    """
    keys, seen = {}, Counter[str]()
    for place, title in titles.items():
        word = folded(mask_stray_numbers(title))
        seen[word] += 1
        keys[place] = word if seen[word] == 1 else f"{word}({seen[word]})"
    return keys


@dataclass
class Heading:
    """A table's heading and what was understood of it.

    `line` is the last of its `depth` lines, counted from 1; `titles` are the words over
    each place that has any, `places` where each column stands. `unclear` names columns
    that two places claim with equal right: none is chosen.
    """

    line: int
    depth: int
    titles: dict[int, str]
    places: dict[str, int] = field(default_factory=dict)
    unclear: set[str] = field(default_factory=set)
    is_matched: bool = False

    @cached_property
    def digest(self) -> str:
        """The same for every heading with these titles in this order."""
        words = "\x1f".join(map(folded, self.titles.values()))
        return hashlib.sha256(words.encode()).hexdigest()[:32]

    @property
    def understood(self) -> int:
        """How many columns it speaks of."""
        return len(self.places) + len(self.unclear)

    @property
    def first_line(self) -> int:
        return self.line - self.depth + 1

    @property
    def lines(self) -> range:
        return range(self.first_line, self.line + 1)

    def unknown(self) -> dict[int, str]:
        """Titles that no column goes by, by place."""
        taken = set(self.places.values())
        return {place: title for place, title in self.titles.items() if place not in taken}


@dataclass(frozen=True)
class Names:
    """The headings that a kind's columns go by, and what an office has matched itself.

    `given` are contents by column that hold for all rows under a heading of this digest. Any of
    `alone` makes a heading by itself, where nothing is required.
    """

    columns: Sequence[Column]
    matches: Matches = field(default_factory=dict)
    given: Matches = field(default_factory=dict)
    alone: frozenset[str] = frozenset()

    @cached_property
    def of_column(self) -> dict[str, str]:
        """Every folded heading to the column's name."""
        return {folded(word): c.name for c in self.columns for word in (c.title, *c.also)}

    @cached_property
    def official(self) -> dict[str, str]:
        return {folded(column.title): column.name for column in self.columns}

    @cached_property
    def for_all(self) -> dict[str, str]:
        """Folded labels of what may stand above a table for all its rows."""
        names = {column.name for column in self.columns if column.for_all}
        return {word: name for word, name in self.of_column.items() if name in names}

    @cached_property
    def words(self) -> set[str]:
        """Headings as they are written, for a quick look over many cells."""
        return {word for column in self.columns for word in (column.title, *column.also)}

    @cached_property
    def first_required(self) -> list[str]:
        """The two columns that make a row somebody's; both twice are two tables side by side."""
        return [column.name for column in self.columns if column.required][:2]

    @cached_property
    def required(self) -> frozenset[str]:
        return frozenset(column.name for column in self.columns if column.required)

    def knows(self, row: Sequence[str]) -> bool:
        """Whether the line has the words of at least two columns, however they are marked."""
        short = (cell for cell in row if cell and len(cell) <= LONGEST_TITLE)
        return len({name for cell in short if (name := self.of_column.get(_folded(cell)))}) > 1

    def given_by(self, names: set[str]) -> set[str]:
        """The columns that these give; who only holds parts gives these."""
        parts = (c.parts for c in self.columns if c.is_composite and c.name in names)
        return names.union(*parts)

    def read(self, lines: Sequence[Sequence[str]], line: int) -> Heading | None:
        """The heading that ends with the last of these lines, whose number is `line`.

        Takes in as many lines above as make it know more; None when it is no heading.
        """
        found: Heading | None = None
        for depth in range(1, min(MOST_LINES, len(lines)) + 1):
            deeper = self._read(titles_of(lines[-depth:]), line, depth)
            if found is None or deeper.understood > found.understood:
                found = deeper
        return found if found and self._is_heading(found, lines[-1]) else None

    def guess(self, rows: Sequence[Sequence[str]]) -> Heading | None:
        """The likeliest heading of a sheet that has none: the first line with most words.

        `rows` are the first lines of the sheet, from line 1.
        """
        sizes = [len(set(filter(None, map(_word, row)))) for row in rows]
        most = max(sizes, default=0)
        if most == 0:
            return None
        line = sizes.index(most)
        return self._read(titles_of([rows[line]]), line + 1, 1)

    def _read(self, titles: dict[int, list[str]], line: int, depth: int) -> Heading:
        shown = {place: "/".join(words)[:LONGEST_TITLE] for place, words in titles.items()}
        heading = Heading(line, depth, shown)
        match = self.matches.get(heading.digest)
        if match is not None:
            heading.is_matched = True
            keys = keys_of(shown)
            heading.places = {match[key]: at for at, key in keys.items() if match.get(key)}
            return heading
        claims: dict[str, list[int]] = {}
        for place, words in titles.items():
            if name := self._named(words):
                claims.setdefault(name, []).append(place)
        beside = all(len(claims.get(name, ())) > 1 for name in self.first_required)
        for name, places in claims.items():
            rightful = None if beside and len(places) > 1 else self._rightful(places, titles)
            if rightful is None:
                heading.unclear.add(name)
            else:
                heading.places[name] = rightful
        return heading

    def claimed_by(self, title: str) -> str | None:
        """The column that a heading's title, as a report has it, goes by."""
        lowest = title.rpartition("/")[2]
        return self.of_column.get(folded(title)) or self.of_column.get(folded(lowest))

    def _named(self, words: list[str]) -> str | None:
        """The column that words one above another name: all of them together, or the lowest."""
        return self.of_column.get(folded("".join(words))) or self.of_column.get(folded(words[-1]))

    def _rightful(self, places: list[int], titles: dict[int, list[str]]) -> int | None:
        """Of places that claim a column the only one, or the only one with its official title."""
        if len(places) > 1:
            places = [p for p in places if folded(titles[p][-1]) in self.official] or places
        return places[0] if len(places) == 1 else None

    def _is_heading(self, heading: Heading, lowest: Sequence[str]) -> bool:
        if heading.is_matched:
            return True
        known = self.given_by(set(heading.places) | heading.unclear)
        words = all(map(marks.is_text, lowest))
        if self.alone:
            return words and bool(known & self.alone)
        enough = min(3, max(2, len(self.required)))
        return words and heading.understood >= enough and bool(known & self.required)


_folded = lru_cache(maxsize=4096)(folded)


def titles_of(lines: Sequence[Sequence[str]]) -> dict[int, list[str]]:
    """The words over each place, from the top down; a group's word stands over all it spans."""
    *upper, lowest = lines
    levels = [*(list(_spread(row, lowest)) for row in upper), list(lowest)]
    titles = {}
    for place, stack in enumerate(zip(*levels, strict=True)):
        words = [marks.content(cell).strip() for cell in stack if cell.strip()]
        words = [word for at, word in enumerate(words) if word not in words[:at]]
        if words:
            titles[place] = words
    return titles


def _word(cell: str) -> str:
    """A cell that can be a heading: text, and no number."""
    text = cell.strip() if marks.is_text(cell) else ""
    return "" if text.isdecimal() or len(text) > LONGEST_TITLE else text


def _spread(row: Sequence[str], lowest: Sequence[str]) -> Iterator[str]:
    """A line of groups: each word goes on to the right, over cells below that have words."""
    word = ""
    for cell, below in zip(row, lowest, strict=True):
        word = cell if cell.strip() else word if below.strip() else ""
        yield word
