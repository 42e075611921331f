"""Who was there on which day, as a desk sends it: saved once, never over what another wrote.

The protocol is that of rows (see training.rows): an edit has its own key `op`, the roll call
the version that the desk had before it; 0 where nobody was called yet. The row is that of the
ledger, its cells are days.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop

from core import audit
from core.models import User
from core.rules import Finding
from training.edits import CONFLICT, GONE, HELD, SAVED, Edit, Outcome
from training.holding import hold
from training.marks import SIGNS, Mark, Marks, days_of, read_marks
from training.models import Enrollment, RollCall, RowChange, TrainingClass
from training.querysets import EnrollmentQuerySet
from training.shown import Shown, last_changes, names_of

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("roll calls saved"),)
CHAPTER = "attendance"
Cells = dict[str, str]


def save_roll_calls(*, attended: TrainingClass, rows: Sequence[Edit], by: User) -> list[Outcome]:
    """Save what can be saved of a desk's roll calls, in one transaction; an outcome for each.

    A mark that cannot be read stays with the desk: its row is told as held, though its other
    marks are written. No two edits may be of one row. Raises CountyBusy while somebody else writes to the county.
    """
    with transaction.atomic():
        hold(attended.county_code)
        calling = Calling(attended, by)
        outcomes = calling.save(rows)
        audit.record(
            "training.roll_calls.saved",
            by=by,
            target=attended,
            region_code=attended.county_code,
            changes={
                "changed": len(calling.changes),
                HELD: sum(each.outcome == HELD for each in outcomes),
            },
        )
    return outcomes


class Calling:
    """One request's roll calls on their way; `changes` are those that were written."""

    def __init__(self, attended: TrainingClass, by: User) -> None:
        self.attended, self.by = attended, by
        self.rolls: list[RollCall] = []
        self.emptied: list[int] = []
        self.changes: list[RowChange] = []
        self.standing: dict[int, Enrollment] = {}
        self.answered: dict[Any, RowChange] = {}

    def save(self, edits: Sequence[Edit]) -> list[Outcome]:
        self._look_up(edits)
        outcomes = [self._outcome_of(place, edit) for place, edit in enumerate(edits)]
        RollCall.objects.bulk_create(
            self.rolls,
            update_conflicts=True,
            unique_fields=["enrollment"],
            update_fields=["training_class", "marks", "version", "updated_at"],
        )
        # An import whose rows nobody is marked in may be taken back.
        RollCall.objects.filter(enrollment__in=self.emptied).delete()
        RowChange.objects.bulk_create(self.changes)
        lost = [o for o in outcomes if o.outcome == CONFLICT and o.key]
        shown = shown_rolls(self.attended, (o.key for o in lost if o.key)) if lost else {}
        for outcome in lost:
            outcome.theirs = shown[outcome.key or 0]
            outcome.version = outcome.theirs.version
        return outcomes

    def _look_up(self, edits: Sequence[Edit]) -> None:
        keys = [edit.key for edit in edits]
        rows = active_rows(self.attended).filter(pk__in=keys).select_related("roll_call")
        self.standing = {row.pk: row for row in rows}
        made = RowChange.objects.filter(
            county_code=self.attended.county_code, op__in=[edit.op for edit in edits]
        )
        self.answered = {change.op: change for change in made}

    def _outcome_of(self, place: int, edit: Edit) -> Outcome:
        key = edit.key or 0
        marks = read_marks(self.attended, place, edit.cells)
        if before := self.answered.get(edit.op):
            return _written(edit, marks, before.row_key, before.version)
        if key not in self.standing:
            return Outcome(edit.client, GONE, key)
        row = self.standing[key]
        version = version_of(row)
        if edit.version != version:
            return Outcome(edit.client, CONFLICT, key, version)
        version += self._write(row, edit, marks)
        return _written(edit, marks, key, version)

    def _write(self, row: Enrollment, edit: Edit, marks: Marks) -> bool:
        """Whether there was something to write."""
        before = row.roll_call.marks if hasattr(row, "roll_call") else {}
        after = {day: mark for day, mark in {**before, **marks.read}.items() if mark}
        if after == before:
            return False
        version = version_of(row) + 1
        common = {"county_code": self.attended.county_code, "version": version}
        if after:
            self.rolls.append(
                RollCall(enrollment=row, training_class=self.attended, marks=after, **common)
            )
        else:
            self.emptied.append(row.pk)
        self.changes.append(
            RowChange(
                chapter=CHAPTER,
                row_key=row.pk,
                op=edit.op,
                before=before if version > 1 else None,
                by=self.by.pk,
                **common,
            )
        )
        return True


