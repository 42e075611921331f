"""Matching columns by hand, and remembering it for the office's next file of the same layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from core.models import User
from exchange.files.cells import clean
from exchange.imports.history import record
from exchange.imports.kinds import ImportKind, kind_of
from exchange.imports.moves import WAITING, ask_for
from exchange.models import ColumnMatch, ImportBatch

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("import columns matched"),)

TWICE = gettext_noop("“%(column)s” is chosen for two headings. Choose it once.")
STILL_LACKS = gettext_noop(
    "“%(columns)s” is still without a heading. Choose one, or give it below."
)


class MatchRefused(Exception):
    """A match that cannot be; carries an untranslated sentence, its params, and the columns' names."""

    def __init__(self, sentence: str, names: Sequence[str] = (), **params: Any) -> None:
        super().__init__(sentence)
        self.sentence, self.params, self.names = sentence, params, names


@dataclass(frozen=True)
class Match:
    """What is said of the tables with one heading.

    `columns` maps titles, as `headings.keys_of` writes them, to columns' names, "" for
    nothing; no column at all leaves the tables out. `given` are contents by column for all their rows,
    `above` names the columns that stand above each of the tables.
    """

    digest: str
    columns: Mapping[str, str]
    given: Mapping[str, str]
    above: frozenset[str] = frozenset()

    def check(self, kind: ImportKind) -> None:
        """Raise MatchRefused for a column chosen twice, or a required one nobody gives."""
        chosen = [name for name in self.columns.values() if name]
        titles = {column.name: column.title for column in kind.columns}
        twice = [name for name in titles if chosen.count(name) > 1]
        if twice:
            raise MatchRefused(TWICE, twice[:1], column=titles[twice[0]])
        lacks = self.lacks(kind)
        if chosen and lacks:
            told = "、".join(titles[name] for name in lacks)
            raise MatchRefused(STILL_LACKS, lacks, columns=told)

    def lacks(self, kind: ImportKind) -> list[str]:
        """The required columns that nothing gives."""
        chosen = {name for name in self.columns.values() if name}
        parts = {part for c in kind.columns if c.name in chosen for part in c.parts}
        there = {*chosen, *parts, *self.above, *(n for n, text in self.given.items() if text)}
        return [column.name for column in kind.required if column.name not in there]


def remembered(batch: ImportBatch) -> dict[str, dict[str, str]]:
    """Columns by the key of a title, by digest: what the batch's office, and its user, have said."""
    known = ColumnMatch.objects.filter(office=batch.office_id, kind=batch.kind)
    own: dict[str, dict[str, str]] = batch.matches
    return dict(known.values_list("digest", "columns")) | own


@transaction.atomic
def match(batch: ImportBatch, said: list[Match], *, by: User) -> None:
    """Keep what is said of a waiting import's columns, and read its file again.

    Raises MatchRefused for what cannot be, ImportNotPossible when it comes too late; then
    nothing is changed.
    """
    kind = kind_of(batch.kind)
    for each in said:
        each.check(kind)
        columns = dict(each.columns)
        batch.matches[each.digest] = columns
        batch.given[each.digest] = {
            name: text for name, raw in each.given.items() if (text := clean(raw).strip())
        }
        if by.office_id:
            ColumnMatch.objects.update_or_create(
                office_id=by.office_id,
                kind=kind.key,
                digest=each.digest,
                defaults={"columns": columns, "matched_by": by},
            )
    batch.save(update_fields=["matches", "given"])
    ask_for(batch, ImportBatch.Step.JUDGE, where=WAITING & Q(written_at=None))
    changes = {"tables": len(said)}
    record(batch, "columns_matched", by=by, changes=changes)
