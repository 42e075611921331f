"""A desk's edits beside what is on file: answered before, overtaken, gone, too late, or to be judged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from core.access import Permission, scope_of
from core.models import User
from exchange.submissions.closing import PeriodClosed, closed_months
from training.drafts import Draft, drop_drafts, read_drafts
from training.edits import CLOSED, CONFLICT, GONE, SAVED, Edit, Outcome
from training.models import DraftRow, Enrollment, RowChange
from training.periods import month_closed
from training.shown import Shown, masked, names_of


class Comparing:
    """Settles what needs no judgement; `drafts` and `standing` are what the others build upon.

    The caller holds the county; the stored rows are held until the transaction ends.
    """

    def __init__(self, county: str, by: User) -> None:
        self.county, self.by = county, by
        self.outcomes: dict[UUID, Outcome] = {}
        self.drafts: dict[UUID, Draft] = {}
        self.authors: dict[int, str] = {}
        self.standing: dict[int, Enrollment] = {}
        self.sees_numbers = scope_of(by, Permission.SEE_PERSONAL_NUMBERS).covers(county)

    def left_of(self, edits: Sequence[Edit]) -> list[Edit]:
        """The edits that are to be judged."""
        return self._still_open(self._compared(self._not_answered_yet(edits)))

    def settle(self, edit: Edit, outcome: str, **more: Any) -> None:
        self.outcomes[edit.client] = Outcome(edit.client, outcome, **more)

    def _not_answered_yet(self, edits: Sequence[Edit]) -> list[Edit]:
        """Edits that are not written yet; the others are answered as they were then."""
        made = RowChange.objects.filter(county_code=self.county, op__in=[e.op for e in edits])
        seen = {change.op: change for change in made}
        for edit in edits:
            if change := seen.get(edit.op):
                self.settle(edit, SAVED, key=change.row_key, version=change.version)
        return [edit for edit in edits if edit.op not in seen]

    def _compared(self, edits: Sequence[Edit]) -> list[Edit]:
        """Edits of what is still as the desk had it; the others are conflicts, or gone."""
        clients = [edit.client for edit in edits]
        of_clients = {"county_code": self.county, "client__in": clients}
        entered = RowChange.objects.filter(**of_clients).values_list("client", "row_key")
        became: dict[UUID, int] = {client: key for client, key in entered if client}
        kept = read_drafts(DraftRow.objects.filter(**of_clients))
        self.drafts = {draft.client: draft for draft in kept}
        self.authors = names_of(draft.author for draft in kept) if kept else {}
        keys = {*filter(None, (edit.key for edit in edits)), *became.values()}
        keys.update(draft.key for draft in kept if draft.key)
        mine = Enrollment.objects.visible_to(self.by, Permission.ENTER_LEDGER)
        rows = mine.filter(county_code=self.county, pk__in=keys).active()
        self.standing = {row.pk: row for row in rows.select_for_update(of=("self",)).order_by("pk")}
        left = [edit for edit in edits if not self._is_overtaken(edit, became.get(edit.client))]
        gone = {o.client for o in self.outcomes.values() if o.outcome == GONE}
        drop_drafts(self.county, gone & self.drafts.keys())
        return left

    def _is_overtaken(self, edit: Edit, became: int | None) -> bool:
        """Whether somebody was faster; then the edit is settled."""
        draft = self.drafts.get(edit.client)
        key = edit.key or became or (draft and draft.key)
        if key:
            row = self.standing.get(key)
            if row and edit.key and row.version == edit.version:
                return False
            self.settle(edit, CONFLICT if row else GONE, key=key)
            return True
        if draft and draft.op != edit.op and draft.version != edit.version:
            cells = draft.cells if self.sees_numbers else masked(draft.cells)
            by = self.authors.get(draft.author or 0, "")
            theirs = Shown(0, draft.version, "", cells, by, draft.at)
            self.settle(edit, CONFLICT, version=draft.version, theirs=theirs)
            return True
        if edit.version and not draft and not edit.withdraw:
            self.settle(edit, GONE)
            return True
        return False

    def _still_open(self, edits: Sequence[Edit]) -> list[Edit]:
        """Edits of rows whose month is not closed; what they would be is for the rules to say."""
        month_of = {key: row.start_date.replace(day=1) for key, row in self.standing.items()}
        closed = closed_months(self.county, month_of.values()) if month_of else {}
        kept = []
        for edit in edits:
            month = month_of.get(edit.key or 0)
            if month in closed:
                finding = month_closed(0, PeriodClosed(self.county, month, closed[month]))
                self.settle(edit, CLOSED, key=edit.key, version=edit.version, findings=[finding])
            else:
                kept.append(edit)
        return kept
