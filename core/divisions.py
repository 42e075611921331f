"""The official divisions of the country, from the file shipped with the portal into the database.

The file and where it comes from: core/data/README.md.
"""

from __future__ import annotations

import bz2
import datetime
import io
import itertools
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from django.db import connection, transaction

from core import audit
from core.places import pinyin_initials, short_place_name

DATASET = Path(__file__).parent / "data" / "divisions-2023-06-30.tsv.bz2"
EDITION = datetime.date(2023, 6, 30)

_LEVELS = {2: 1, 4: 2, 6: 3, 9: 4, 12: 5}
_PARENT_LENGTH = {1: 0, 2: 2, 3: 4, 4: 6, 5: 9}


class UnknownProvince(ValueError):
    """A code that the file has no province for; `codes` are those asked for in vain."""

    def __init__(self, codes: Collection[str]) -> None:
        super().__init__(", ".join(sorted(codes)))
        self.codes = sorted(codes)


class Division(NamedTuple):
    code: str
    name: str

    @property
    def level(self) -> int:
        return _LEVELS[len(self.code)]

    @property
    def parent_code(self) -> str:
        """The code of the division above, '' for a province."""
        return self.code[: _PARENT_LENGTH[self.level]]

    @property
    def statistical_only(self) -> bool:
        """A zone that only the statistical bureau counts as a county: its code ends in 71 to 79."""
        return len(self.code) == 6 and "71" <= self.code[4:] <= "79"

    @property
    def short_name(self) -> str:
        return short_place_name(self.name, self.level)


@dataclass(frozen=True)
class LoadedDivisions:
    """What a load did: rows read by level (1 to 5), and how many of them were new or changed."""

    read: dict[int, int]
    added: int
    changed: int


def read_divisions(provinces: Collection[str] | None = None) -> Iterator[Division]:
    """Divisions of the shipped file in the order of their codes, parents first.

    Provinces, prefectures and counties are always there; townships and villages
    only of the given provinces (two digits each), or of all with None.
    """
    with bz2.open(DATASET, "rt", encoding="utf-8") as lines:
        for line in lines:
            code, _, name = line.rstrip("\n").partition("\t")
            if len(code) <= 6 or provinces is None or code[:2] in provinces:
                yield Division(code, name)


def load_divisions(*, provinces: Collection[str] | None = ()) -> LoadedDivisions:
    """Put divisions into the region table, in one transaction; loading again changes nothing.

    `provinces` as in `read_divisions`. Names of rows already there are brought up
    to date; nothing is deleted, and dates of validity are left as they are.
    Raises UnknownProvince with nothing written.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_STAGE)
        cursor.copy_expert(_COPY, _Stream(map(_copy_line, read_divisions(provinces))))
        cursor.execute("SELECT code FROM staged_division WHERE level = 1")
        if unknown := set(provinces or ()) - {code for (code,) in cursor}:
            raise UnknownProvince(unknown)
        cursor.execute(_COUNT)
        read = dict(cursor.fetchall())
        cursor.execute(_MERGE)
        loaded = LoadedDivisions(read, *cursor.fetchone())
        cursor.execute("DROP TABLE staged_division")
        # A table just filled has no statistics; the first queries would be planned blindly.
        cursor.execute("ANALYZE core_region")
        _record(loaded, provinces)
    return loaded


def _record(loaded: LoadedDivisions, provinces: Collection[str] | None) -> None:
    if loaded.added or loaded.changed:
        audit.record(
            "core.divisions.loaded",
            by=None,
            changes={
                "edition": EDITION.isoformat(),
                "provinces": "all" if provinces is None else sorted(provinces),
                "added": loaded.added,
                "changed": loaded.changed,
            },
        )


_STAGE = """
    CREATE TEMPORARY TABLE staged_division (
        code text COLLATE "C", name text, level smallint, parent_id text COLLATE "C",
        statistical_only boolean, short_name text, pinyin text
    ) ON COMMIT DROP
"""
_COPY = "COPY staged_division FROM STDIN"
_COUNT = "SELECT level, count(*) FROM staged_division GROUP BY level ORDER BY level"
# xmax is 0 only in a row version that this statement inserted.
_MERGE = """
    WITH merged AS (
        INSERT INTO core_region
            (code, name, level, parent_id, statistical_only, short_name, pinyin)
        SELECT code, name, level, parent_id, statistical_only, short_name, pinyin
        FROM staged_division ORDER BY code
        ON CONFLICT (code) DO UPDATE SET
            name = excluded.name, level = excluded.level, parent_id = excluded.parent_id,
            statistical_only = excluded.statistical_only,
            short_name = excluded.short_name, pinyin = excluded.pinyin
        WHERE (core_region.name, core_region.level, core_region.parent_id,
               core_region.statistical_only, core_region.short_name, core_region.pinyin)
            IS DISTINCT FROM
              (excluded.name, excluded.level, excluded.parent_id,
               excluded.statistical_only, excluded.short_name, excluded.pinyin)
        RETURNING xmax = 0 AS is_new
    )
    SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM merged
"""


def _copy_line(division: Division) -> str:
    short = division.short_name
    cells = (
        division.code,
        division.name,
        str(division.level),
        division.parent_code or r"\N",
        "t" if division.statistical_only else "f",
        short,
        pinyin_initials(short),
    )
    return "\t".join(cells) + "\n"


class _Stream(io.TextIOBase):
    """Lines as the file that COPY reads from, so that the country never stands in memory."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)

    def read(self, size: int | None = -1, /) -> str:
        """Some hundred lines, '' at the end; COPY takes pieces of any size."""
        return "".join(itertools.islice(self._lines, 500))
