"""The file as the office sent it, for whoever may see what stands in it."""

from __future__ import annotations

from typing import BinaryIO

from django.utils.translation import gettext_noop

from core.access import Permission, scope_of
from core.models import User
from exchange.imports.history import record
from exchange.imports.kinds import kind_of
from exchange.imports.moves import ImportNotPossible
from exchange.imports.services import FILE_GONE, bring_in, is_entitled, stored_path
from exchange.imports.shown import has_numbers
from exchange.models import ImportBatch

NOT_TAKEN_BACK = gettext_noop(
    "Only the file of an import that was taken back can be read once more."
)


def may_take_out(batch: ImportBatch, user: User) -> bool:
    """Whether the user may bring in the kind here, and see what personal numbers it holds."""
    kind = kind_of(batch.kind)
    if not is_entitled(user, batch.region_code, kind):
        return False
    numbers = scope_of(user, Permission.SEE_PERSONAL_NUMBERS)
    return not has_numbers(kind) or numbers.covers(batch.region_code)


def take_out(batch: ImportBatch, *, by: User) -> BinaryIO:
    """The original file, open; the taking is written down.

    Raises PermissionError when the user may not have it, ImportNotPossible when it is
    no longer kept (a refused file never was).
    """
    if not may_take_out(batch, by):
        raise PermissionError
    file = _kept(batch)
    changes = {"name": batch.original_name, "sha256": batch.sha256}
    record(batch, "taken_out", by=by, changes=changes)
    return file


def bring_in_again(batch: ImportBatch, *, by: User) -> ImportBatch:
    """The kept file of an import that was taken back, as a new import: judged by today's rules.

    Raises PermissionError without the right to bring in rosters there, ImportNotPossible
    when the import still stands or the file is no longer kept.
    """
    if batch.state != ImportBatch.State.UNDONE:
        raise ImportNotPossible(NOT_TAKEN_BACK)
    with _kept(batch) as file:
        return bring_in(
            file=file,
            name=batch.original_name,
            kind=kind_of(batch.kind),
            region_code=batch.region_code,
            options=batch.options,
            by=by,
        )


def _kept(batch: ImportBatch) -> BinaryIO:
    try:
        return stored_path(batch).open("rb")
    except FileNotFoundError:
        raise ImportNotPossible(FILE_GONE) from None
