"""Everybody does anything at any time: no month leaves the table of moves, whatever the order."""

from __future__ import annotations

import datetime
import io
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from core.models import AuditEntry, User
from core.rule_values import load_rule_values
from exchange import rollups
from exchange.imports.services import ImportNotPossible
from exchange.jobs import JobRefused
from exchange.models import Correction, Receipt, ReturnNote, Submission
from exchange.submissions import correcting, diffs, moves, restating, returning
from exchange.submissions.closing import told
from exchange.submissions.sealing import seal
from tests.factories import a_program, divisions
from tests.factories.rosters import a_row, entered
from tests.factories.submissions import JUNE, the_chain
from training.canonical import CHAPTER
from training.models import Enrollment

PEOPLE = ("clerk", "reviewer", "prefecture", "province")
TABLE = {
    ("draft", "submitted"),
    ("returned", "submitted"),
    ("reopened", "submitted"),
    ("submitted", "accepted"),
    ("submitted", "returned"),
    ("accepted", "returned"),
    ("accepted", "locked"),
    ("locked", "reopened"),
    ("reopened", "locked"),
}


class Chain(RuleBasedStateMachine):
    """One county's month, the four people of its way, the clock, and writes at any time."""

    people: dict[str, User]

    def __init__(self) -> None:
        super().__init__()
        self.mark = transaction.savepoint()
        self.month = moves.open_month(book="ledger", county="621022", month=JUNE, by=None)
        self.was, self.orders = "draft", iter(range(1, 999, 2))

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.mark)

    def attempt(self, act: Any) -> None:
        """Do it, or be refused and leave nothing behind."""
        try:
            with told(), transaction.atomic():
                act()
        except (PermissionError, JobRefused, ImportNotPossible):
            pass
        self.month.refresh_from_db()

    @rule(who=st.sampled_from(PEOPLE))
    def submits(self, who: str) -> None:
        def act() -> None:
            month, by = self.month, self.people[who]
            moves.submit(submission=month, version=month.version, by=by)
            seal(submission=month, by=by)

        self.attempt(act)

    @rule(who=st.sampled_from(PEOPLE), act=st.sampled_from(["accept", "return_", "lock", "close"]))
    def moves_on(self, who: str, act: str) -> None:
        asked = {"submission": self.month, "version": self.month.version, "by": self.people[who]}
        self.attempt(lambda: getattr(moves, act)(**asked))

    @rule(who=st.sampled_from(PEOPLE), days=st.integers(-1, 31))
    def opens_again(self, who: str, days: int) -> None:
        until = timezone.localdate() + datetime.timedelta(days=days)
        asked = {"version": self.month.version, "by": self.people[who], "until": until}
        self.attempt(lambda: moves.reopen(submission=self.month, reason="row left out", **asked))

    @rule()
    def days_pass(self) -> None:
        """The days of being open are over, and the clock comes by."""
        past = timezone.now() - datetime.timedelta(minutes=1)
        Submission.objects.filter(pk=self.month.pk, state="reopened").update(open_until=past)
        moves.close_expired(timezone.now())
        self.month.refresh_from_db()

    @rule(who=st.sampled_from(PEOPLE))
    def notes(self, who: str) -> None:
        row = Enrollment.objects.filter(county_code="621022").first()
        key = row.pk if row else 0
        asked = {"row": (CHAPTER, key), "text": "no such village", "by": self.people[who]}
        self.attempt(lambda: returning.note(submission=self.month, **asked))

    @rule(who=st.sampled_from(PEOPLE))
    def answers(self, who: str) -> None:
        for note in ReturnNote.objects.filter(submission=self.month, answer=""):
            asked = {"note": note, "text": "asked again", "by": self.people[who]}
            self.attempt(lambda asked=asked: returning.answer(**asked))

    @rule()
    def writes(self) -> None:
        is_open = self.is_open()
        before = Enrollment.objects.count()
        self.attempt(lambda: entered(a_row(next(self.orders)), by=self.people["clerk"]))
        assert (Enrollment.objects.count() > before) == is_open

    @rule()
    def changes(self) -> None:
        row = Enrollment.objects.first()
        if row is not None:
            remark, is_open = f"{row.remark}x", self.is_open()
            change = Enrollment.objects.filter(pk=row.pk).update
            self.attempt(lambda: change(remark=remark))
            row.refresh_from_db()
            assert (row.remark == remark) == is_open

    @rule(who=st.sampled_from(PEOPLE), kind=st.sampled_from(Correction.Kind.values))
    def asks_for_a_correction(self, who: str, kind: str) -> None:
        """Of the first row that stands, or for one that was forgotten."""
        row = Enrollment.objects.active().first()
        adds = kind == Correction.Kind.ADD
        if row is None and not adds:
            return
        cells = a_row(next(self.orders)) | {"program": "skills"} if adds else self.another(row)
        self.attempt(
            lambda: correcting.ask(
                submission=self.month,
                kind=Correction.Kind(kind),
                row=(CHAPTER, row.pk if row and not adds else None),
                row_version=row.version if row and not adds else None,
                cells=cells,
                reason="与结业名单不符",
                file=io.BytesIO(b"%PDF-1.4"),
                name="a.pdf",
                by=self.people[who],
            )
        )

    @rule(kind=st.sampled_from(Correction.Kind.values))
    def is_corrected(self, kind: str) -> None:
        """Asked for and approved by those whose step it is, which chance alone seldom finds."""
        self.asks_for_a_correction("clerk", kind)
        self.decides_on_a_correction("prefecture", "approve")

    def another(self, row: Enrollment | None) -> dict[str, str]:
        """Another category than the row has: a figure falls and another one rises."""
        is_poor = row is not None and row.category == "filed-poor"
        return {"category": "登记失业人员" if is_poor else "建档立卡贫困劳动力"}

    @rule(who=st.sampled_from(PEOPLE), act=st.sampled_from(["approve", "refuse", "withdraw"]))
    def decides_on_a_correction(self, who: str, act: str) -> None:
        asked = Correction.objects.filter(state=Correction.State.ASKED).first()
        if asked is None:
            return
        said = {} if act == "withdraw" else {"decision": "材料不符，退回"}
        state, receipts = self.month.state, Receipt.objects.count()
        self.attempt(
            lambda: getattr(correcting, act)(
                correction=asked, version=asked.version, by=self.people[who], **said
            )
        )
        asked.refresh_from_db()
        is_applied = asked.state == Correction.State.APPLIED
        assert self.month.state == state
        assert Receipt.objects.count() == receipts + is_applied
        assert asked.decided_by_id is None or asked.decided_by_id != asked.asked_by_id

    def is_open(self) -> bool:
        until = self.month.open_until
        return self.month.state in {"draft", "returned"} or bool(until and until > timezone.now())

    @invariant()
    def a_state_is_reached_by_a_move_of_the_table(self) -> None:
        if self.month.state != self.was:
            assert (self.was, self.month.state) in TABLE
            self.was = self.month.state

    @invariant()
    def nobody_takes_two_steps(self) -> None:
        month = self.month
        steps = [month.submitted_by_id, month.accepted_by_id, month.locked_by_id]
        taken = [each for each in steps if each]
        assert len(taken) == len(set(taken))

    @invariant()
    def a_closed_month_is_as_it_was_sealed(self) -> None:
        if self.month.state in {"submitted", "accepted", "locked"}:
            assert diffs.is_as_sealed(self.month)

    @invariant()
    def what_was_sealed_and_restated_is_what_is_there(self) -> None:
        """The figures of a month that is closed, and the rows behind them."""
        if self.month.state in {"submitted", "accepted", "locked"}:
            assert [each for each in restating.figures_of(self.month) if not each["agrees"]] == []
            assert rollups.differences_in(self.month.county_code, self.month.month) == []

    @invariant()
    def a_correction_is_asked_decided_or_withdrawn(self) -> None:
        assert not Correction.objects.filter(state=Correction.State.APPROVED).exists()

    @invariant()
    def each_submission_has_its_receipt(self) -> None:
        receipts = Receipt.objects.of_submissions().filter(submission=self.month)
        acts = AuditEntry.objects.filter(
            verb="exchange.submission.submitted", target_key=str(self.month.pk)
        )
        assert receipts.count() == acts.count() == self.month.round


class Locked(Chain):
    """The same, from where chance alone seldom comes: two rows, locked."""

    @initialize()
    def is_locked(self) -> None:
        self.writes()
        self.writes()
        self.submits("reviewer")
        for who, act in (("prefecture", "accept"), ("province", "lock")):
            self.a_state_is_reached_by_a_move_of_the_table()
            self.moves_on(who, act)
        assert self.month.state == "locked"
        self.was = "locked"


@pytest.mark.django_db
@pytest.mark.parametrize("machine", [Chain, Locked])
def test_no_order_of_acts_leads_astray(machine: type[Chain], settings_of_files: None) -> None:
    divisions()
    load_rule_values()
    Chain.people = the_chain()
    a_program()
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture
def settings_of_files(settings: Any, tmp_path: Any) -> None:
    settings.FILES_DIR = tmp_path / "files"
    settings.ANCHORS_FILE = tmp_path / "anchors" / "heads.txt"
