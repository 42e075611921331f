"""Kinds of roster: what an app declares so that its rows can be brought in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.access import Permission, may
from core.models import Region, User
from core.rules import Batch, Rule
from exchange.imports.columns import SHAPE_RULES, Column, Reading

if TYPE_CHECKING:
    from django.db.models import Model

    from exchange.jobs import JobRefused
    from exchange.models import ImportBatch


@dataclass(frozen=True)
class Staged:
    """A clean column on its way to the tables: its name and its PostgreSQL type."""

    name: str
    sql_type: str


Cells = list[str | None]


def staged_cells(batch: Batch, staged: Iterable[Staged], rows: Sequence[int]) -> list[Cells]:
    """The rows' cells of these columns as COPY text; each different value is written once."""
    columns = []
    for column in staged:
        values = list(map(batch[column.name].__getitem__, rows))
        written = {value: None if value is None else str(value) for value in set(values)}
        columns.append(list(map(written.__getitem__, values)))
    return columns


@dataclass(frozen=True)
class Incoming:
    """Clean rows waiting in the temporary table `incoming`, and what they belong to.

    The table has the columns sheet and line and the kind's staged columns.
    """

    region_code: str
    options: dict[str, Any]
    batch: ImportBatch | None = None


@dataclass(frozen=True)
class Option:
    """Something the uploader chooses beside the file: one of `choices()`, the first by default."""

    name: str
    label: str | Promise
    choices: Callable[[], list[tuple[str, str]]]


class Undo(Protocol):
    """How what an import of a kind wrote is taken back; `removal.Removal` is the usual way.

    `hold` lets nobody else change what is about to go until the transaction ends;
    `hindrance` says what stands in the way. `would_go` counts the rows of each table
    beforehand, `remove` deletes them, takes them off the figures and counts alike.
    """

    def hold(self, batch: ImportBatch) -> None: ...
    def hindrance(self, batch: ImportBatch) -> JobRefused | None: ...
    def would_go(self, batch: ImportBatch) -> dict[type[Model], int]: ...
    def remove(self, batch: ImportBatch) -> dict[type[Model], int]: ...


@dataclass(frozen=True)
class Proposal:
    """What a damaged cell of a row may mean, as it may be shown: who, and a masked number."""

    column: str
    who: str
    mask: str


class Proposer(Protocol):
    """Finds what damaged cells may mean, among what is registered where the file belongs.

    `take` gives the cells in full, once somebody has confirmed, and writes it down; it
    raises LookupError when the proposal no longer holds.
    """

    def look(
        self, region_code: str, rows: Sequence[Mapping[str, str]]
    ) -> Sequence[Proposal | None]: ...
    def take(
        self, region_code: str, row: Mapping[str, str], proposal: Proposal, *, by: User
    ) -> dict[str, str]: ...


@dataclass(frozen=True)
class Reference:
    """A list of the office's own that a template carries on a sheet beside its table.

    `rows(region_code)` gives its lines, `heads` head them. `offers` names the columns of
    the table that offer the contents of one of these, by its place.
    """

    title: str
    heads: tuple[str, ...]
    rows: Callable[[str], Iterable[Sequence[str]]]
    offers: Mapping[str, int]


SOMEWHERE = _("portal")


@dataclass(frozen=True)
class ImportKind:
    """A kind of roster.

    `resolve(batch, reading)` adds derived columns before the rules judge. `staged`
    names the clean columns; `clean(batch, rows, reading)` gives their cells, as
    COPY text or None, for the rows that are not held. `write(incoming, by=...)`
    moves the rows into the tables within the caller's transaction and returns how
    many are new. `list_url` names the list page whose `?batch=` shows the rows of an
    import by its public id, and `into` what its rows become part of. `permission` is what
    whoever brings it in must hold, `levels` are those of the regions that file it.
    `references` go into its template. Imports of a kind without `undo` cannot be taken back.
    """

    key: str
    name: str | Promise
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    shape_rules: tuple[Rule, ...]
    staged: tuple[Staged, ...]
    resolve: Callable[[Batch, Reading], None]
    clean: Callable[[Batch, Sequence[int], Reading], Iterable[Sequence[str | None]]]
    write: Callable[..., int]
    options: tuple[Option, ...] = ()
    list_url: str = ""
    into: str | Promise = SOMEWHERE
    permission: Permission = Permission.IMPORT_ROSTERS
    levels: tuple[Region.Level, ...] = (Region.Level.COUNTY,)
    undo: Undo | None = None
    proposer: Proposer | None = None
    references: tuple[Reference, ...] = ()
    order: int = 50

    def chosen(self, given: Mapping[str, str | None]) -> dict[str, str]:
        """The options as given, with defaults. Raises ValueError for what is no choice."""
        chosen = {}
        for option in self.options:
            allowed = [value for value, _label in option.choices()]
            value = given.get(option.name) or next(iter(allowed), "")
            if value not in allowed:
                raise ValueError(f"{option.name}: {value}")
            chosen[option.name] = value
        return chosen

    @property
    def required(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.required)

    @property
    def own_columns(self) -> tuple[Column, ...]:
        """Columns that hold something of their own, as a template offers them."""
        return tuple(column for column in self.columns if not column.is_composite)

    @property
    def shape(self) -> list[str]:
        """What accepted rows are staged as: name and type of each column, in their order."""
        return [f"{each.name} {each.sql_type}" for each in self.staged]

    def all_rules(self) -> dict[str, Rule]:
        """Every rule a row of this kind can be found to break, by key."""
        return {rule.key: rule for rule in (*SHAPE_RULES, *self.shape_rules, *self.rules)}


_kinds: dict[str, ImportKind] = {}


def register(kind: ImportKind) -> None:
    """Declare a kind; a second one of the key, or one without required columns, is refused."""
    if kind.key in _kinds:
        raise ImproperlyConfigured(f"Import kind {kind.key} is declared twice.")
    if not (kind.required and kind.staged and kind.name):
        raise ImproperlyConfigured(f"Import kind {kind.key} is incomplete.")
    _kinds[kind.key] = kind


def kind_of(key: str) -> ImportKind:
    return _kinds[key]


def all_kinds() -> list[ImportKind]:
    """Every kind, in the order in which they are offered."""
    return sorted(_kinds.values(), key=lambda kind: kind.order)


def kinds_for(user: User) -> list[ImportKind]:
    """The kinds that the user may bring in somewhere."""
    return [kind for kind in all_kinds() if may(user, kind.permission)]
