"""The moves of a month from county to province. Nothing else changes a submission's state.

Every move is one conditional UPDATE: of several who try at once one succeeds, and the
others are told who was faster. Nobody takes two steps of one month's way.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_noop

from core import audit
from core.models import AuditEntry, User
from core.rules import RuleBook
from exchange.imports.undoing import sound_reason
from exchange.jobs import JobRefused
from exchange.models import Submission
from exchange.submissions import duties
from exchange.submissions.announcing import announce
from exchange.submissions.books import book_of
from exchange.submissions.closing import hold
from exchange.submissions.diffs import is_as_sealed
from exchange.submissions.rules import MOST_DAYS_OPEN

# The acts of this module in words, as the audit trail shows them.
ACTS = (
    gettext_noop("submission opened"),
    gettext_noop("submission submitted"),
    gettext_noop("submission accepted"),
    gettext_noop("submission returned"),
    gettext_noop("submission locked"),
    gettext_noop("submission reopened"),
    gettext_noop("submission closed again"),
)
State = Submission.State
FASTER = {
    "submitted": gettext_noop("%(who)s submitted this month at %(at)s. Load the page again."),
    "accepted": gettext_noop("%(who)s accepted this month at %(at)s. Load the page again."),
    "returned": gettext_noop("%(who)s returned this month at %(at)s. Load the page again."),
    "locked": gettext_noop("%(who)s locked this month at %(at)s. Load the page again."),
    "closed_again": gettext_noop("%(who)s locked this month at %(at)s. Load the page again."),
    "reopened": gettext_noop("%(who)s opened this month again at %(at)s. Load the page again."),
}
CHANGED_MEANWHILE = gettext_noop("This month was changed meanwhile. Load the page again.")
ENTERED_IT = gettext_noop(
    "You entered or changed rows of this month yourself. Somebody else must submit it."
)
SUBMITTED_IT = gettext_noop("You submitted this month yourself. Somebody else must accept it.")
TOOK_A_STEP = gettext_noop(
    "You submitted or accepted this month yourself. Somebody else must lock it."
)
NOTHING_NOTED = gettext_noop(
    "Nothing is noted against this month. Note at a row what is wrong before you return it."
)
STILL_OPEN = gettext_noop("The days for which the month was opened are not over yet.")
ROWS_DIFFER = gettext_noop(
    "Rows were changed while the month was open, so it must be submitted again before it is locked."
)
TOO_LONG_OPEN = gettext_noop("A month can be opened until %(last)s at the latest, from today on.")


class SubmissionRefused(JobRefused):
    """A move that cannot be made, or that somebody else made first."""


@dataclass(frozen=True)
class Move:
    """A row of the table of moves: the act, the states it leads from, and the state it leads to."""

    act: str
    sources: frozenset[str]
    to: str


SUBMIT = Move(
    "submitted", frozenset({State.DRAFT, State.RETURNED, State.REOPENED}), State.SUBMITTED
)
ACCEPT = Move("accepted", frozenset({State.SUBMITTED}), State.ACCEPTED)
RETURN = Move("returned", frozenset({State.SUBMITTED}), State.RETURNED)
RETURN_ACCEPTED = Move("returned", frozenset({State.ACCEPTED}), State.RETURNED)
LOCK = Move("locked", frozenset({State.ACCEPTED}), State.LOCKED)
REOPEN = Move("reopened", frozenset({State.LOCKED}), State.REOPENED)
CLOSE = Move("closed_again", frozenset({State.REOPENED}), State.LOCKED)
NOT_ACCEPTED: dict[str, Any] = {"accepted_at": None, "accepted_by": None}
NOT_LOCKED: dict[str, Any] = {"locked_at": None, "locked_by": None}


@transaction.atomic
def open_month(*, book: str, county: str, month: datetime.date, by: User | None) -> Submission:
    """The county's submission of a month, which is begun when it is not there yet.

    `by` is None for the clock. Raises PermissionError outside the user's scope.
    """
    if by is not None and not duties.may_enter(by, county):
        raise PermissionError
    known = {"prefecture_code": county[:4]}
    submission, is_new = Submission.objects.get_or_create(
        book=book_of(book).key, county_code=county, month=month.replace(day=1), defaults=known
    )
    if is_new:
        _record("opened", submission, by)
    return submission


@transaction.atomic
def submit(*, submission: Submission, version: int, by: User, late_reason: str = "") -> None:
    """From the county upward. `checking` calls it, once nothing stands against the month."""
    if not duties.may_submit(by, submission.county_code):
        raise PermissionError
    if by.pk in book_of(submission.book).hands(submission.county_code, submission.month):
        raise SubmissionRefused(ENTERED_IT)
    values = {"submitted_at": Now(), "submitted_by": by, "round": F("round") + 1}
    told = {"late_reason": late_reason} if late_reason else {}
    values |= told | {"open_until": None} | NOT_ACCEPTED | NOT_LOCKED
    _make(SUBMIT, submission, version, by, values, {"reason": late_reason} if late_reason else {})


@transaction.atomic
def accept(*, submission: Submission, version: int, by: User) -> None:
    """The prefecture finds a submitted month in order."""
    if not duties.may_accept(by, submission.county_code):
        raise PermissionError
    if submission.submitted_by_id == by.pk:
        raise SubmissionRefused(SUBMITTED_IT)
    _make(ACCEPT, submission, version, by, {"accepted_at": Now(), "accepted_by": by})


@transaction.atomic
def return_(*, submission: Submission, version: int, by: User) -> None:
    """Back to the county, with what was noted: a submitted month by who may accept it, an
    accepted one by who may lock it."""
    county, accepted = submission.county_code, submission.state == State.ACCEPTED
    if not (duties.may_lock if accepted else duties.may_accept)(by, county):
        raise PermissionError
    if not submission.notes.filter(round=submission.round, answer="").exists():
        raise SubmissionRefused(NOTHING_NOTED)
    values = {"returned_at": Now(), "returned_by": by} | NOT_ACCEPTED
    _make(RETURN_ACCEPTED if accepted else RETURN, submission, version, by, values)


@transaction.atomic
def lock(*, submission: Submission, version: int, by: User) -> None:
    """The province closes an accepted month: from now on rows change by correction only."""
    if not duties.may_lock(by, submission.county_code):
        raise PermissionError
    if by.pk in {submission.submitted_by_id, submission.accepted_by_id}:
        raise SubmissionRefused(TOOK_A_STEP)
    _make(LOCK, submission, version, by, {"locked_at": Now(), "locked_by": by})


@transaction.atomic
def reopen(
    *, submission: Submission, version: int, by: User, reason: str, until: datetime.date
) -> None:
    """Open a locked month again for one county, to the end of the day `until`."""
    county = submission.county_code
    if not duties.may_lock(by, county):
        raise PermissionError
    today = timezone.localdate()
    most = RuleBook.load().value(MOST_DAYS_OPEN.key, "most", county, today)
    last = today + datetime.timedelta(days=most or 0)
    if not today <= until <= last:
        raise SubmissionRefused(TOO_LONG_OPEN, last=last.isoformat())
    reason = sound_reason(reason)
    evening = datetime.datetime.combine(until + datetime.timedelta(days=1), datetime.time())
    values = {"open_until": timezone.make_aware(evening)}
    facts = {"reason": reason, "until": until.isoformat()}
    _make(REOPEN, submission, version, by, values, facts)


@transaction.atomic
def close(*, submission: Submission, version: int, by: User | None) -> None:
    """Lock a month again that was opened and has not changed: by the province, or when its days
    are over by the clock (`by` is None). A month that changed waits to be submitted again."""
    if by is not None and not duties.may_lock(by, submission.county_code):
        raise PermissionError
    until = submission.open_until
    if by is None and until is not None and until >= timezone.now():
        raise SubmissionRefused(STILL_OPEN)
    hold(submission.county_code)
    if not is_as_sealed(submission):
        raise SubmissionRefused(ROWS_DIFFER)
    _make(CLOSE, submission, version, by, {"open_until": None})


def close_expired(now: datetime.datetime) -> int:
    """Lock again what was open until now and has not changed; returns how many months."""
    closed = 0
    for submission in Submission.objects.filter(state=State.REOPENED, open_until__lt=now):
        try:
            close(submission=submission, version=submission.version, by=None)
            closed += 1
        except SubmissionRefused:
            continue
    return closed


def _make(
    move: Move,
    submission: Submission,
    version: int,
    by: User | None,
    values: dict[str, Any],
    facts: dict[str, Any] | None = None,
) -> None:
    """Make a move, or raise SubmissionRefused with who was faster."""
    row = Submission.objects.filter(pk=submission.pk, version=version, state__in=move.sources)
    if row.update(state=move.to, version=F("version") + 1, **values) != 1:
        raise _overtaken(submission)
    submission.refresh_from_db()
    _record(move.act, submission, by, facts)
    announce(move.act, submission, by=by)


def _overtaken(submission: Submission) -> SubmissionRefused:
    """Who moved the month last, and when."""
    acts = AuditEntry.objects.filter(
        target_type=submission._meta.label_lower,
        target_key=str(submission.pk),
        verb__startswith="exchange.submission.",
    )
    last = acts.order_by("-id").first()
    sentence = FASTER.get(last.verb.rpartition(".")[2]) if last else None
    if last is None or sentence is None:
        return SubmissionRefused(CHANGED_MEANWHILE)
    at = f"{timezone.localtime(last.at):%Y-%m-%d %H:%M:%S}"
    return SubmissionRefused(sentence, who=last.actor_name, at=at)


def _record(
    act: str, submission: Submission, by: User | None, facts: dict[str, Any] | None = None
) -> None:
    audit.record(
        f"exchange.submission.{act}",
        by=by,
        target=submission,
        region_code=submission.county_code,
        changes={"month": f"{submission.month:%Y-%m}", "round": submission.round} | (facts or {}),
    )
