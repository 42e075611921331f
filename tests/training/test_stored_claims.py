"""Approved subsidies and follow-ups beside each other: in the rules, in diffs and on a row's page."""

import datetime
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from core.models import User
from core.rule_values import load_rule_values
from exchange.submissions.books import StoredFinding
from exchange.submissions.diffs import RowDifference, differences
from exchange.submissions.sealing import seal
from tests.factories import an_account, divisions
from tests.factories.claims import APPROVED, MADE, a_calendar, a_claim, on, passed
from tests.factories.facts import a_follow_up
from tests.factories.submissions import a_month
from training import book, claims
from training.follow_ups import Answer, keep_follow_ups
from training.models import ClaimLine, Enrollment, FollowUp

pytestmark = pytest.mark.django_db
COUNTY = "621022"
JULY, AUGUST = datetime.date(2019, 7, 1), datetime.date(2019, 8, 1)
RULE = "training.subsidy_follows_employment"
DAY = datetime.date(2019, 7, 12)


@pytest.fixture
def clerk(monkeypatch: pytest.MonkeyPatch) -> User:
    translation.activate("en")
    divisions()
    load_rule_values()
    a_calendar()
    on(monkeypatch, MADE)
    clerk: User = an_account("clerk", "county-clerk", COUNTY)
    return clerk


@pytest.fixture
def line(clerk: User, monkeypatch: pytest.MonkeyPatch) -> ClaimLine:
    """The full share, approved for somebody found at work before."""
    rows = passed(1, 3, by=clerk)
    kept = [Answer(row.pk, DAY, "phone", "employed", "环县某合作社") for row in rows]
    keep_follow_ups(training_class=rows[0].training_class, answers=kept, by=clerk)
    claim = a_claim(rows, clerk)
    claims.publish(claim=claim, version=1, explanations={}, by=clerk)
    on(monkeypatch, APPROVED)
    reviewer = an_account("reviewer", "county-reviewer", COUNTY)
    claims.approve(claim=claim, version=claim.version, by=reviewer)
    line: ClaimLine = claim.lines.get(enrollment=rows[0])
    assert (line.share, line.amount) == (1, 1200)
    return line


def asked_again(line: ClaimLine, clerk: User, day: datetime.date, employment: str) -> FollowUp:
    made = a_follow_up(line.enrollment, clerk, day)
    FollowUp.objects.filter(pk=made.pk).update(employment=employment)
    return made


def findings(month: datetime.date) -> list[tuple[str, int, str]]:
    found: list[StoredFinding] = list(book.judge(COUNTY, month, lambda done, total: None))
    return [(f.chapter, f.row_key, f.finding.severity) for f in found if f.finding.rule == RULE]


def test_work_found_in_time_asks_nothing(line: ClaimLine) -> None:
    assert findings(JULY) == findings(AUGUST) == []


def test_no_work_before_the_approval_is_asked_about_with_the_line(
    line: ClaimLine, clerk: User
) -> None:
    asked_again(line, clerk, datetime.date(2019, 7, 20), "unemployed")
    assert findings(JULY) == [("claim", line.pk, "explain")]


def test_no_work_afterwards_is_asked_about_with_the_follow_up(line: ClaimLine, clerk: User) -> None:
    made = asked_again(line, clerk, datetime.date(2019, 8, 20), "unemployed")
    assert (findings(JULY), findings(AUGUST)) == ([], [("employment", made.pk, "explain")])
    asked_again(line, clerk, datetime.date(2019, 8, 25), "employed")
    assert findings(AUGUST) == []


@pytest.mark.parametrize(("day", "told"), [("2020-01-08", 1), ("2020-01-09", 0)])
def test_six_months_after_the_class_it_no_longer_counts(
    line: ClaimLine, clerk: User, day: str, told: int
) -> None:
    when = datetime.date.fromisoformat(day)
    asked_again(line, clerk, when, "unemployed")
    assert len(findings(when.replace(day=1))) == told


def test_the_lower_share_asks_nothing(line: ClaimLine, clerk: User) -> None:
    ClaimLine.objects.update(share="0.6")
    asked_again(line, clerk, datetime.date(2019, 7, 20), "unemployed")
    assert findings(JULY) == []


def test_a_difference_is_told_in_words(
    line: ClaimLine, clerk: User, settings: Any, tmp_path: Any
) -> None:
    settings.ANCHORS_FILE = tmp_path / "heads.txt"
    month = a_month("submitted", month=JULY, submitted_by=clerk, round=1)
    seal(submission=month, by=clerk)
    type(month).objects.update(state="returned")
    standing = FollowUp.objects.get(enrollment=line.enrollment)
    answer = Answer(line.enrollment_id, DAY, "visit", "self-employed", key=standing.pk, version=1)
    taught = line.enrollment.training_class
    assert keep_follow_ups(training_class=taught, answers=[answer], by=clerk) == (0, 1)
    month.round = 2
    month.save(update_fields=["round"])
    seal(submission=month, by=clerk)
    changed = (("way", "phone", "visit"), ("employment", "employed", "self-employed"))
    cells = (*changed, ("employer", "环县某合作社", None))
    assert differences(month) == [RowDifference("employment", standing.pk, "changed", cells)]
    words = book.LEDGER_BOOK.worded([{"way": "visit", "employment": "self-employed"}])[0]
    assert words == {"way": "by visit", "employment": "self-employed"}


def test_both_stand_on_the_page_of_the_row(client: Any, line: ClaimLine, clerk: User) -> None:
    client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("training:row", args=[line.enrollment_id])).content.decode()
    links = [
        reverse("training:claim", args=[line.claim_id]),
        reverse("training:class-follow-ups", args=[line.enrollment.training_class_id]),
        "1,200.00",
        "环县某合作社",
    ]
    assert [each for each in links if each not in page] == []


def test_a_note_of_the_prefecture_is_pinned_to_the_line(
    client: Any, line: ClaimLine, clerk: User
) -> None:
    month = a_month("submitted", month=JULY, submitted_by=clerk, round=1)
    officer = an_account("prefecture", "prefecture-officer", "6210")
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    sent = {"chapter": "claim", "key": line.pk, "column": "amount", "text": "请核对补贴标准"}
    answer = client.post(reverse("exchange:submission-note", args=[month.pk]), sent)
    assert answer.headers["Location"] == reverse("training:row", args=[line.enrollment_id])
    assert month.notes.get().chapter == "claim"
    assert Enrollment.objects.get(pk=line.enrollment_id).subsidy == 1200
