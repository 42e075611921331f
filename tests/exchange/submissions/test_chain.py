"""Everybody does anything at any time: no month leaves the table of moves, whatever the order."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from core.models import AuditEntry, User
from core.rule_values import load_rule_values
from exchange.jobs import JobRefused
from exchange.models import Receipt, ReturnNote, Submission
from exchange.submissions import diffs, moves, returning
from exchange.submissions.closing import told
from exchange.submissions.sealing import seal
from tests.factories import a_class, a_person, divisions, enrolled, settled
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
        except (PermissionError, JobRefused):
            pass
        self.month.refresh_from_db()

    @rule(who=st.sampled_from(PEOPLE))
    def submits(self, who: str) -> None:
        def act() -> None:
            month, by = self.month, self.people[who]
            moves.submit(submission=month, version=month.version, by=by)
            settled()
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
        self.attempt(lambda: enrolled(a_person(next(self.orders)), a_class()))
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
    def each_submission_has_its_receipt(self) -> None:
        receipts = Receipt.objects.filter(submission=self.month)
        acts = AuditEntry.objects.filter(
            verb="exchange.submission.submitted", target_key=str(self.month.pk)
        )
        assert receipts.count() == acts.count() == self.month.round


@pytest.mark.django_db
def test_no_order_of_acts_leads_astray(settings_of_files: None) -> None:
    divisions()
    load_rule_values()
    Chain.people = the_chain()
    a_class()
    run_state_machine_as_test(
        Chain,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture
def settings_of_files(settings: Any, tmp_path: Any) -> None:
    settings.FILES_DIR = tmp_path / "files"
    settings.ANCHORS_FILE = tmp_path / "anchors" / "heads.txt"
