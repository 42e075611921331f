"""What people have said of a file, as its reader takes it into account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

# A line's cells by column as they are to be read, or None where it is to be left out.
Mends = Mapping[int, Mapping[str, str] | None]
Cells = dict[str, list[str]]


@dataclass(frozen=True)
class Advice:
    """Columns matched by hand, contents given for a whole table, and rows mended.

    `matches` maps the digest of a heading to columns by the key of a title, `given` to contents
    by column; `mends` are by the number of a sheet.
    """

    matches: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    given: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    mends: Mapping[int, Mends] = field(default_factory=dict)


def mend(lines: Sequence[int], cells: Cells, mends: Mends) -> tuple[Sequence[int], Cells]:
    """The rows of these lines as they were mended, without those left out."""
    touched = [at for at, line in enumerate(lines) if line in mends]
    if not touched:
        return lines, cells
    mended = {name: list(column) for name, column in cells.items()}
    for at in touched:
        for name, text in (mends[lines[at]] or {}).items():
            mended.setdefault(name, [""] * len(lines))[at] = text
    kept = [at for at, line in enumerate(lines) if mends.get(line, cells) is not None]
    return [lines[at] for at in kept], {
        name: [column[at] for at in kept] for name, column in mended.items()
    }
