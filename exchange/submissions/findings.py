"""What was found and noted about a month, as pages show it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils.translation import pgettext_lazy

from core.rules import Severity, registered
from exchange.models import Explanation, ReturnNote, Submission, SubmissionFinding
from exchange.submissions.books import ShownRow, book_of
from exchange.submissions.checking import is_explained
from exchange.submissions.diffs import RowDifference

KINDS = {
    "changed": pgettext_lazy("row between two submissions", "changed"),
    "added": pgettext_lazy("row between two submissions", "added"),
    "removed": pgettext_lazy("row between two submissions", "removed"),
}
SAME = ("submission", "rule", "chapter", "row_key", "facts")
GONE = ShownRow("—", "—", "")


def by_rule(submission: Submission) -> list[dict[str, Any]]:
    """One entry a rule: how often it spoke and how often it was explained, the gravest first."""
    counted = submission.findings.order_by().values("rule", "severity")
    explained = submission.findings.filter(is_explained()).order_by().values("rule")
    answered = dict(explained.annotate(number=Count("id")).values_list("rule", "number"))
    order, rules = list(Severity.values), registered()
    found = [
        {
            "rule": each["rule"],
            "name": rules[each["rule"]].name if each["rule"] in rules else each["rule"],
            "severity": each["severity"],
            "number": each["number"],
            "explained": answered.get(each["rule"], 0),
        }
        for each in counted.annotate(number=Count("id"))
    ]
    return sorted(found, key=lambda each: (order.index(each["severity"]), -each["number"]))


def of_rule(submission: Submission, rule: str) -> QuerySet[SubmissionFinding]:
    """The findings of a rule, each with the `text` of its explanation, if there is one."""
    same = Explanation.objects.filter(**{name: OuterRef(name) for name in SAME})
    found: QuerySet[SubmissionFinding] = submission.findings.filter(rule=rule)
    return found.annotate(text=Subquery(same.values("text")[:1]))


def shown(submission: Submission, found: Iterable[SubmissionFinding]) -> list[dict[str, Any]]:
    """Findings with whom and what class they are about, and the way to the row."""
    found, book = list(found), book_of(submission.book)
    rows = book.shown([(each.chapter, each.row_key) for each in found])
    return [
        {
            "finding": each,
            "row": rows.get((each.chapter, each.row_key), GONE),
            "column": book.titles.get(each.chapter, {}).get(each.column, ""),
        }
        for each in found
    ]


def shown_differences(
    submission: Submission, differing: Iterable[RowDifference]
) -> list[dict[str, Any]]:
    """Rows that differ between two rounds, cell by cell, in words under the official headings."""
    differing, book = list(differing), book_of(submission.book)
    rows = book.shown([(each.chapter, each.key) for each in differing])
    was = book.worded([{name: cell for name, cell, _now in each.cells} for each in differing])
    now = book.worded([{name: cell for name, _was, cell in each.cells} for each in differing])
    return [
        {
            "row": rows.get((each.chapter, each.key), GONE),
            "kind": KINDS[each.kind],
            "cells": [
                (book.titles.get(each.chapter, {}).get(column, column), cell, after[column])
                for column, cell in before.items()
            ],
        }
        for each, before, after in zip(differing, was, now, strict=True)
    ]


def notes_of(submission: Submission) -> list[dict[str, Any]]:
    """All notes of the month, those without an answer first, with what row each is about."""
    book = book_of(submission.book)
    notes = list(submission.notes.select_related("by", "answered_by"))
    rows = book.shown([(note.chapter, note.row_key) for note in notes])
    listed = [_note(submission, note, rows.get((note.chapter, note.row_key))) for note in notes]
    return sorted(listed, key=lambda each: (bool(each["note"].answer), each["note"].pk))


def _note(submission: Submission, note: ReturnNote, row: ShownRow | None) -> dict[str, Any]:
    book = book_of(submission.book)
    return {
        "note": note,
        "row": row or GONE,
        "column": book.titles.get(note.chapter, {}).get(note.column, ""),
        "is_fresh": note.round == submission.round and not note.answer,
    }
