"""Return notes: what an upper level asks of a county's rows, and the county's answers."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from core import audit
from core.models import User
from exchange.imports.undoing import NUMBER, REASON_WITHOUT_NUMBERS
from exchange.jobs import JobRefused
from exchange.models import ReturnNote, Submission
from exchange.submissions import duties, moves
from exchange.submissions.books import RowKey, book_of

# The acts of this module in words, as the audit trail shows them.
ACTS = (
    gettext_noop("return note written"),
    gettext_noop("return note dropped"),
    gettext_noop("return note answered"),
)
SHORTEST, LONGEST = 4, 500
LENGTH = gettext_noop("Write %(shortest)s to %(longest)s characters.")
NO_SUCH_ROW = gettext_noop("This month has no such row any more. Load the page again.")
NO_SUCH_COLUMN = gettext_noop("Choose a column of the list, or the whole row.")
ANSWERED = gettext_noop("This note was answered or dropped meanwhile. Load the page again.")


def may_note(user: User, submission: Submission) -> bool:
    """Whether the month lies before the user, who may return it."""
    return "return" in duties.offers(submission, user)


@transaction.atomic
def note(
    *, submission: Submission, row: RowKey, column: str = "", text: str, by: User
) -> ReturnNote:
    """Pin what is wrong to a row, or to one cell of it, before the month is returned.

    Raises PermissionError for who may not return it now, JobRefused for a row that is not
    of this month or a text that says nothing.
    """
    if not may_note(by, submission):
        raise PermissionError
    book, (chapter, key) = book_of(submission.book), row
    if not any(book.lines(submission.county_code, submission.month, {row})):
        raise JobRefused(NO_SUCH_ROW)
    if column and column not in book.titles.get(chapter, {}):
        raise JobRefused(NO_SUCH_COLUMN)
    written = ReturnNote.objects.create(
        submission=submission,
        round=submission.round,
        chapter=chapter,
        row_key=key,
        column=column,
        text=sound_text(text),
        by=by,
    )
    _record("written", submission, by, written)
    return written


@transaction.atomic
def drop(*, note: ReturnNote, by: User) -> None:
    """Take a note back that has not gone to the county yet."""
    submission = note.submission
    if not may_note(by, submission):
        raise PermissionError
    fresh = ReturnNote.objects.filter(pk=note.pk, round=submission.round, answer="")
    if not fresh.delete()[0]:
        raise JobRefused(ANSWERED)
    _record("dropped", submission, by, note)


@transaction.atomic
def answer(*, note: ReturnNote, text: str, by: User) -> None:
    """Say what the county did about a note; what was said may be said otherwise until it goes up."""
    submission = note.submission
    if not duties.may_enter(by, submission.county_code):
        raise PermissionError
    if submission.state not in moves.SUBMIT.sources:
        raise moves.SubmissionRefused(moves.CHANGED_MEANWHILE)
    said = {"answer": sound_text(text), "answered_by": by, "answered_at": Now()}
    ReturnNote.objects.filter(pk=note.pk).update(**said)
    _record("answered", submission, by, note)


def sound_text(text: str) -> str:
    """The text as it is kept. Raises JobRefused: too short or long, or a person's number in it."""
    said = " ".join(text.split())
    if not SHORTEST <= len(said) <= LONGEST:
        raise JobRefused(LENGTH, shortest=SHORTEST, longest=LONGEST)
    if NUMBER.search(said):
        raise JobRefused(REASON_WITHOUT_NUMBERS)
    return said


def _record(act: str, submission: Submission, by: User, about: ReturnNote) -> None:
    audit.record(
        f"exchange.return_note.{act}",
        by=by,
        target=submission,
        region_code=submission.county_code,
        changes={"month": f"{submission.month:%Y-%m}", "number": about.pk},
    )
