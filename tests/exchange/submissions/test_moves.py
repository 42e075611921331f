"""A month goes its way step by step, each by somebody else, and never by two at once."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from core.models import AuditEntry, User
from exchange.jobs import JobRefused
from exchange.models import Notice, Submission
from exchange.submissions import duties, moves, returning
from exchange.submissions.moves import SubmissionRefused
from tests.factories import a_class, a_person, an_account, enrolled
from tests.factories.desks import CHAPTER, Desk
from tests.factories.submissions import JUNE, a_month
from tests.factories.submissions import the_chain as a_chain
from training.models import Enrollment

Chain = dict[str, User]


def sentence(refusal: pytest.ExceptionInfo[JobRefused]) -> str:
    return refusal.value.sentence % refusal.value.params


def noted(month: Submission, row: Enrollment, by: User) -> None:
    returning.note(submission=month, row=(CHAPTER, row.pk), text="no such village", by=by)


def test_a_month_goes_up_and_is_opened_again(desk: Desk, chain: Chain) -> None:
    month = moves.open_month(book="ledger", county="621022", month=JUNE, by=chain["clerk"])
    until = timezone.localdate() + datetime.timedelta(days=3)
    moves.submit(submission=month, version=1, by=chain["reviewer"])
    moves.accept(submission=month, version=2, by=chain["prefecture"])
    moves.lock(submission=month, version=3, by=chain["province"])
    moves.reopen(
        submission=month, version=4, by=chain["province"], reason="row left out", until=until
    )
    assert (month.state, month.round, month.version) == ("reopened", 1, 5)
    assert timezone.localtime(month.open_until).date() == until + datetime.timedelta(days=1)
    moves.submit(submission=month, version=5, by=chain["reviewer"])
    assert (month.state, month.round, month.accepted_by, month.open_until) == (
        "submitted",
        2,
        None,
        None,
    )
    entries = AuditEntry.objects.filter(verb__startswith="exchange.submission.")
    acts = entries.order_by("id").values_list("verb", "actor_id", "changes__round")
    assert list(acts) == [
        ("exchange.submission.opened", chain["clerk"].pk, 0),
        ("exchange.submission.submitted", chain["reviewer"].pk, 1),
        ("exchange.submission.accepted", chain["prefecture"].pk, 1),
        ("exchange.submission.locked", chain["province"].pk, 1),
        ("exchange.submission.reopened", chain["province"].pk, 1),
        ("exchange.submission.submitted", chain["reviewer"].pk, 2),
    ]


def test_a_month_is_opened_once(desk: Desk, chain: Chain) -> None:
    day = datetime.date(2019, 6, 17)
    first = moves.open_month(book="ledger", county="621022", month=day, by=None)
    again = moves.open_month(book="ledger", county="621022", month=JUNE, by=chain["clerk"])
    assert (first, first.month, first.prefecture_code) == (again, JUNE, "6210")
    assert AuditEntry.objects.filter(verb="exchange.submission.opened").count() == 1


ACTS: dict[str, Any] = {
    "submit": lambda month, by: moves.submit(submission=month, version=month.version, by=by),
    "accept": lambda month, by: moves.accept(submission=month, version=month.version, by=by),
    "return": lambda month, by: moves.return_(submission=month, version=month.version, by=by),
    "lock": lambda month, by: moves.lock(submission=month, version=month.version, by=by),
    "reopen": lambda month, by: moves.reopen(
        submission=month,
        version=month.version,
        by=by,
        reason="row left out",
        until=timezone.localdate(),
    ),
}
# (state, act): who may, and where it leads. All else is refused.
TABLE = {
    ("draft", "submit"): ("reviewer", "submitted"),
    ("returned", "submit"): ("reviewer", "submitted"),
    ("reopened", "submit"): ("reviewer", "submitted"),
    ("submitted", "accept"): ("prefecture", "accepted"),
    ("submitted", "return"): ("prefecture", "returned"),
    ("accepted", "return"): ("province", "returned"),
    ("accepted", "lock"): ("province", "locked"),
    ("locked", "reopen"): ("province", "reopened"),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", Submission.State.values)
def test_the_table_of_moves(desk: Desk, chain: Chain, state: str, act: str) -> None:
    """Each state, each act, each person of the chain: exactly what the table says happens."""
    for who, by in chain.items():
        Submission.objects.all().delete()
        month = a_month(state)
        month.notes.create(round=0, chapter=CHAPTER, row_key=1, text="wrong", by=chain["clerk"])
        allowed, leads_to = TABLE.get((state, act), ("", ""))
        if who == allowed:
            ACTS[act](month, by)
            assert month.state == leads_to
        else:
            with pytest.raises((PermissionError, SubmissionRefused)):
                ACTS[act](month, by)
            assert Submission.objects.values_list("state", "version").get() == (state, 1)
            assert not AuditEntry.objects.filter(target_key=str(month.pk)).exists()


@pytest.mark.parametrize("act", ACTS)
def test_other_places_may_not(desk: Desk, act: str) -> None:
    strangers = a_chain("622926") | {"beside": an_account("6229", "prefecture-officer", "6229")}
    strangers.pop("province")
    for number, state in enumerate(Submission.State.values, start=1):
        month = a_month(state, month=datetime.date(2019, number, 1))
        for by in strangers.values():
            with pytest.raises(PermissionError):
                ACTS[act](month, by)


def test_who_entered_rows_does_not_submit_them(desk: Desk, chain: Chain) -> None:
    desk.hands = {chain["reviewer"].pk}
    with pytest.raises(SubmissionRefused) as refusal:
        ACTS["submit"](a_month(), chain["reviewer"])
    assert sentence(refusal) == (
        "You entered or changed rows of this month yourself. Somebody else must submit it."
    )


def test_where_there_is_no_prefecture_two_of_the_province_act(desk: Desk) -> None:
    divisions = {"one": "province-officer", "other": "province-officer"}
    one, other = (an_account(who, role, "62") for who, role in divisions.items())
    month = a_month("submitted", county="629001")
    ACTS["accept"](month, one)
    with pytest.raises(SubmissionRefused) as refusal:
        ACTS["lock"](month, one)
    assert sentence(refusal) == (
        "You submitted or accepted this month yourself. Somebody else must lock it."
    )
    ACTS["lock"](month, other)
    assert (month.accepted_by, month.locked_by) == (one, other)
    assert not duties.may_accept(one, "621022")


def test_who_submitted_does_not_accept(desk: Desk, chain: Chain) -> None:
    """One account may hold two roles; it takes one step all the same."""
    both = chain["reviewer"]
    both.assignments.create(role="prefecture-officer", region_id="6210")
    month = a_month("submitted", submitted_by=both)
    with pytest.raises(SubmissionRefused) as refusal:
        ACTS["accept"](month, User.objects.get(pk=both.pk))
    assert sentence(refusal) == ("You submitted this month yourself. Somebody else must accept it.")


def test_the_slower_one_is_told_who_was_faster(desk: Desk, chain: Chain) -> None:
    month, other = a_month("submitted"), an_account("other", "prefecture-officer", "6210")
    moves.accept(submission=Submission.objects.get(pk=month.pk), version=1, by=chain["prefecture"])
    at = timezone.localtime(AuditEntry.objects.latest("id").at)
    with pytest.raises(SubmissionRefused) as refusal:
        moves.accept(submission=month, version=1, by=other)
    assert sentence(refusal) == (
        f"prefecture-621022 accepted this month at {at:%Y-%m-%d %H:%M:%S}. Load the page again."
    )


def test_an_old_page_moves_nothing(desk: Desk, chain: Chain) -> None:
    month = a_month("submitted", version=7)
    with pytest.raises(SubmissionRefused) as refusal:
        moves.accept(submission=month, version=6, by=chain["prefecture"])
    assert sentence(refusal) == "This month was changed meanwhile. Load the page again."


def test_nothing_is_returned_without_a_note_of_this_round(desk: Desk, chain: Chain) -> None:
    row = enrolled(a_person(1), a_class())
    month = a_month("submitted", round=2)
    month.notes.create(round=1, chapter=CHAPTER, row_key=1, text="old", by=chain["clerk"])
    with pytest.raises(SubmissionRefused) as refusal:
        ACTS["return"](month, chain["prefecture"])
    assert "Nothing is noted" in sentence(refusal)
    noted(month, row, chain["prefecture"])
    ACTS["return"](month, chain["prefecture"])
    assert (month.state, month.returned_by) == ("returned", chain["prefecture"])


@pytest.mark.parametrize("days", [-1, 31])
def test_a_month_is_opened_for_thirty_days_at_most(desk: Desk, chain: Chain, days: int) -> None:
    month, today = a_month("locked"), timezone.localdate()
    until = today + datetime.timedelta(days=days)
    with pytest.raises(SubmissionRefused) as refusal:
        moves.reopen(
            submission=month, version=1, by=chain["province"], reason="row left out", until=until
        )
    last = today + datetime.timedelta(days=30)
    assert sentence(refusal) == (
        f"A month can be opened until {last} at the latest, from today on."
    )


def test_an_opening_says_why(desk: Desk, chain: Chain) -> None:
    with pytest.raises(JobRefused):
        moves.reopen(
            submission=a_month("locked"),
            version=1,
            by=chain["province"],
            reason="x",
            until=timezone.localdate(),
        )


def test_whose_turn_it_is_is_told_and_who_moved_is_not(desk: Desk, chain: Chain) -> None:
    month = a_month()
    ACTS["submit"](month, chain["reviewer"])
    ACTS["accept"](month, chain["prefecture"])
    ACTS["lock"](month, chain["province"])
    told = Notice.objects.order_by("id").values_list("recipient__username", "url")
    page = f"/submissions/{month.pk}/"
    assert list(told[:2]) == [("prefecture-621022", page), ("province-621022", page)]
    assert set(told[2:]) == {("clerk-621022", page), ("reviewer-621022", page)}
    assert str(Notice.objects.earliest("id")) == (
        "2019-06 of 环县 is submitted and waits to be accepted."
    )
