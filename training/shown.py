"""Rows of the ledger as a desk sees them: in the roster's words, personal numbers masked."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from core.models import User
from core.sealing import mask_id_number, mask_phone
from training.canonical import CHAPTER
from training.ledger import cells_of
from training.models import Enrollment, RowChange
from training.querysets import RowChangeQuerySet

MASKS = {"id_number": mask_id_number, "phone": mask_phone}


@dataclass(frozen=True)
class Shown:
    """A stored row as it is now; `by` and `at` tell of its last change, if there was one."""

    key: int
    version: int
    state: str
    cells: dict[str, str] = field(default_factory=dict)
    by: str = ""
    at: datetime.datetime | None = None


def shown_rows(county_code: str, keys: Iterable[int]) -> dict[int, Shown]:
    """A county's rows by key with who changed them last; what is there no more has only that."""
    wanted = set(keys)
    rows = Enrollment.objects.filter(county_code=county_code, pk__in=wanted)
    standing = {pk: rest for pk, *rest in rows.values_list("pk", "version", "state")}
    cells = cells_of(rows, in_full=False) if standing else {}
    last = last_changes(CHAPTER, county_code, wanted)
    names = names_of(change.by for change in last.values())
    found = {}
    for key in wanted:
        version, state = standing.get(key, (0, Enrollment.State.WITHDRAWN))
        change = last.get(key)
        by, at = (names.get(change.by or 0, ""), change.at) if change else ("", None)
        found[key] = Shown(key, version, state, cells.get(key, {}), by, at)
    return found


def masked(cells: dict[str, str]) -> dict[str, str]:
    """Cells as a desk sent them, with the personal numbers masked."""
    return cells | {name: mask(cells[name]) for name, mask in MASKS.items() if cells.get(name)}


def names_of(users: Iterable[int | None]) -> dict[int, str]:
    """The names of users by key."""
    found = User.objects.filter(pk__in={user for user in users if user})
    return {user.pk: str(user) for user in found}


def last_changes(chapter: str, county_code: str, keys: Iterable[int]) -> dict[int, RowChange]:
    """The newest change of each row that was changed, by the row's key."""
    changes: RowChangeQuerySet = RowChange.objects.of_rows(chapter, keys)
    newest = (
        changes.filter(county_code=county_code).order_by("row_key", "-version").distinct("row_key")
    )
    return {change.row_key: change for change in newest}
