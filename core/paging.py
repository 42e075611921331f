"""Pages of a list by key: the hundredth is as quick as the first, and none skips or repeats a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.core import signing
from django.db.models import Model, Q, QuerySet

# A list is counted exactly up to here; beyond it, a rollup knows or nobody asks.
COUNTED = 10_000
ROWS = 50


@dataclass(frozen=True)
class Page:
    """Rows and the cursors of the pages around; the keys that `_components/pager.html` reads."""

    rows: list[Any]
    previous: str | None
    next: str | None
    total: int | None
    over: int | None


def page_of(
    rows: QuerySet[Any], query: Mapping[str, str], order: Sequence[str], size: int = ROWS
) -> Page:
    """The page that the address asks for by ?after= or ?before=, the first one otherwise.

    `order` names fields (user__username, -id), all in one direction, the last one unique;
    a cursor that is not ours leads to the first page.
    """
    before, after = _opened(query.get("before"), order), _opened(query.get("after"), order)
    back = before is not None
    cursor = before or after
    found = rows.order_by(*(_turned(name) if back else name for name in order))
    if cursor is not None:
        found = found.filter(_beyond(order, cursor, back=back))
    taken = list(found[: size + 1])
    more, taken = len(taken) > size, taken[:size]
    if back:
        taken.reverse()
    known = rows.order_by()[: COUNTED + 1].count()
    return Page(
        rows=taken,
        previous=_cursor(taken, 0, order) if (more if back else cursor is not None) else None,
        next=_cursor(taken, -1, order) if (back or more) else None,
        total=known if known <= COUNTED else None,
        over=COUNTED if known > COUNTED else None,
    )


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _beyond(order: Sequence[str], values: Sequence[Any], *, back: bool) -> Q:
    """(a, b) after (x, y): a after x, or a equal and b after y."""
    side = "lt" if order[0].startswith("-") != back else "gt"
    condition, same = Q(), Q()
    for name, value in zip(order, values, strict=True):
        field = name.lstrip("-")
        condition |= same & Q(**{f"{field}__{side}": value})
        same &= Q(**{field: value})
    return condition


def _cursor(rows: list[Model], place: int, order: Sequence[str]) -> str | None:
    if not rows:
        return None
    paths = [name.lstrip("-").replace("__", ".") for name in order]
    return signing.dumps(
        [_plain(attrgetter(path)(rows[place])) for path in paths], salt=_salt(order)
    )


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | str) else value.isoformat()


def _opened(cursor: str | None, order: Sequence[str]) -> list[Any] | None:
    try:
        values: list[Any] = signing.loads(cursor or "", salt=_salt(order))
    except signing.BadSignature:
        return None
    return values


def _salt(order: Sequence[str]) -> str:
    """A cursor of one order means nothing in another."""
    return " ".join(("core.paging", *order))