def version_of(row: Enrollment) -> int:
    """How often the row of `active_rows` was called otherwise; an emptied roll is gone, not that."""
    called: int = row.called  # type: ignore[attr-defined]
    return called


def _written(edit: Edit, marks: Marks, key: int, version: int) -> Outcome:
    """What is told of what was read: the signs that stand where something else was written."""
    outcome = HELD if marks.findings else SAVED
    signs = {day: SIGNS[Mark(mark)] if mark else "" for day, mark in marks.read.items()}
    respelled = {day: sign for day, sign in signs.items() if sign != edit.cells[day]}
    return Outcome(edit.client, outcome, key, version, respelled, marks.findings)


def judge_roll_calls(attended: TrainingClass, rows: Sequence[Edit]) -> list[list[Finding]]:
    """What saving would say of each row; nothing is saved."""
    return [read_marks(attended, place, edit.cells).findings for place, edit in enumerate(rows)]


def active_rows(attended: TrainingClass) -> EnrollmentQuerySet:
    """The rows of a class whose roll is called, in the order of its name list."""
    made = RowChange.objects.filter(chapter=CHAPTER, row_key=OuterRef("pk")).order_by("-version")
    called = Coalesce(Subquery(made.values("version")[:1]), 0)
    of_class = Enrollment.objects.filter(training_class=attended).active()
    rows: EnrollmentQuerySet = of_class.in_roster_order().annotate(called=called)
    return rows


def lay_out(attended: TrainingClass, rows: EnrollmentQuerySet) -> list[dict[str, Any]]:
    """People and their marks as a desk shows them; numbers masked."""
    days = [day.isoformat() for day in days_of(attended)]
    return [
        {
            "id": row.pk,
            "version": version_of(row),
            "client": None,
            "cells": _cells(row, days),
            "findings": [],
        }
        for row in rows.select_related("person", "roll_call")
    ]


def shown_rolls(attended: TrainingClass, keys: Iterable[int]) -> dict[int, Shown]:
    """Of these rows those of the class: how they are called and who changed that last.

    Of a row that was withdrawn only that is told.
    """
    of_class = Enrollment.objects.filter(training_class=attended, pk__in=set(keys))
    wanted = set(of_class.values_list("pk", flat=True))
    rows = active_rows(attended).filter(pk__in=wanted)
    listed = {row["id"]: row for row in lay_out(attended, rows)}
    last = last_changes(CHAPTER, attended.county_code, wanted)
    names = names_of(change.by for change in last.values())
    found = {}
    for key in wanted:
        row, change = listed.get(key), last.get(key)
        found[key] = Shown(
            key,
            row["version"] if row else change.version if change else 0,
            Enrollment.State.ACTIVE if row else Enrollment.State.WITHDRAWN,
            row["cells"] if row else {},
            names.get(change.by or 0, "") if change else "",
            change.at if change else None,
        )
    return found


def _cells(row: Enrollment, days: Iterable[str]) -> Cells:
    marks = row.roll_call.marks if hasattr(row, "roll_call") else {}
    person = {"name": row.person.name, "id_number": row.person.id_number_mask}
    return person | {day: SIGNS[Mark(marks[day])] if day in marks else "" for day in days}
