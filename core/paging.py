"""Pages of a long list by keyset: as fast at the end as at the start, and nothing is skipped.

A page is reached from the keys of the row it follows or comes before, so rows that are
added or taken away meanwhile neither repeat nor hide others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, F, Field, Func, QuerySet, TextField, Value

ROWS = 50
# A list is counted exactly up to here; beyond it, a rollup knows or nobody asks.
COUNTED_TO = 10_000
_PARTED = "~"


@dataclass(frozen=True)
class Page:
    """The rows of a page, and the cursors of the pages around it (None: there is none).

    The keys are those that `_components/pager.html` reads. `total` is exact; where it is
    None there are more rows than `over`.
    """

    rows: list[Any]
    previous: str | None = None
    next: str | None = None
    total: int | None = None
    over: int | None = None


def count_to(rows: QuerySet[Any], most: int = COUNTED_TO) -> int | None:
    """How many rows there are, or None when there are more than `most`."""
    found = rows.order_by()[: most + 1].count()
    return found if found <= most else None


def page_of(
    rows: QuerySet[Any], query: Mapping[str, str], order: Sequence[str], size: int = ROWS
) -> Page:
    """The page that the address asks for by ?after= or ?before=, the first one otherwise."""
    after, before = query.get("after", ""), query.get("before", "")
    return Keyset(*order).page(rows, after=after, before=before, size=size)


class Keyset:
    """A stable order: columns that together are unique, all falling or all rising.

    `Keyset("-start_date", "-id")` reads the newest first; a column may be a related
    row's, such as user__username.
    """

    def __init__(self, *order: str) -> None:
        self.names = [name.lstrip("-") for name in order]
        falling = {name.startswith("-") for name in order}
        if len(falling) != 1:
            raise ValueError("The columns of a keyset fall or rise together.")
        self.falling = falling.pop()

    def page(
        self,
        rows: QuerySet[Any],
        *,
        after: str = "",
        before: str = "",
        size: int = ROWS,
        total: int | None = None,
    ) -> Page:
        """The page after or before a cursor; the first one without, or with an unreadable one.

        `rows` gives objects or named tuples that have the keyset's columns. Without a
        `total` the rows are counted, up to COUNTED_TO.
        """
        if total is None:
            total = count_to(rows)
        start, backward = self._read(rows, before or after), bool(before)
        found = self._fetch(rows, start, backward and start is not None, size)
        more = len(found) > size
        found = found[:size]
        if backward and start is not None:
            if not found:
                return self.page(rows, size=size, total=total)
            found.reverse()
            previous, following = more, True
        else:
            previous, following = start is not None, more
        return Page(
            rows=found,
            previous=self._cursor(found[0]) if previous and found else None,
            next=self._cursor(found[-1]) if following and found else None,
            total=total,
            over=COUNTED_TO if total is None else None,
        )

    def _fetch(
        self, rows: QuerySet[Any], start: list[Any] | None, backward: bool, size: int
    ) -> list[Any]:
        falling = self.falling is not backward
        ordered = rows.order_by(*(f"-{name}" if falling else name for name in self.names))
        if start is not None:
            ordered = ordered.filter(self._beyond(rows, start, falling))
        return list(ordered[: size + 1])

    def _beyond(self, rows: QuerySet[Any], start: Sequence[Any], falling: bool) -> Func:
        """(a, b) < (x, y) as one comparison, which the order's index answers from its place."""
        columns = _together(*(F(name) for name in self.names))
        fields = [_field(rows, name) for name in self.names]
        values = [Value(v, output_field=f) for v, f in zip(start, fields, strict=True)]
        return Func(
            columns,
            _together(*values),
            template="%(expressions)s",
            arg_joiner=" < " if falling else " > ",
            output_field=BooleanField(),
        )

    def _cursor(self, row: Any) -> str:
        paths = (name.replace("__", ".") for name in self.names)
        return _PARTED.join(str(attrgetter(path)(row)) for path in paths)

    def _read(self, rows: QuerySet[Any], cursor: str) -> list[Any] | None:
        parts = cursor.rsplit(_PARTED, len(self.names) - 1)
        if len(parts) != len(self.names):
            return None
        try:
            read = [
                _field(rows, name).to_python(part)
                for name, part in zip(self.names, parts, strict=True)
            ]
        except (ValidationError, OverflowError):
            return None
        return read if all(part not in (None, "") for part in read) else None


def _together(*parts: Any) -> Func:
    return Func(*parts, template="(%(expressions)s)", output_field=TextField())


def _field(rows: QuerySet[Any], name: str) -> Field[Any, Any]:
    *way, last = name.split("__")
    model = rows.model
    for step in way:
        model = model._meta.get_field(step).related_model
    field = model._meta.get_field(last)
    if not isinstance(field, Field):
        raise TypeError(f"{name} is no column.")
    return field
