"""Rows as a desk sends them: each is saved, or told why not; nothing is doubled or written over.

A row comes with two keys of its browser: `client` is the row's as long as it is on a desk,
`op` that of this very edit. An edit that was answered before is answered so again, so that
a desk may send it as often as it hears nothing. A stored row comes with the version that
the desk had before it: another version is a conflict, whoever is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from core import audit
from core.access import Permission
from core.models import User
from exchange.imports.kinds import Incoming
from exchange.imports.services import judge_rows
from exchange.imports.staging import Judged, clean_lines, fill_incoming
from exchange.submissions.closing import PeriodClosed, closed_months, told
from training import changing
from training.changing import Change
from training.drafts import Draft, drop_drafts, keep_drafts, read_drafts
from training.edits import CLOSED, CONFLICT, GONE, HELD, SAVED, Edit, Outcome, whole_rows
from training.holding import hold
from training.imports import TRAINING_ROSTER
from training.ledger import cells_of
from training.models import DraftRow, Enrollment, RowChange, TrainingClass
from training.periods import MONTH_IS_OPEN, month_closed
from training.services import enter_rows
from training.shown import Shown, shown_rows
from training.withdrawing import why_not

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
) -> list[Outcome]:
    """Save what can be saved of a desk's rows, in one transaction; an outcome for each, in order.

    `attended` is the class whose rows they are; then the class says program and dates. No
    two edits may be of one row. Raises CountyBusy while somebody else writes to the county,
    PeriodClosed when a month was closed in the same moment.
    """
    with told(), transaction.atomic():
        hold(county)
        saving = Saving(county, program, by, attended)
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

    def __init__(self, county: str, program: str, by: User, attended: TrainingClass | None) -> None:
        self.county, self.by, self.attended = county, by, attended
        self.program = attended.program_id if attended else program
        self.outcomes: dict[UUID, Outcome] = {}
        self.counts = {"new": 0, "changed": 0, "withdrawn": 0, HELD: 0}
        self.drafts: dict[UUID, Draft] = {}
        self.standing: dict[int, Enrollment] = {}

    def save(self, edits: Sequence[Edit]) -> None:
        todo = self._compared(self._not_answered_yet(edits))
        todo = self._not_withdrawn(self._still_open(todo))
        if todo:
            self._decide(todo)
        self._tell_theirs()

    def _not_answered_yet(self, edits: Sequence[Edit]) -> list[Edit]:
        """Edits that are not written yet; the others are answered as they were then."""
        made = RowChange.objects.filter(county_code=self.county, op__in=[e.op for e in edits])
        seen = {change.op: change for change in made}
        for edit in edits:
            if change := seen.get(edit.op):
                self._settle(edit, SAVED, key=change.row_key, version=change.version)
        return [edit for edit in edits if edit.op not in seen]

    def _compared(self, edits: Sequence[Edit]) -> list[Edit]:
        """Edits of what is still as the desk had it; the others are conflicts, or gone."""
        clients = [edit.client for edit in edits]
        of_clients = {"county_code": self.county, "client__in": clients}
        entered = RowChange.objects.filter(**of_clients).values_list("client", "row_key")
        became: dict[UUID, int] = {client: key for client, key in entered if client}
        kept = read_drafts(DraftRow.objects.filter(**of_clients))
        self.drafts = {draft.client: draft for draft in kept}
        keys = {*filter(None, (edit.key for edit in edits)), *became.values()}
        mine = Enrollment.objects.visible_to(self.by, Permission.ENTER_LEDGER)
        rows = mine.filter(county_code=self.county, pk__in=keys).active()
        self.standing = {row.pk: row for row in rows.select_for_update(of=("self",)).order_by("pk")}
        return [edit for edit in edits if not self._is_overtaken(edit, became.get(edit.client))]

    def _is_overtaken(self, edit: Edit, became: int | None) -> bool:
        """Whether somebody was faster; then the edit is settled."""
        draft = self.drafts.get(edit.client)
        key = edit.key or became or (draft and draft.key)
        if key:
            row = self.standing.get(key)
            if row and edit.key and row.version == edit.version:
                return False
            self._settle(edit, CONFLICT if row else GONE, key=key)
            return True
        if draft and draft.op != edit.op and draft.version != edit.version:
            theirs = Shown(0, draft.version, "", draft.cells, at=draft.at)
            self._settle(edit, CONFLICT, version=draft.version, theirs=theirs)
            return True
        if edit.version and not draft and not edit.withdraw:
            self._settle(edit, GONE)
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
                self._settle(edit, CLOSED, key=edit.key, version=edit.version, findings=[finding])
            else:
                kept.append(edit)
        return kept

    def _not_withdrawn(self, edits: Sequence[Edit]) -> list[Edit]:
        """Take away what shall go; the edits that are left."""
        going, dropped = [], []
        for edit in edits:
            if not edit.withdraw:
                continue
            dropped.append(edit.client)
            if edit.key is None:
                self._settle(edit, SAVED)
            elif finding := why_not(self.standing[edit.key], edit.reason):
                self._settle(edit, HELD, key=edit.key, version=edit.version, findings=[finding])
            else:
                going.append(Change(edit.key, op=edit.op, reason=edit.reason))
                self._settle(edit, SAVED, key=edit.key, version=edit.version + 1)
        drop_drafts(self.county, dropped)
        changing.withdraw_many(self.county, going, by=self.by)
        self.counts["withdrawn"] = len(going)
        return [edit for edit in edits if not edit.withdraw]

    def _decide(self, edits: Sequence[Edit]) -> None:
        """Judge the rows; write those that pass, keep the others as unfinished."""
        judged = self._judge(edits)
        texts: dict[int, str] = {}
        for places, lines in clean_lines(judged):
            texts |= zip(places, lines, strict=True)
        passed = [
            Ready(edit, place, texts[place]) for place, edit in enumerate(edits) if place in texts
        ]
        self._change([each for each in passed if each.edit.key])
        self._enter([each for each in passed if not each.edit.key])
        self._keep(judged, edits)
        for finding in judged.findings:
            self.outcomes[edits[finding.row].client].findings.append(finding)
        self._tell_respelled([each.edit for each in passed])

    def _judge(self, edits: Sequence[Edit]) -> Judged:
        sent = [(edit.key, self._sent(edit)) for edit in edits]
        rows = whole_rows(sent, Enrollment.objects.all(), self.attended)
        stored = [edit.key for edit in edits]
        lines = [edit.line or place for place, edit in enumerate(edits, start=1)]
        return judge_rows(TRAINING_ROSTER, self.county, rows, stored=stored, lines=lines)

    def _sent(self, edit: Edit) -> dict[str, str]:
        """The cells of an edit; of one that was answered before, those of then."""
        draft = self.drafts.get(edit.client)
        return draft.cells if draft and draft.op == edit.op else edit.cells

    def _change(self, ready: Sequence[Ready]) -> None:
        if not ready:
            return
        changes = [Change(r.edit.key or 0, line=r.line, op=r.edit.op) for r in ready]
        changing.change_many(self._incoming(ready), changes, by=self.by)
        for each in ready:
            edit = each.edit
            self._settle(edit, SAVED, key=edit.key, version=edit.version + 1)
        self.counts["changed"] = len(ready)

    def _enter(self, ready: Sequence[Ready]) -> None:
        if not ready:
            return
        incoming = self._incoming(ready)
        enter_rows(incoming, by=self.by)
        keys = changing.keys_of_lines(incoming)
        changes = [Change(keys[r.line], op=r.edit.op, client=r.edit.client) for r in ready]
        changing.note_entered(self.county, changes, by=self.by)
        for each in ready:
            self._settle(each.edit, SAVED, key=keys[each.line], version=1)
        self.counts["new"] = len(ready)

    def _incoming(self, ready: Sequence[Ready]) -> Incoming:
        fill_incoming(TRAINING_ROSTER, [[f"{each.text}\n" for each in ready]])
        return Incoming(self.county, {"program": self.program})

    def _keep(self, judged: Judged, edits: Sequence[Edit]) -> None:
        """Keep what is held as unfinished rows, forget those of what passed."""
        drafts, late = [], {f.row for f in judged.findings if f.rule == MONTH_IS_OPEN.key}
        for place, edit in enumerate(edits):
            if place in late:
                self._settle(edit, CLOSED, key=edit.key, version=edit.version)
            if place not in judged.held or place in late:
                continue
            start = judged.roster.batch["start_date"][place]
            draft = Draft(
                edit.client, edit.op, self._sent(edit), month=start and start.replace(day=1)
            )
            if edit.key:
                draft.key, draft.row_version = edit.key, edit.version
            before = self.drafts.get(edit.client)
            if before:
                draft.version = before.version + (before.op != edit.op)
            drafts.append(draft)
            version = edit.version if edit.key else draft.version
            self._settle(edit, HELD, key=edit.key, version=version)
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

    def _settle(self, edit: Edit, outcome: str, **more: Any) -> None:
        self.outcomes[edit.client] = Outcome(edit.client, outcome, **more)
