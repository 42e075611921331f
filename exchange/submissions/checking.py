"""Looking at all rows of a county's month, and submitting it when nothing stands against it.

A worker does both. To submit, the county is held: the rows that were judged are the rows
that are sealed, and submission and receipt are one transaction.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_noop

from core import audit
from core.models import User
from core.rules import Severity
from exchange import jobs
from exchange.jobs import JobRefused
from exchange.models import Explanation, LedgerCheck, Submission, SubmissionFinding
from exchange.submissions import duties, moves
from exchange.submissions.books import StoredFinding, book_of
from exchange.submissions.closing import hold
from exchange.submissions.digests import sm3
from exchange.submissions.sealing import seal

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("submission checked"),)
AT_ONCE = 2000
LONGEST_REASON = 300

NOT_ENTITLED = gettext_noop("You may no longer work on the months of this county.")
MUST_BE_NONE = gettext_noop(
    "%(number)s findings must be none before the month can be submitted. Mend the rows they name."
)
TO_EXPLAIN = gettext_noop(
    "%(number)s findings want an explanation. Say at each why the row is right, or mend it."
)
UNANSWERED = gettext_noop("%(number)s return notes have no answer yet. Answer each.")
UNFINISHED = gettext_noop(
    "%(number)s rows of this month are unfinished. Finish or discard them in the grid."
)
LATE = gettext_noop("The month was due on %(day)s. Say why it is late.")


def request_check(
    *, submission: Submission, step: LedgerCheck.Step, by: User, late_reason: str = ""
) -> LedgerCheck:
    """Ask a worker to look at a month, or to submit it; who asks twice gets the same.

    Raises PermissionError outside the user's scope, SubmissionRefused when the month is not
    the county's to work on.
    """
    county = submission.county_code
    submits = step == LedgerCheck.Step.SUBMIT
    if not (duties.may_submit if submits else duties.may_enter)(by, county):
        raise PermissionError
    if submission.state not in moves.SUBMIT.sources:
        raise moves.SubmissionRefused(moves.CHANGED_MEANWHILE)
    with transaction.atomic():
        Submission.objects.select_for_update().get(pk=submission.pk)
        asked = LedgerCheck.objects.filter(submission=submission, step=step)
        moving: LedgerCheck | None = asked.filter(state__in=["queued", "running"]).first()
        if moving is not None:
            return moving
        check = LedgerCheck.objects.create(
            submission=submission,
            step=step,
            late_reason=" ".join(late_reason.split())[:LONGEST_REASON],
            requested_by=by,
            office=by.office,
            region_code=county,
        )
        jobs.send(check)
    return check


@jobs.runs(LedgerCheck)
def work(check: LedgerCheck, progress: jobs.Progress) -> None:
    """What a worker does with a check. Looks at the rights again."""
    user, county = check.requested_by, check.region_code
    submits = check.step == LedgerCheck.Step.SUBMIT
    if user is None or not (duties.may_submit if submits else duties.may_enter)(user, county):
        raise JobRefused(NOT_ENTITLED)
    # Only a submission must hold the county while it is judged; a check lets it work on.
    found = [] if submits else list(_judged(check.submission, progress))
    with jobs.ending(check) as values:
        if submits:
            hold(county)
        submission = Submission.objects.select_for_update(no_key=True).get(pk=check.submission_id)
        keep_findings(submission, _judged(submission, progress) if submits else found)
        refusals = hindrances(submission, check.late_reason) if submits else []
        if submits and not refusals:
            _submit(submission, user, check.late_reason)
        if not submits:
            _record(submission, user)
        values |= {"state": LedgerCheck.State.DONE, "finished_at": Now()}
        for refusal in refusals[:1]:
            values |= {"error": refusal.sentence, "error_params": refusal.params}
            values["state"] = LedgerCheck.State.FAILED


def _submit(submission: Submission, user: User, late_reason: str) -> None:
    reason = late_reason if is_late(submission) else ""
    moves.submit(submission=submission, version=submission.version, by=user, late_reason=reason)
    seal(submission=submission, by=user)


def _judged(submission: Submission, progress: jobs.Progress) -> Iterable[StoredFinding]:
    book = book_of(submission.book)
    return book.judge(submission.county_code, submission.month, progress.report)


def keep_findings(submission: Submission, found: Iterable[StoredFinding]) -> None:
    """Put what was found in the place of what the check before had found."""
    submission.findings.all().delete()
    kept = (_kept(submission, each) for each in found)
    SubmissionFinding.objects.bulk_create(kept, batch_size=AT_ONCE)


def _kept(submission: Submission, found: StoredFinding) -> SubmissionFinding:
    finding = found.finding
    said = [finding.column, finding.sentence, finding.params]
    facts = json.dumps(said, sort_keys=True, ensure_ascii=False, default=str)
    return SubmissionFinding(
        submission=submission,
        chapter=found.chapter,
        row_key=found.row_key,
        column=finding.column,
        rule=finding.rule,
        severity=finding.severity,
        sentence=finding.sentence,
        params=finding.params,
        facts=sm3(facts.encode()).hex(),
    )


def is_explained() -> Exists:
    """Whether a finding has an explanation that holds for just what was found."""
    same = ("submission", "rule", "chapter", "row_key", "facts")
    return Exists(Explanation.objects.filter(**{name: OuterRef(name) for name in same}))


def hindrances(submission: Submission, late_reason: str = "") -> list[JobRefused]:
    """What stands against submitting the month, by what was found when it was last checked."""
    found = submission.findings
    forbidden = found.exclude(severity=Severity.EXPLAIN).count()
    unexplained = found.filter(~is_explained(), severity=Severity.EXPLAIN).count()
    unanswered = submission.notes.filter(answer="").count()
    drafts = book_of(submission.book).drafts(submission.county_code, submission.month)
    counted = (
        (MUST_BE_NONE, forbidden),
        (TO_EXPLAIN, unexplained),
        (UNANSWERED, unanswered),
        (UNFINISHED, drafts),
    )
    refusals = [JobRefused(sentence, number=number) for sentence, number in counted if number]
    if is_late(submission) and not late_reason and submission.due_on:
        refusals.append(JobRefused(LATE, day=submission.due_on.isoformat()))
    return refusals


def is_late(submission: Submission, today: datetime.date | None = None) -> bool:
    """Whether the month goes up for the first time, after the day on which it was due."""
    day = today or timezone.localdate()
    return bool(submission.round == 0 and submission.due_on and submission.due_on < day)


def _record(submission: Submission, user: User) -> None:
    audit.record(
        "exchange.submission.checked",
        by=user,
        target=submission,
        region_code=submission.county_code,
        changes={"month": f"{submission.month:%Y-%m}", "findings": submission.findings.count()},
    )
