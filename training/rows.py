"""Rows as a desk sends them: each is saved, or told why not; nothing is doubled or written over.

A row comes with two keys of its browser: `client` is the row's as long as it is on a desk,
`op` that of this very edit. An edit that was answered before is answered so again, so that
a desk may send it as often as it hears nothing. A stored row comes with the version that
the desk had before it: another version is a conflict, whoever is right.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_noop

from core import audit
from core.models import User
from exchange.imports.kinds import Incoming
from exchange.imports.staging import Judged, clean_lines, fill_incoming
from exchange.submissions.closing import closed_months, told
from training import changing
from training.chapters import LEDGER
from training.comparing import Comparing
from training.drafts import Draft, drop_drafts, keep_drafts
from training.edits import CLOSED, CONFLICT, GONE, HELD, SAVED, Edit, Outcome, by_row, judge_edits
from training.holding import hold
from training.imports import TRAINING_ROSTER
from training.ledger import cells_of
from training.models import Enrollment, TrainingClass
from training.noting import Change, note_entered
from training.periods import MONTH_IS_OPEN
from training.renaming import correct_names
from training.services import enter_rows
from training.shown import shown_rows
from training.withdrawing import claims_of, why_not

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("rows saved"),)
NUMBERS = {"id_number", "phone"}


def save_rows(
    *,
    county: str,
    program: str,
    rows: Sequence[Edit],
    by: User,
    attended: TrainingClass | None = None,
    month: datetime.date | None = None,
) -> list[Outcome]:
    """Save what can be saved of a desk's rows, in one transaction; an outcome for each, in order.

    `attended` is the class whose rows they are; then the class says program and dates.
    `month` is that of the desk, by its first day: an unfinished row whose start cannot be
    read yet waits there. No two edits may be of one row. Raises CountyBusy while somebody else writes to the county,
    PeriodClosed when a month was closed in the same moment.
    """
    with told(), transaction.atomic():
        hold(county)
        saving = Saving(county, program, by, attended, month)
        saving.save(rows)
        audit.record("training.rows.saved", by=by, region_code=county, changes=saving.counts)
    return [saving.outcomes[edit.client] for edit in rows]


@dataclass(frozen=True)
class Ready:
    """An edit that passed, with its place among those judged and its line of a COPY."""

    edit: Edit
    place: int
    text: str

    @property
    def line(self) -> int:
        return self.place + 1


class Saving:
    """One request's rows on their way; `outcomes` fills up as they are decided."""

    def __init__(
        self,
        county: str,
        program: str,
        by: User,
        attended: TrainingClass | None,
        month: datetime.date | None,
    ) -> None:
        self.county, self.by, self.attended, self.month = county, by, attended, month
        self.program = attended.program_id if attended else program
        self.known = Comparing(county, by)
        self.outcomes = self.known.outcomes
        self.counts = {"new": 0, "changed": 0, "withdrawn": 0, HELD: 0}
        self.whole: list[dict[str, str]] = []

    def save(self, edits: Sequence[Edit]) -> None:
        todo = self._not_withdrawn(self.known.left_of(edits))
        if todo:
            self._decide(todo)
        self._tell_theirs()

    def _not_withdrawn(self, edits: Sequence[Edit]) -> list[Edit]:
        """Take away what shall go; the edits that are left."""
        withdrawn = [edit for edit in edits if edit.withdraw]
        claims = claims_of(edit.key for edit in withdrawn if edit.key)
        going = [edit for edit in withdrawn if self._may_go(edit, claims)]
        if withdrawn:
            keys = [edit.key for edit in going if edit.key]
            drop_drafts(self.county, [edit.client for edit in withdrawn], of_rows=keys)
        if going:
            changes = [Change(e.key or 0, op=e.op, reason=e.reason) for e in going]
            changing.withdraw_many(self.county, changes, by=self.by)
        self.counts["withdrawn"] = len(going)
        return [edit for edit in edits if not edit.withdraw]

    def _may_go(self, edit: Edit, claims: Mapping[int, int]) -> bool:
        """Settles the edit; whether it takes a row out of the ledger, not only an unfinished one."""
        if edit.key is None:
            self.known.settle(edit, SAVED)
            return False
        row = self.known.standing[edit.key]
        finding = why_not(row, edit.reason, claims.get(row.pk))
        outcome, version = (HELD, edit.version) if finding else (SAVED, edit.version + 1)
        found = [finding] if finding else []
        self.known.settle(edit, outcome, key=edit.key, version=version, findings=found)
        return finding is None

    def _decide(self, edits: Sequence[Edit]) -> None:
        """Judge the rows; write those that pass, keep the others as unfinished."""
        judged = self._judge(edits)
        texts: dict[int, str] = {}
        for places, lines in clean_lines(judged):
            texts |= zip(places, lines, strict=True)
        passed = [
            Ready(edit, place, texts[place]) for place, edit in enumerate(edits) if place in texts
        ]
        self._change(judged, [each for each in passed if each.edit.key])
        self._enter([each for each in passed if not each.edit.key])
        self._keep(judged, edits)
        for edit, findings in zip(edits, by_row(judged), strict=True):
            self.outcomes[edit.client].findings = findings
        self._tell_respelled([each.edit for each in passed])

    def _judge(self, edits: Sequence[Edit]) -> Judged:
        self.whole, judged = judge_edits(
            self.county,
            [(edit.key, self._sent(edit)) for edit in edits],
            stored=Enrollment.objects.all(),
            attended=self.attended,
            lines=[edit.line or place for place, edit in enumerate(edits, start=1)],
        )
        return judged

    def _sent(self, edit: Edit) -> dict[str, str]:
        """The cells of an edit; of one that was answered before, those of then."""
        draft = self.known.drafts.get(edit.client)
        return draft.cells if draft and draft.op == edit.op else edit.cells

    def _change(self, judged: Judged, ready: Sequence[Ready]) -> None:
        if not ready:
            return
        correct_names(judged.roster.batch, [each.place for each in ready], by=self.by)
        changes = [Change(r.edit.key or 0, line=r.line, op=r.edit.op) for r in ready]
        changing.change_many(self._incoming(ready), changes, by=self.by)
        for each in ready:
            edit = each.edit
            self.known.settle(edit, SAVED, key=edit.key, version=edit.version + 1)
        self.counts["changed"] = len(ready)

    def _enter(self, ready: Sequence[Ready]) -> None:
        if not ready:
            return
        incoming = self._incoming(ready)
        enter_rows(incoming, by=self.by)
        keys = changing.keys_of_lines(incoming)
        changes = [Change(keys[r.line], op=r.edit.op, client=r.edit.client) for r in ready]
        note_entered(LEDGER, self.county, changes, by=self.by)
        for each in ready:
            self.known.settle(each.edit, SAVED, key=keys[each.line], version=1)
        self.counts["new"] = len(ready)

    def _incoming(self, ready: Sequence[Ready]) -> Incoming:
        fill_incoming(TRAINING_ROSTER, [[f"{each.text}\n" for each in ready]])
        return Incoming(self.county, {"program": self.program})

    def _keep(self, judged: Judged, edits: Sequence[Edit]) -> None:
        """Keep what is held as unfinished rows, forget those of what passed."""
        late = {f.row for f in judged.findings if f.rule == MONTH_IS_OPEN.key}
        drafts = []
        for place, edit in enumerate(edits):
            if place in late:
                self.known.settle(edit, CLOSED, key=edit.key, version=edit.version)
            elif place in judged.held:
                draft = self._draft(edit, place, judged.roster.batch["start_date"][place])
                version = edit.version if edit.key else draft.version
                self.known.settle(edit, HELD, key=edit.key, version=version)
                drafts.append(draft)
        self._put_undated(drafts)
        keep_drafts(
            drafts,
            county=self.county,
            program=self.program,
            class_key=self.attended.pk if self.attended else None,
            by=self.by,
        )
        kept = {draft.client for draft in drafts} | {edits[place].client for place in late}
        drop_drafts(self.county, {edit.client for edit in edits} - kept)
        self.counts[HELD] = len(drafts)

    def _draft(self, edit: Edit, place: int, start: datetime.date | None) -> Draft:
        """What is kept of a held edit: the whole of a new row, the changed cells of a stored one."""
        before = self.known.drafts.get(edit.client)
        draft = Draft(edit.client, edit.op, self.whole[place])
        if before:
            draft.version = before.version + (before.op != edit.op)
        if edit.key:
            draft.cells, draft.key, draft.row_version = self._sent(edit), edit.key, edit.version
            start = self.known.standing[edit.key].start_date
        draft.month = start and start.replace(day=1)
        return draft

    def _put_undated(self, drafts: Sequence[Draft]) -> None:
        """Let drafts whose start cannot be read wait on this desk; in a closed month nobody could
        mend them, so then they stand on every desk."""
        undated = [draft for draft in drafts if draft.month is None]
        if undated and self.month and not closed_months(self.county, [self.month]):
            for draft in undated:
                draft.month = self.month

    def _tell_respelled(self, edits: Sequence[Edit]) -> None:
        """Tell the cells that the ledger writes otherwise; a personal number is never sent back."""
        told = [(edit, self.outcomes[edit.client]) for edit in edits]
        rows = Enrollment.objects.filter(pk__in=[outcome.key for _edit, outcome in told])
        now = cells_of(rows, in_full=False) if told else {}
        for edit, outcome in told:
            cells, sent = now[outcome.key or 0], self._sent(edit)
            asked = sent.keys() if edit.key else cells.keys()
            outcome.cells = {
                name: cells[name]
                for name in asked - NUMBERS
                if name in cells and cells[name] != (sent.get(name) or "")
            }

    def _tell_theirs(self) -> None:
        lost = [o for o in self.outcomes.values() if o.outcome in (CONFLICT, GONE) and o.key]
        shown = shown_rows(self.county, (o.key for o in lost if o.key)) if lost else {}
        for outcome in lost:
            outcome.theirs = shown[outcome.key or 0]
            outcome.version = outcome.theirs.version
