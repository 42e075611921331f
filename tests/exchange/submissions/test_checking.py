"""What stands against a month, and the job that looks at it or submits it."""

import datetime
from typing import Any

import pytest

from core.models import User
from exchange import jobs
from exchange.jobs import JobRefused
from exchange.models import LedgerCheck, Receipt, Submission
from exchange.submissions import checking, explaining, findings, returning
from tests.factories import a_class, a_person, enrolled, settled
from tests.factories.desks import CHAPTER, Desk
from tests.factories.submissions import JUNE, a_month
from training.models import Enrollment

Chain = dict[str, User]
STEP = LedgerCheck.Step
AGE, SIZE, HOURS = "training.age", "training.size", "training.hours"
WHY = "经电话联系本人并查看户口簿，年龄与登记一致"


@pytest.fixture
def rows(desk: Desk) -> list[Enrollment]:
    taught = a_class()
    made = [enrolled(a_person(order), taught) for order in (1, 3, 5)]
    settled()
    return made


def worked(month: Submission, step: LedgerCheck.Step, by: User, **asked: Any) -> LedgerCheck:
    check = checking.request_check(submission=month, step=step, by=by, **asked)
    jobs.run("exchange.ledgercheck", check.pk)
    check.refresh_from_db()
    month.refresh_from_db()
    return check


def test_a_month_nothing_stands_against_is_submitted_with_its_receipt(
    rows: list[Enrollment], desk: Desk, chain: Chain
) -> None:
    month = a_month()
    check = worked(month, STEP.SUBMIT, chain["reviewer"])
    assert (check.state, check.error, month.state, month.round) == ("done", "", "submitted", 1)
    receipt = Receipt.objects.get()
    assert (receipt.submission, receipt.round, receipt.rows, receipt.people) == (month, 1, 3, 3)
    assert receipt.sealed_rows.count() == 3
    assert desk.seen == [("621022", JUNE)]


def test_a_month_without_rows_is_submitted_too(desk: Desk, chain: Chain) -> None:
    month = a_month()
    assert worked(month, STEP.SUBMIT, chain["reviewer"]).state == "done"
    assert (month.state, Receipt.objects.get().rows) == ("submitted", 0)


def test_a_look_changes_nothing_but_the_findings(
    rows: list[Enrollment], desk: Desk, chain: Chain
) -> None:
    month = a_month()
    desk.find(rows[0], AGE)
    worked(month, STEP.CHECK, chain["clerk"])
    desk.findings.clear()
    desk.find(rows[1], SIZE, "block", size=51)
    desk.find(rows[2], HOURS)
    desk.find(rows[1], HOURS)
    assert worked(month, STEP.CHECK, chain["clerk"]).state == "done"
    assert (month.state, month.version) == ("draft", 1)
    found = [(each["rule"], each["severity"], each["number"]) for each in findings.by_rule(month)]
    assert found == [(SIZE, "block", 1), (HOURS, "explain", 2)]


def test_what_stands_against_it_is_told_and_kept(
    rows: list[Enrollment], desk: Desk, chain: Chain
) -> None:
    month = a_month("returned", due_on=datetime.date(2019, 7, 10))
    month.notes.create(round=1, chapter=CHAPTER, row_key=1, text="wrong", by=chain["prefecture"])
    desk.drafts = 2
    desk.find(rows[0], SIZE, "block")
    desk.find(rows[0], SIZE, "near-block")
    desk.find(rows[1], AGE)
    check = worked(month, STEP.SUBMIT, chain["reviewer"])
    assert (check.state, month.state, Receipt.objects.count()) == ("failed", "returned", 0)
    assert month.findings.count() == 3
    said = [refusal.sentence % refusal.params for refusal in checking.hindrances(month)]
    assert said == [
        "2 findings must be none before the month can be submitted. Mend the rows they name.",
        "1 findings want an explanation. Say at each why the row is right, or mend it.",
        "1 return notes have no answer yet. Answer each.",
        "2 rows of this month are unfinished. Finish or discard them in the grid.",
        "The month was due on 2019-07-10. Say why it is late.",
    ]
    assert check.error_sentence == said[0]


def test_a_month_that_is_late_says_why(rows: Any, chain: Chain) -> None:
    month = a_month(due_on=datetime.date(2019, 7, 10))
    assert worked(month, STEP.SUBMIT, chain["reviewer"]).state == "failed"
    worked(month, STEP.SUBMIT, chain["reviewer"], late_reason="the  flood")
    assert (month.state, month.late_reason) == ("submitted", "the flood")


def test_a_reason_is_kept_only_of_what_is_late(rows: Any, chain: Chain) -> None:
    month = a_month()
    worked(month, STEP.SUBMIT, chain["reviewer"], late_reason="the flood")
    assert (month.state, month.late_reason) == ("submitted", "")


