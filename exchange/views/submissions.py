"""Months on their way from county to province: the list, one month, and what stands against it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.access import Permission, admits, may
from core.models import Region
from core.paging import Page, page_of
from core.rules import registered
from exchange.models import LedgerCheck, Submission
from exchange.periods import Period
from exchange.submission_forms import MonthForm, ReopenForm, SubmissionFilters
from exchange.submissions import checking, codes, diffs, duties, findings, moves, restating
from exchange.submissions.books import book_of
from exchange.submissions.history import history_of
from exchange.submissions.of_row import TONES
from exchange.views import jobs
from exchange.views.jobs import Request

HERE = "exchange/submissions"
STAGE = f"{HERE}/_stage.html"
PAGE = "exchange:submission"
CHANGES = 200  # on a page
# What several months may be sent to at once, by the state they are in.
BULK = {"submitted": "accept", "accepted": "lock"}


@admits(Permission.SEE_FIGURES)
@require_safe
def submission_list(request: Request) -> HttpResponse:
    filters = SubmissionFilters(request.GET, user=request.user)
    rows = filters.rows().select_related("submitted_by", "accepted_by", "locked_by")
    page = page_of(rows, request.GET, ["-month", "-county_code", "-id"])
    listed = _listed(request, page)
    context = {
        "filters": filters,
        "page": page,
        "rows": listed,
        "may_open": may(request.user, Permission.PREPARE_SUBMISSIONS),
        "bulk": {row["bulk"] for row in listed if row["bulk"]},
    }
    return render(request, f"{HERE}/list.html", context)


def _listed(request: Request, page: Page) -> list[dict[str, Any]]:
    names = Region.objects.in_bulk({each.county_code for each in page.rows})
    today = timezone.localdate()
    return [
        {
            "submission": each,
            "county": names.get(each.county_code, each.county_code),
            "month": Period.month_of(each.month).name,
            "tone": TONES[each.state],
            "late": bool(each.late_reason) or _is_overdue(each, today),
            "bulk": _bulk_act(request, each),
        }
        for each in page.rows
    ]


def _is_overdue(submission: Submission, today: Any) -> bool:
    waits = submission.state in {"draft", "returned"}
    return bool(waits and submission.due_on and submission.due_on < today)


def _bulk_act(request: Request, submission: Submission) -> str:
    act = BULK.get(submission.state, "")
    return act if act in duties.offers(submission, request.user) else ""


@admits(Permission.PREPARE_SUBMISSIONS)
def submission_new(request: Request) -> HttpResponse:
    """Begin a month that is not there yet; one that is, is shown."""
    form = MonthForm(request.POST or None, user=request.user, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        submission = moves.open_month(**form.cleaned_data, by=request.user)
        return redirect(PAGE, submission.pk)
    return render(request, f"{HERE}/new.html", {"form": form}, status=422 if form.errors else 200)


@admits(Permission.SEE_LEDGER)
@require_safe
def submission(request: Request, pk: int) -> HttpResponse:
    return render(request, f"{HERE}/detail.html", context_of(request, visible(request, pk)))


@admits(Permission.SEE_LEDGER)
@require_safe
def submission_progress(request: Request, pk: int) -> HttpResponse:
    found = visible(request, pk)
    context = context_of(request, found)
    check = context["check"]
    if check is None:
        return render(request, STAGE, context, status=jobs.POLLING_ENDS)
    return jobs.answer_poll(request, check, context["progress"], STAGE, context)


@admits(Permission.SEE_LEDGER)
@require_safe
def submission_findings(request: Request, pk: int, rule: str) -> HttpResponse:
    """The rows of which a rule had something to say, each with its explanation."""
    found = visible(request, pk)
    page = page_of(findings.of_rule(found, rule), request.GET, ["id"])
    context = {
        "submission": found,
        "title": title_of(found),
        "rule": registered().get(rule),
        "rule_key": rule,
        "page": page,
        "rows": findings.shown(found, page.rows),
        "may_explain": "prepare" in duties.offers(found, request.user),
        "severity": page.rows[0].severity if page.rows else "",
    }
    return render(request, f"{HERE}/findings.html", context)


@admits(Permission.SEE_LEDGER)
@require_safe
def submission_changes(request: Request, pk: int) -> HttpResponse:
    """The second look: what the last round brought otherwise than the one before, and no more."""
    found = visible(request, pk)
    changed = diffs.differences(found)
    first = _first_of(request, len(changed))
    context = {
        "submission": found,
        "title": title_of(found),
        "counts": _counts(changed),
        "rows": findings.shown_differences(found, changed[first : first + CHANGES]),
        "total": len(changed),
        "previous": first,
        "next": first + CHANGES if first + CHANGES < len(changed) else 0,
    }
    return render(request, f"{HERE}/changes.html", context)


def _first_of(request: Request, total: int) -> int:
    """Where the page that the address asks for begins: so many on from the first change."""
    after, before = (request.GET.get(name, "") for name in ("after", "before"))
    if before.isdecimal() and len(before) < 9:
        return max(min(int(before), total) - CHANGES, 0)
    return min(int(after), total) if after.isdecimal() and len(after) < 9 else 0


@admits(Permission.SEE_LEDGER)
@require_safe
def submission_figures(request: Request, pk: int) -> HttpResponse:
    """The figures of the month before and after what moved them, each move with its act."""
    found = visible(request, pk)
    receipt = restating.last_seal(found)
    context = {
        "submission": found,
        "title": title_of(found),
        "receipt": receipt,
        "code": codes.shown(receipt.code) if receipt else "",
        "figures": restating.figures_of(found),
        "acts": restating.acts_of(found),
    }
    return render(request, f"{HERE}/figures.html", context)


def _counts(changed: list[diffs.RowDifference]) -> list[dict[str, Any]]:
    kinds = Counter(each.kind for each in changed)
    return [
        {"label": label, "value": kinds[kind], "kind": "number"}
        for kind, label in findings.KINDS.items()
    ]


def visible(request: Request, pk: int) -> Submission:
    """The month, or 404. The people of its rows show, so it takes the right to see the ledger."""
    rows = Submission.objects.visible_to(request.user, Permission.SEE_LEDGER)
    found: Submission = get_object_or_404(rows, pk=pk)
    return found


def title_of(submission: Submission) -> str:
    region = Region.objects.filter(pk=submission.county_code).first()
    return _("%(county)s, %(month)s, %(book)s") % {
        "county": region or submission.county_code,
        "month": Period.month_of(submission.month).name,
        "book": book_of(submission.book).name,
    }


def context_of(request: Request, submission: Submission) -> dict[str, Any]:
    """What the page of a month shows, whatever is done with it just now."""
    check = submission.checks.first()
    offers = duties.offers(submission, request.user)
    title = title_of(submission)
    return {
        "submission": submission,
        "title": title,
        "tone": TONES[submission.state],
        "facts": facts_of(submission),
        "check": check,
        "progress": _progress(check, submission, title) if check else None,
        "offers": offers,
        "hindrances": _hindrances(submission) if "prepare" in offers else [],
        "is_late": checking.is_late(submission),
        "by_rule": findings.by_rule(submission),
        "notes": findings.notes_of(submission),
        "reopen_form": ReopenForm() if "reopen" in offers else None,
        "history": history_of(submission),
        "fresh_notes": submission.notes.filter(round=submission.round, answer="").count(),
        "add_url": _add_url(request, submission),
        "rows_url": book_of(submission.book).list_of(submission.county_code, submission.month),
    }


def _add_url(request: Request, submission: Submission) -> str:
    """Where the county asks for a row that its locked month lacks."""
    name = book_of(submission.book).add_url
    is_asked = submission.state == Submission.State.LOCKED
    if not (name and is_asked and duties.may_enter(request.user, submission.county_code)):
        return ""
    return reverse(name, args=[submission.pk])


def _progress(check: LedgerCheck, submission: Submission, title: str) -> dict[str, Any]:
    return jobs.progress_of(
        check,
        title=title,
        url=reverse("exchange:submission-progress", args=[submission.pk]),
        doing=_("All rows of the month are being checked."),
        counted=_("rows so far"),
    )


def _hindrances(submission: Submission) -> list[str]:
    return [_(each.sentence) % each.params for each in checking.hindrances(submission, "—")]


def facts_of(submission: Submission) -> list[dict[str, Any]]:
    open_until = submission.open_until
    return [
        {"label": _("Times submitted"), "value": submission.round, "kind": "number"},
        {"label": _("Due on"), "value": submission.due_on, "kind": "date"},
        {"label": _("Submitted by"), "value": submission.submitted_by},
        {"label": _("Submitted at"), "value": submission.submitted_at, "kind": "time"},
        {"label": _("Accepted by"), "value": submission.accepted_by},
        {"label": _("Accepted at"), "value": submission.accepted_at, "kind": "time"},
        {"label": _("Locked by"), "value": submission.locked_by},
        {"label": _("Locked at"), "value": submission.locked_at, "kind": "time"},
        *([{"label": _("Open until"), "value": open_until, "kind": "time"}] if open_until else []),
        *_late(submission),
        *_receipt(submission),
    ]


def _late(submission: Submission) -> list[dict[str, Any]]:
    reason = submission.late_reason
    return [{"label": _("Reason for lateness"), "value": reason}] if reason else []


def _receipt(submission: Submission) -> list[dict[str, Any]]:
    """The newest receipt of the whole month, by which a paper is compared with the portal."""
    receipt = restating.last_seal(submission)
    if receipt is None:
        return []
    url = reverse("exchange:receipt", args=[receipt.code])
    return [
        {"label": _("Receipt code"), "value": codes.shown(receipt.code), "kind": "code", "url": url}
    ]


def say(request: Request, refusal: Any) -> None:
    """Tell a refusal on the next page."""
    messages.warning(request, _(refusal.sentence) % refusal.params)
