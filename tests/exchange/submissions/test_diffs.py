"""The second look: just what a round brought otherwise than the one before."""

import datetime

import pytest
from django.utils import timezone

from core.models import User
from exchange.models import Submission
from exchange.submissions import diffs, moves
from exchange.submissions.diffs import RowDifference, differences
from exchange.submissions.sealing import seal
from tests.factories import a_class, a_person, enrolled, settled
from tests.factories.submissions import a_month
from training.canonical import CHAPTER
from training.models import Enrollment, RowChange

Chain = dict[str, User]


def sealed_round(month: Submission, by: User, number: int) -> None:
    Submission.objects.filter(pk=month.pk).update(round=number, state="draft")
    month.refresh_from_db()
    settled()
    seal(submission=month, by=by)


def changed(row: Enrollment, before: dict[str, str | None], **values: object) -> None:
    """A change as services write it: the row anew, and what it was."""
    RowChange.objects.create(
        chapter=CHAPTER,
        row_key=row.pk,
        county_code=row.county_code,
        version=row.version + 1,
        before=before,
    )
    Enrollment.objects.filter(pk=row.pk).update(version=row.version + 1, **values)


@pytest.fixture
def month(house: None) -> Submission:
    return a_month("draft")


def test_ten_thousand_rows_and_thirty_seven_edits(month: Submission, chain: Chain) -> None:
    first = enrolled(a_person(1), a_class())
    values = {f.attname: getattr(first, f.attname) for f in Enrollment._meta.concrete_fields}
    del values["id"]
    rows = [Enrollment(**values | {"state": "withdrawn", "remark": str(n)}) for n in range(9_999)]
    Enrollment.objects.bulk_create(rows, batch_size=2000)
    sealed_round(month, chain["reviewer"], 1)
    edited = list(Enrollment.objects.order_by("-id")[:37])
    for row in edited:
        changed(row, {"remark": row.remark}, remark="mended")
    sealed_round(month, chain["reviewer"], 2)
    found = differences(month)
    assert {(each.key, each.kind) for each in found} == {(row.pk, "changed") for row in edited}
    assert len(found) == 37


def test_what_was_added_removed_and_changed_cell_by_cell(month: Submission, chain: Chain) -> None:
    taught = a_class()
    stays, goes, changes = (enrolled(a_person(order), taught) for order in (1, 3, 5))
    sealed_round(month, chain["reviewer"], 1)
    assert differences(month) == []
    gone = goes.pk
    goes.delete()
    (line,) = diffs.book_of("ledger").lines("621022", month.month, {(CHAPTER, changes.pk)})
    changed(changes, dict(line[3]), hours=80, remark="mended")
    comes = enrolled(a_person(7), taught)
    sealed_round(month, chain["reviewer"], 2)
    assert differences(month) == [
        RowDifference(CHAPTER, gone, "removed", ()),
        RowDifference(
            CHAPTER, changes.pk, "changed", (("hours", "90", "80"), ("remark", None, "mended"))
        ),
        RowDifference(CHAPTER, comes.pk, "added", ()),
    ]
    assert differences(month, 1) == []
    assert stays.pk not in {each.key for each in differences(month)}


def test_a_month_that_was_opened_and_left_alone_is_locked_again(
    month: Submission, chain: Chain
) -> None:
    row = enrolled(a_person(1), a_class())
    sealed_round(month, chain["reviewer"], 1)
    past = timezone.now() - datetime.timedelta(minutes=1)
    Submission.objects.update(state="reopened", open_until=past)
    assert moves.close_expired(past - datetime.timedelta(days=1)) == 0
    Submission.objects.update(state="reopened", open_until=timezone.now() + datetime.timedelta(1))
    Enrollment.objects.filter(pk=row.pk).update(remark="changed")
    Submission.objects.update(open_until=past)
    assert moves.close_expired(timezone.now()) == 0
    month.refresh_from_db()
    assert month.state == "reopened"
    Submission.objects.update(open_until=timezone.now() + datetime.timedelta(1))
    Enrollment.objects.filter(pk=row.pk).update(remark="")
    Submission.objects.update(open_until=past)
    assert moves.close_expired(timezone.now()) == 1
    month.refresh_from_db()
    assert (month.state, month.open_until) == ("locked", None)


def test_the_province_closes_before_the_days_are_over(month: Submission, chain: Chain) -> None:
    sealed_round(month, chain["reviewer"], 1)
    Submission.objects.update(state="reopened", open_until=timezone.now() + datetime.timedelta(1))
    month.refresh_from_db()
    for who in ("clerk", "reviewer", "prefecture"):
        with pytest.raises(PermissionError):
            moves.close(submission=month, version=1, by=chain[who])
    with pytest.raises(moves.SubmissionRefused):
        moves.close(submission=month, version=1, by=None)
    moves.close(submission=month, version=1, by=chain["province"])
    assert month.state == "locked"
