"""Explanations: why a row is right although a rule asks about it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from core import audit
from core.models import User
from core.rules import RuleBook, Severity
from exchange.imports.undoing import NUMBER, REASON_WITHOUT_NUMBERS
from exchange.jobs import JobRefused
from exchange.models import Explanation, Submission, SubmissionFinding
from exchange.submissions import duties, moves
from exchange.submissions.books import book_of
from exchange.submissions.rules import EXPLANATION_SAYS_WHY

# The acts of this module in words, as the audit trail shows them.
ACTS = (gettext_noop("submission explained"),)
HAN = re.compile(r"[\u3400-\u9fff]")
NOT_WORDS = re.compile(r"[\W\d_]+")
LONGEST = 500

TOO_SHORT = gettext_noop("Say in at least %(least)s Chinese characters why the row is right.")
TOO_LONG = gettext_noop("Say it in %(most)s characters at most.")
STOCK_PHRASE = gettext_noop(
    "“%(text)s” says nothing about this row. Say what was looked at and what it showed."
)
NOTHING_FOUND = gettext_noop("Nothing here wants an explanation any more. Load the page again.")


@transaction.atomic
def explain(
    *, submission: Submission, findings: Iterable[SubmissionFinding], text: str, by: User
) -> int:
    """Say of findings, with one text, why their rows are right; returns of how many.

    Raises PermissionError outside the user's scope, JobRefused when the text says nothing
    or the month has gone up meanwhile.
    """
    if not duties.may_enter(by, submission.county_code):
        raise PermissionError
    if submission.state not in moves.SUBMIT.sources:
        raise moves.SubmissionRefused(moves.CHANGED_MEANWHILE)
    text = sound_explanation(text, submission.county_code)
    asked = [each for each in findings if each.severity == Severity.EXPLAIN]
    if not asked:
        raise JobRefused(NOTHING_FOUND)
    Explanation.objects.bulk_create(
        {_what(each): _explanation(submission, each, text, by) for each in asked}.values(),
        update_conflicts=True,
        unique_fields=["submission", "rule", "chapter", "row_key", "facts"],
        update_fields=["text", "by", "at"],
        batch_size=1000,
    )
    audit.record(
        "exchange.submission.explained",
        by=by,
        target=submission,
        region_code=submission.county_code,
        changes={"month": f"{submission.month:%Y-%m}", "findings": len(asked)},
    )
    return len(asked)


def _what(finding: SubmissionFinding) -> tuple[str, str, int, str]:
    return finding.rule, finding.chapter, finding.row_key, finding.facts


def _explanation(
    submission: Submission, finding: SubmissionFinding, text: str, by: User
) -> Explanation:
    rule, chapter, row_key, facts = _what(finding)
    return Explanation(
        submission=submission,
        rule=rule,
        chapter=chapter,
        row_key=row_key,
        facts=facts,
        text=text,
        by=by,
        at=timezone.now(),
    )


def sound_explanation(text: str, county: str) -> str:
    """The text as it is kept. Raises JobRefused: too short, too long, a number, a stock phrase."""
    said, today, book = " ".join(text.split()), timezone.localdate(), RuleBook.load()
    rule = EXPLANATION_SAYS_WHY.key
    least = book.value(rule, "least_characters", county, today) or 1
    if NUMBER.search(said):
        raise JobRefused(REASON_WITHOUT_NUMBERS)
    if len(said) > LONGEST:
        raise JobRefused(TOO_LONG, most=LONGEST)
    left = NOT_WORDS.sub("", said)
    for phrase in sorted(book.value(rule, "stock_phrases", county, today) or (), key=len)[::-1]:
        left = left.replace(phrase, "")
    if left == "" and HAN.search(said):
        raise JobRefused(STOCK_PHRASE, text=said)
    if len(HAN.findall(said)) < least:
        raise JobRefused(TOO_SHORT, least=least)
    return said


def of_group(submission: Submission, rule: str, group: str) -> list[SubmissionFinding]:
    """The findings of a rule whose rows belong together, as those of one class do."""
    found = list(submission.findings.filter(rule=rule))
    shown = book_of(submission.book).shown([(each.chapter, each.row_key) for each in found])
    of = {key for key, row in shown.items() if row.group == group}
    return [each for each in found if (each.chapter, each.row_key) in of]
