"""What came of a row of the ledger: each fact with the way to its page and its own month."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core.models import User
from exchange.submissions.of_row import of_row
from talent.models import Credential
from training.book import LEDGER_BOOK
from training.chapters import CERTIFICATES, CLAIMS, EMPLOYMENT, RESULTS, Chapter
from training.correcting_facts import COLUMNS
from training.models import ClaimLine, Enrollment, ExamEntry, FollowUp
from training.views import tables

Facts = Iterator[dict[str, Any]]


def exams(user: User, row: Enrollment) -> Facts:
    """The exams that somebody is put down for, with a result or waiting for one."""
    entries = ExamEntry.objects.visible_to(user).filter(enrollment=row).select_related("roll")
    for entry in entries.order_by("roll__exam_on", "pk"):
        items = [
            {"label": _("day of the exam"), "value": entry.roll.exam_on, "kind": "date"},
            {"label": _("assessed by"), "value": entry.roll.assessor},
            {"label": _("result"), "value": entry.get_result_display() if entry.result else ""},
            {"label": _("score"), "value": tables.plain(entry.score)},
            {"label": _("day of the result"), "value": entry.resulted_on, "kind": "date"},
        ]
        way = (reverse("training:exam", args=[entry.roll_id]), _("The whole exam"))
        yield a_fact(user, RESULTS, row, entry.pk, entry.resulted_on, _("Exam"), items, way)


def certificates(user: User, row: Enrollment) -> Facts:
    given = Credential.objects.visible_to(user).filter(enrollment_key=row.pk)
    for each in given.order_by("issued_on", "pk"):
        items = [
            {"label": _("kind"), "value": each.get_kind_display()},
            {"label": _("certificate number"), "value": each.number, "kind": "code"},
            {"label": _("state"), "value": each.get_state_display()},
            {"label": _("issued on"), "value": each.issued_on, "kind": "date"},
            {"label": _("issued by"), "value": each.issuer},
        ]
        way = (
            reverse("training:certificates", args=[row.training_class_id]),
            _("All of the class"),
        )
        yield a_fact(user, CERTIFICATES, row, each.pk, each.issued_on, _("Certificate"), items, way)


def claims(user: User, row: Enrollment) -> Facts:
    """The claims that somebody stands in, those that came to nothing too."""
    lines = ClaimLine.objects.visible_to(user).filter(enrollment=row).select_related("claim")
    for line in lines.order_by("pk"):
        items = [
            {"label": _("state"), "value": line.claim.get_state_display()},
            {"label": _("standard, yuan a head"), "value": line.claim.standard, "kind": "number"},
            {"label": _("employment"), "value": line.get_employment_display()},
            {"label": _("share"), "value": line.share * 100, "kind": "percent"},
            {"label": _("amount, yuan"), "value": line.amount, "kind": "number"},
            {"label": _("approved on"), "value": line.approved_on, "kind": "date"},
        ]
        way = (reverse("training:claim", args=[line.claim_id]), _("The whole claim"))
        yield a_fact(user, CLAIMS, row, line.pk, line.approved_on, _("Subsidy"), items, way)


def follow_ups(user: User, row: Enrollment) -> Facts:
    made = FollowUp.objects.visible_to(user).filter(enrollment=row)
    for each in made.order_by("visited_on", "pk"):
        items = [
            {"label": _("asked on"), "value": each.visited_on, "kind": "date"},
            {"label": _("way"), "value": each.get_way_display()},
            {"label": _("employment"), "value": each.get_employment_display()},
            {"label": _("employer or trade"), "value": each.employer},
            {"label": _("evidence"), "value": each.evidence},
        ]
        url = reverse("training:class-follow-ups", args=[row.training_class_id])
        way = (url, _("Follow-ups of the class"))
        yield a_fact(user, EMPLOYMENT, row, each.pk, each.visited_on, _("Follow-up"), items, way)


# Every kind of fact, in the order of a class's life.
KINDS: tuple[Callable[[User, Enrollment], Facts], ...] = (exams, certificates, claims, follow_ups)


def of(user: User, row: Enrollment) -> list[dict[str, Any]]:
    """The facts of a row that the user may see, for `training/_facts_of_row.html`."""
    return [fact for kind in KINDS for fact in kind(user, row)]


def a_fact(
    user: User,
    chapter: Chapter,
    row: Enrollment,
    key: int,
    day: datetime.date | None,
    title: str,
    items: list[dict[str, Any]],
    way: tuple[str, str] = ("", ""),
) -> dict[str, Any]:
    """One fact: its cells, `way` the address and name of its page, and its month if it has one."""
    month = day and of_row(
        user, book=LEDGER_BOOK, county=row.county_code, day=day, row=(chapter.key, key)
    )
    fact = {"title": title, "items": items, "url": way[0], "action": way[1], "month": month}
    if month and month.get("may_correct") and chapter.key in COLUMNS:
        fact["correct"] = reverse("training:fact-correction", args=[key, chapter.key])
    return fact