def test_who_asks_twice_gets_the_same(rows: Any, chain: Chain) -> None:
    month, asked = a_month(), {"step": STEP.CHECK, "by": chain["clerk"]}
    first = checking.request_check(submission=month, **asked)
    assert checking.request_check(submission=month, **asked) == first


@pytest.mark.parametrize("who", ["clerk", "prefecture", "province"])
def test_only_the_reviewer_asks_for_a_submission(desk: Desk, chain: Chain, who: str) -> None:
    with pytest.raises(PermissionError):
        checking.request_check(submission=a_month(), step=STEP.SUBMIT, by=chain[who])


def test_who_lost_the_right_meanwhile_submits_nothing(rows: Any, chain: Chain) -> None:
    month, by = a_month(), chain["reviewer"]
    check = checking.request_check(submission=month, step=STEP.SUBMIT, by=by)
    by.assignments.all().delete()
    jobs.run("exchange.ledgercheck", check.pk)
    check.refresh_from_db()
    month.refresh_from_db()
    assert (check.state, check.error, month.state) == ("failed", checking.NOT_ENTITLED, "draft")


def test_a_closed_month_is_not_asked_about_again(desk: Desk, chain: Chain) -> None:
    with pytest.raises(JobRefused):
        checking.request_check(submission=a_month("locked"), step=STEP.CHECK, by=chain["clerk"])


def test_an_explanation_holds_for_what_was_found(
    rows: list[Enrollment], desk: Desk, chain: Chain
) -> None:
    month = a_month()
    desk.find(rows[0], AGE, age=61)
    worked(month, STEP.CHECK, chain["clerk"])
    told = {"submission": month, "text": WHY, "by": chain["clerk"]}
    assert explaining.explain(findings=month.findings.all(), **told) == 1
    assert checking.hindrances(month) == []
    assert [each["explained"] for each in findings.by_rule(month)] == [1]
    worked(month, STEP.CHECK, chain["clerk"])
    assert checking.hindrances(month) == []
    desk.findings.clear()
    desk.find(rows[0], AGE, age=71)
    worked(month, STEP.CHECK, chain["clerk"])
    assert [each["explained"] for each in findings.by_rule(month)] == [0]


def test_one_text_serves_a_class(rows: list[Enrollment], desk: Desk, chain: Chain) -> None:
    month = a_month()
    for row in rows:
        desk.find(row, AGE)
    worked(month, STEP.CHECK, chain["clerk"])
    together = explaining.of_group(month, AGE, str(rows[0].pk % 2))
    assert {each.row_key for each in together} == {
        row.pk for row in rows if row.pk % 2 == rows[0].pk % 2
    }
    explaining.explain(submission=month, findings=together, text=WHY, by=chain["clerk"])
    explaining.explain(submission=month, findings=together, text=WHY + "，无误", by=chain["clerk"])
    assert {each.text for each in month.explanations.all()} == {WHY + "，无误"}
    assert month.explanations.count() == len(together)


@pytest.mark.parametrize(
    "text", ["", "123456", "情况属实", "经核实无误，情况属实。", "已核实！", "年龄无误", "Z" * 40]
)
def test_what_says_nothing_is_no_explanation(house: None, text: str) -> None:
    with pytest.raises(JobRefused):
        explaining.sound_explanation(text, "621022")


def test_an_explanation_holds_no_number(house: None) -> None:
    with pytest.raises(JobRefused, match="Leave ID and phone numbers out"):
        explaining.sound_explanation(f"{WHY}13900000000", "621022")


def test_notes_are_written_dropped_and_answered_by_whose_turn_it_is(
    rows: list[Enrollment], desk: Desk, chain: Chain
) -> None:
    month, row = a_month("submitted", round=1), (CHAPTER, rows[0].pk)
    officer, clerk = chain["prefecture"], chain["clerk"]
    said = {"submission": month, "row": row, "text": "no such village"}
    for who in ("clerk", "reviewer", "province"):
        with pytest.raises(PermissionError):
            returning.note(**said, by=chain[who])
    with pytest.raises(JobRefused, match="no such row"):
        returning.note(**said | {"row": (CHAPTER, 0)}, by=officer)
    with pytest.raises(JobRefused, match="Choose a column"):
        returning.note(**said, column="number", by=officer)
    returning.drop(note=returning.note(**said, by=officer), by=officer)
    kept = returning.note(**said, column="remark", by=officer)
    with pytest.raises(JobRefused):
        returning.answer(note=kept, text="mended", by=clerk)
    Submission.objects.update(state="returned")
    kept.submission.refresh_from_db()
    returning.answer(note=kept, text="mended", by=clerk)
    kept.refresh_from_db()
    assert (kept.answer, kept.answered_by, kept.round) == ("mended", clerk, 1)
    assert checking.hindrances(month) == []
